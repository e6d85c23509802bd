"""From where somebody asks: this very machine or another, our own pages or those of somebody else's site."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import Engine
from starlette.datastructures import Headers

from casework.officers import any_officers
from states.errors import CaseworkError

_HOST = re.compile(r"(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+)(:[0-9]{1,5})?")
LOOPBACK_NAMES = ("localhost",)

# What proxies add: a request that has one of these was not made on this machine, wherever its last leg began.
FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


class OfficersRequired(CaseworkError):
    """The console would be open to another machine while nobody is on record who may sign in."""


def is_loopback(host: str) -> bool:
    """Whether this name or address, without a port, is this very machine. Other names are not looked up anywhere."""
    if host.lower() in LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def must_have_officers(host: str) -> bool:
    """Whoever listens for other machines must know by name who asks."""
    return not is_loopback(host)


def require_officers(host: str, engine: Engine) -> None:
    """Raises OfficersRequired where the console would listen at `host` for anybody at all."""
    if must_have_officers(host) and not any_officers(engine):
        raise OfficersRequired(
            f"At {host} other machines could reach the console, and no officer is on record, so that anybody could act "
            "in anybody's name. Add one first (`casework officers add --help`), or listen at 127.0.0.1."
        )


@dataclass(frozen=True, slots=True)
class Origin:
    """What the headers of one request say of where it comes from."""

    host: str
    own: bool
    on_this_machine: bool

    @property
    def sane(self) -> bool:
        """A host that can stand in a header of ours without saying more than a host."""
        return bool(_HOST.fullmatch(self.host))


def origin_of(headers: Headers, client: str) -> Origin:
    """`own` is whether a page of ours asks, or no page at all: browsers name the site of the page that asks.

    Cookies know no ports, so that a page of another program on this machine is a stranger too.
    """
    host = headers.get("host", "")
    hosts = headers.getlist("host")
    origins = headers.getlist("origin")
    named = all(_authority(one) == host.lower() for one in origins)
    site = headers.get("sec-fetch-site", "none")
    going_there = headers.get("sec-fetch-mode") == "navigate"
    near = is_loopback(client) and not any(name in headers for name in FORWARDED)
    return Origin(
        host=host if len(hosts) == 1 else "",
        own=named and (site in ("none", "same-origin") or (going_there and not origins)),
        on_this_machine=near and is_loopback(_without_port(host)),
    )


def _authority(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _without_port(host: str) -> str:
    match = _HOST.fullmatch(host)
    return match[1] if match else ""

"""What keeps the console from working, or soon will: each finding with what to do. Looks and changes nothing."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPException
from importlib.metadata import PackageNotFoundError, version
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from sqlalchemy import func, select

from casework.daily import last_look
from casework.database import open_initialised
from casework.gate.service import FILE, service_token
from casework.office import Office
from casework.policy_change import require_in_force
from casework.seals import seals
from casework.tables import Case, Letter
from casework.unit_of_work import reading
from casework.ways import post_room
from states.dates import in_words
from states.errors import CaseworkError
from states.tracks.letter import UNSETTLED

# Days.
SILENT_AFTER = timedelta(days=4)
RENEW_WITHIN = timedelta(days=180)

ROOM_NEEDED = 1024**3  # bytes: a copy of a record of years, and the letters of a morning

PINNED = {"prefect": "3.8.8"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: `wrong` says what is the matter and what to do, and is "" where nothing is."""

    looked_at: str
    wrong: str = ""


def examine(office: Office) -> Iterator[Finding]:
    """Look at everything in turn; what cannot be looked at because of a fault before it is left out."""
    for looked_at, look in LOOKS.items():
        try:
            wrong = look(office)
        except (CaseworkError, OSError) as error:
            wrong = str(error)
        yield Finding(looked_at, wrong)
        if wrong and look is _database:
            return


def _packages(_office: Office) -> str:
    """What was installed by hand over the lock: docs/decisions/0006-prefect.md says why these are pinned."""
    try:
        found = {name: version(name) for name in (*PINNED, "fastapi")}
    except PackageNotFoundError as error:
        return f"The package {error.name} is not installed. Run `make demo`, or install casework with constraints.txt."
    wrong = [f"{name} {found[name]}, not {wanted}" for name, wanted in PINNED.items() if found[name] != wanted]
    if tuple(map(int, found["fastapi"].split(".")[:2])) >= (0, 151):
        wrong.append(f"fastapi {found['fastapi']}, not below 0.151")
    return f"{', '.join(wrong)}: the server may not start. Install with constraints.txt." if wrong else ""


def _database(office: Office) -> str:
    open_initialised(office.settings.database_url).dispose()
    return ""


def _policy(office: Office) -> str:
    require_in_force(office.engine, office.policy)
    names = ", ".join(office.policy.names_to_give)
    return f"The policy still says “Your …” for {names}: give them in a file of your own." if names else ""


def _register(office: Office) -> str:
    with reading(office.engine) as session:
        cases = session.scalar(select(func.count()).select_from(Case))
    return "" if cases else "No school is on record: put the register into inbox/register and run load-the-register."


def _seals(office: Office) -> str:
    """Read to their end: each is bound to the one before it. `casework verify` proves the record itself."""
    for _one in seals(office.settings.seals_file):
        pass
    return ""


def _calendars(office: Office) -> str:
    last = office.calendar.last
    if last.closes - office.today < RENEW_WITHIN:
        return (
            f"The school calendar ends on {in_words(last.closes)}: add the next year to "
            f"states/calendars/{office.calendar.name}.toml (docs/runbooks/new-school-year.md)."
        )
    return ""


def _channels(office: Office) -> str:
    post_room(office.settings, office.wording, office.typesetter)
    return ""


def _unsettled_letters(office: Office) -> str:
    with reading(office.engine) as session:
        lost = session.scalar(select(func.count()).where(Letter.state.in_(UNSETTLED)))
    return f"{lost} letter(s) failed, came back, or may not have left: `casework letters unknown`." if lost else ""


def _disk(office: Office) -> str:
    free = shutil.disk_usage(office.settings.home).free
    return "" if free > ROOM_NEEDED else f"Only {free // 1024**2} MB are free where {office.settings.home} lies."


def _daily(office: Office) -> str:
    looked = last_look(office.settings.reports_folder, office.today + timedelta(days=1))
    if looked is None:
        return "The daily flow has not run yet: start `casework serve`, or run `casework daily`."
    if office.today - looked > SILENT_AFTER:
        return f"The daily flow last ran on {in_words(looked)}: is `casework serve` running?"
    return ""


def _console(office: Office) -> str:
    """The health of the server is asked for as its own flows do, since strangers are told nothing.

    The secret is not made here: whoever looks may be another account than that of the console, which could not read it.
    """
    home = office.settings.home
    token = service_token(home) if (home / FILE).exists() else ""
    url = office.settings.console_url or "http://127.0.0.1:4200"
    if not url.startswith(("http://", "https://")):
        return f"CASEWORK_CONSOLE_URL is {url!r}, which is no address of a page."
    asked = Request(f"{url}/api/health", headers={"Authorization": f"Bearer {token}"})  # noqa: S310
    try:
        with urlopen(asked, timeout=5) as answer:  # noqa: S310  -- its scheme is looked at above
            healthy = answer.status == 200
    except HTTPError as error:
        return f"The console at {url} answers with {error.code}: see console.log in {home}."
    except (URLError, TimeoutError, HTTPException) as error:
        return f"There is no console at {url} ({error}). `casework serve` starts it."
    return "" if healthy else f"The console at {url} is not well: see console.log in {home}."


# In this order: what comes after a fault may be its consequence.
LOOKS: dict[str, Callable[[Office], str]] = {
    "packages": _packages,
    "database": _database,
    "policy": _policy,
    "register": _register,
    "seals": _seals,
    "calendars": _calendars,
    "channels of letters": _channels,
    "letters on their way": _unsettled_letters,
    "room on the disk": _disk,
    "daily flow": _daily,
    "console": _console,
}

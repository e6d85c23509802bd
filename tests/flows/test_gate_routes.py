"""The gate's table held against every route of the Prefect that is installed: no change of anything is overlooked.

A newer Prefect with another route makes this fail, so that a person decides whose it is.
"""

import re

import pytest
from fastapi.routing import APIRoute, APIWebSocketRoute
from prefect.server.api.server import API_ROUTERS

from casework.gate.permissions import RULES, SOCKETS, UI, Rule, rule_for
from casework.tables import May

ID = "33333333-3333-4333-8333-333333333333"

# Reading by POST, as its last word says; and what people do here, which the gate signs.
SIGNED = {
    "/api/deployments/{id:uuid}/create_flow_run": May.OFFICER,
    "/api/flow_runs/{id:uuid}/set_state": May.OFFICER,
    "/api/flow_runs/{id:uuid}/resume": May.SIGNATORY,
}
READ_BY_POST = re.compile(
    r".*/(filter|count|paginate|history|lateness|concurrency_status|count-deployments|next-runs|count-task-runs|counts"
    r"|count-by/\{countable\}|schemas/validate)"
)

# Reading that is nobody's here all the same: secrets in blocks, lists of what could be fetched from elsewhere, and what
# no page of the UI asks for.
KEPT_BACK = {
    "/api/block_documents/{id:uuid}",
    "/api/block_documents/filter",
    "/api/block_types/slug/{slug}/block_documents",
    "/api/block_types/slug/{slug}/block_documents/name/{block_document_name}",
    "/api/collections/views/{view}",
}


def routes() -> list[tuple[str, str]]:
    return sorted(
        (method, f"/api{route.path}")
        for router in API_ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods
    )


ROUTES = routes()


def rule(method: str, path: str) -> Rule | None:
    return rule_for(method, re.sub(r"\{(\w+)(?::(\w+))?\}", _value, path))


def _value(match: re.Match[str]) -> str:
    name, kind = match.groups()
    return ID if "uuid" in (kind or "") or name == "id" else "any-thing"


def test_the_api_is_as_large_as_we_think() -> None:
    assert len(ROUTES) > 150


@pytest.mark.parametrize(("method", "path"), [one for one in ROUTES if one[0] == "GET"], ids=" ".join)
def test_reading_is_for_every_reader(method: str, path: str) -> None:
    found = rule(method, path)
    assert (found and found.may) == (None if path in KEPT_BACK else May.READER)


@pytest.mark.parametrize(("method", "path"), [one for one in ROUTES if one[0] != "GET"], ids=" ".join)
def test_change_is_for_nobody_but_where_it_is_signed(method: str, path: str) -> None:
    found = rule(method, path)
    reads = method == "POST" and READ_BY_POST.fullmatch(path) and path not in KEPT_BACK
    assert (found and found.may) == (May.READER if reads else SIGNED.get(path) if method == "POST" else None)


@pytest.mark.parametrize("one", [one for one in RULES if one is not UI], ids=lambda one: f"{one.method} {one.pattern}")
def test_every_rule_is_for_a_route_that_there_is(one: Rule) -> None:
    root = [("GET", f"/api/{word}") for word in ("health", "version")]
    assert [route for route in [*ROUTES, *root] if rule(*route) is one]


def test_people_watch_by_sockets_that_there_are() -> None:
    found = {
        f"/api{route.path}" for router in API_ROUTERS for route in router.routes if isinstance(route, APIWebSocketRoute)
    }
    assert set(SOCKETS) < found

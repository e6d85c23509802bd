"""Nothing is shown without signing in, guessing is slow and blind, and a session ends when it should."""

import base64
import re
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from casework.gate import Gate
from casework.gate.sessions import TRIES_FROM_AN_ADDRESS, TRIES_OF_A_NAME
from casework.gate.signing_in import local
from casework.officers import change_officer, disable_officer, set_password
from casework.tables import May
from tests.casework.gate.conftest import PASSWORD, TOKEN, Clock
from tests.conftest import NOW
from tests.servers.console import DEPLOYMENT, RUN, Browser, Console

SignedIn = Callable[[str], Browser]
pytestmark = pytest.mark.only_on("sqlite")  # the gate asks the record one thing: tests/casework/test_officers.py

EVERYTHING = [
    ("GET", "/"),
    ("GET", "/v2/dashboard"),
    ("GET", "/assets/index.js"),
    ("GET", "/ui-settings"),
    ("GET", "/api/health"),
    ("GET", "/api/admin/settings"),
    ("HEAD", "/api/health"),
    ("OPTIONS", "/api/health"),
    ("POST", "/api/flow_runs/filter"),
    ("POST", f"{DEPLOYMENT}/create_flow_run"),
    ("POST", f"{RUN}/resume"),
    ("DELETE", RUN),
    ("PATCH", RUN),
    ("GET", "/letters"),
    ("GET", "/letters/letter/CN-990013-2-H/pdf"),
    ("GET", "/sign-out"),
    ("POST", "/sign-out"),
]


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_nothing_is_reached_without_signing_in(gate: Gate, console: Console, accept: str) -> None:
    headers = {"accept": accept}
    found = {asked: Browser(gate)(*asked, headers=headers).status_code for asked in EVERYTHING}
    assert found == dict.fromkeys(EVERYTHING, 401)
    assert console.reached == []


def test_browser_is_shown_the_page_and_a_script_a_sentence(gate: Gate) -> None:
    shown = Browser(gate)("GET", "/v2/runs?state=late")
    assert "<h1>Sign in</h1>" in shown.text
    assert 'name="next" value="/v2/runs?state=late"' in shown.text
    told = Browser(gate)("GET", "/api/health", headers={"accept": "*/*"})
    assert told.json()["detail"] == "Sign in first: load the page again."


def test_page_is_whole_and_fetches_nothing(gate: Gate) -> None:
    text = Browser(gate)("GET", "/sign-in").text
    assert '<html lang="en-GB">' in text
    assert set(re.findall(r'<label for="(\w+)"', text)) == set(re.findall(r'<input id="(\w+)"', text))
    assert re.findall(r"<(?:script|img|link|iframe)|(?:src|href)=\"(?!#main)", text) == []


def test_officer_signs_in_and_is_taken_where_he_wanted(gate: Gate, console: Console) -> None:
    browser = Browser(gate)
    answer = browser.sign_in("Ann ", PASSWORD, "/v2/runs?state=late")
    assert (answer.status_code, answer.headers["location"]) == (303, "/v2/runs?state=late")
    assert browser("GET", "/v2/runs").status_code == 200
    assert console.reached == [("GET", "/v2/runs", None)]


@pytest.mark.parametrize(
    ("base", "wanted"),
    [
        ("http://127.0.0.1:4200", {"casework=", "HttpOnly", "Path=/", "SameSite=strict"}),
        ("https://console.example.org", {"__Host-casework=", "HttpOnly", "Path=/", "SameSite=strict", "Secure"}),
    ],
)
def test_cookie_is_for_this_place_alone(gate: Gate, base: str, wanted: set[str]) -> None:
    cookie = Browser(gate, base=base).sign_in("ann", PASSWORD).headers["set-cookie"]
    assert {re.sub(r"(?<=casework=).*", "", part.strip()) for part in cookie.split(";")} == wanted


WRONG = {"wrong password": ("ann", "no horse at all"), "unknown": ("bo", PASSWORD), "out": ("rhea", PASSWORD)}


@pytest.mark.parametrize(("sign_in", "password"), WRONG.values(), ids=WRONG)
def test_every_refusal_reads_the_same(gate: Gate, engine: Engine, sign_in: str, password: str) -> None:
    disable_officer(engine, "rhea", NOW)
    answer = Browser(gate).sign_in(sign_in, password)
    assert (answer.status_code, "set-cookie" in answer.headers) == (401, False)
    assert "The name or the password is wrong." in answer.text
    assert password not in answer.text


@pytest.mark.parametrize("sign_in", ["ann", "nobody"])
def test_guessing_at_a_name_is_slowed(gate: Gate, clock: Clock, sign_in: str) -> None:
    tried = [Browser(gate, address=f"10.0.0.{n}").sign_in(sign_in, "a guess at it") for n in range(TRIES_OF_A_NAME + 1)]
    assert [one.status_code for one in tried] == [401] * TRIES_OF_A_NAME + [429]
    assert tried[-1].headers["retry-after"] == "960"
    assert Browser(gate).sign_in("ann", PASSWORD).status_code == (429 if sign_in == "ann" else 303)
    clock.move(minutes=15)
    assert Browser(gate).sign_in("ann", PASSWORD).status_code == 303


def test_guessing_at_many_names_from_one_address_is_slowed(gate: Gate) -> None:
    for number in range(TRIES_FROM_AN_ADDRESS):
        Browser(gate, address="10.0.0.9").sign_in(f"name{number}", "a guess at it")
    assert Browser(gate, address="10.0.0.9").sign_in("ann", PASSWORD).status_code == 429
    assert Browser(gate, address="10.0.0.8").sign_in("ann", PASSWORD).status_code == 303


def test_office_behind_one_address_may_sign_in_all_day(gate: Gate) -> None:
    assert {Browser(gate).sign_in("ann", PASSWORD).status_code for _ in range(TRIES_FROM_AN_ADDRESS + 2)} == {303}


ENDS: dict[str, Callable[[Engine, Clock], None]] = {
    "disabled": lambda engine, _clock: disable_officer(engine, "ann", NOW),
    "another password": lambda engine, _clock: set_password(engine, "ann", "another long password"),
    "an hour without a click": lambda _engine, clock: clock.move(minutes=60),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_session_ends(signed_in: SignedIn, engine: Engine, clock: Clock, end: Callable[..., None]) -> None:
    browser = signed_in("ann")
    clock.move(minutes=59)
    assert browser("GET", "/").status_code == 200
    end(engine, clock)
    assert browser("GET", "/").status_code == 401


def test_session_ends_after_a_day_s_work_however_busy(signed_in: SignedIn, clock: Clock) -> None:
    browser = signed_in("ann")
    seen = []
    for _ in range(22):
        clock.move(minutes=30)
        seen.append(browser("GET", "/").status_code)
    assert seen == [200] * 19 + [401] * 3


def test_signing_out_ends_the_session_everywhere(signed_in: SignedIn, gate: Gate) -> None:
    browser = signed_in("ann")
    assert "You are Ann Pell, Senior Adviser" in browser("GET", "/sign-out").text
    stolen = Browser(gate, cookies=browser.cookies)
    assert browser("POST", "/sign-out").headers["location"] == "/sign-in"
    assert stolen("GET", "/").status_code == 401


def test_signing_in_makes_a_new_session(signed_in: SignedIn) -> None:
    browser = signed_in("ann")
    before = browser.cookies["casework"]
    browser.sign_in("ann", PASSWORD)
    assert browser.cookies["casework"] != before


def test_change_of_what_an_officer_may_holds_at_once(signed_in: SignedIn, engine: Engine) -> None:
    browser = signed_in("ann")
    change_officer(engine, "ann", may=May.READER)
    assert browser("POST", f"{RUN}/resume", json={}).status_code == 403


STRANGERS = {
    "another site": {"origin": "https://evil.example"},
    "another program on this machine": {"origin": "http://127.0.0.1:8000"},
    "a page without a name": {"origin": "null"},
    "two origins": {"origin": "http://127.0.0.1:4200, https://evil.example"},
    "says so itself": {"origin": "http://127.0.0.1:4200", "sec-fetch-site": "cross-site"},
    "same site, another port": {"sec-fetch-site": "same-site"},
}


@pytest.mark.parametrize("headers", STRANGERS.values(), ids=STRANGERS)
@pytest.mark.parametrize("path", [f"{DEPLOYMENT}/create_flow_run", "/sign-in", "/sign-out"])
def test_page_of_another_site_can_do_nothing(
    signed_in: SignedIn, console: Console, headers: dict[str, str], path: str
) -> None:
    assert signed_in("ann")("POST", path, headers=headers, data={"sign_in": "ann"}).status_code == 403
    assert console.reached == []


@pytest.mark.parametrize("headers", STRANGERS.values(), ids=STRANGERS)
def test_page_of_another_site_reads_nothing(signed_in: SignedIn, headers: dict[str, str]) -> None:
    assert signed_in("ann")("GET", "/api/health", headers=headers).status_code == 403


def test_link_from_elsewhere_leads_here(signed_in: SignedIn) -> None:
    going = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    assert signed_in("ann")("GET", "/v2/runs", headers=going).status_code == 200


@pytest.mark.parametrize(
    "onward",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "/..//evil.example", "javascript:alert(1)", "evil",
     "/%2f/evil.example", "/a\nb", "/sign-in", "", "http:///evil.example", "/sign-out?x"],
)  # fmt: skip
def test_signing_in_leads_nowhere_else(onward: str) -> None:
    assert local(onward) == "/"


@pytest.mark.parametrize("onward", ["/", "/v2/runs?state=late&x=1", "/letters/letter/CN-1-H"])
def test_signing_in_leads_back(onward: str) -> None:
    assert local(onward) == onward


@pytest.mark.parametrize("scheme", ["Basic", "Bearer"])
def test_service_passes_with_its_secret(gate: Gate, console: Console, scheme: str) -> None:
    given = base64.b64encode(TOKEN.encode()).decode() if scheme == "Basic" else TOKEN
    answer = Browser(gate)("POST", "/api/flow_runs/", json={"a": 1}, headers={"authorization": f"{scheme} {given}"})
    assert (answer.status_code, console.reached) == (200, [("POST", "/api/flow_runs/", {"a": 1})])


@pytest.mark.parametrize(
    "given", ["Bearer", "Bearer ", "Basic", "Basic !", "Basic Og==", "Basic /w==", "Bearer casework:", "Digest x", ""]
)
def test_wrong_secret_is_worth_less_than_none(signed_in: SignedIn, console: Console, given: str) -> None:
    assert signed_in("ann")("GET", "/api/health", headers={"authorization": given}).status_code == 401
    assert console.reached == []


@pytest.mark.parametrize("path", ["/", "/api/health", "/sign-in", "/sign-out", "/nothing"])
def test_every_answer_keeps_the_browser_at_home(signed_in: SignedIn, path: str) -> None:
    headers = signed_in("ann")("GET", path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy or "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert re.findall(r"https?://|\*", policy) == []
    assert re.findall(r"wss?://\S+", policy) in ([], ["ws://127.0.0.1:4200"])
    assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "same-origin")
    assert not [name for name in headers if name.startswith("access-control-") or name == "x-casework-page"]


def test_own_pages_run_nothing(signed_in: SignedIn) -> None:
    policy = signed_in("ann")("GET", "/sign-out").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_over_https_the_browser_stays_there(gate: Gate) -> None:
    headers = Browser(gate, base="https://console.example.org")("GET", "/").headers
    assert headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize("size", [8_001, 200_000])
def test_endless_form_is_not_read(gate: Gate, size: int) -> None:
    assert Browser(gate)("POST", "/sign-in", content=b"x" * size).status_code == 413


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"sign_in=ann", b"&" * 50, b"password=x&password=y&sign_in=a"])
def test_odd_form_is_a_wrong_password(gate: Gate, body: bytes) -> None:
    assert Browser(gate)("POST", "/sign-in", content=body).status_code == 401


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_gate_stays_shut_when_the_record_is_away(
    signed_in: SignedIn, engine: Engine, console: Console, caplog: pytest.LogCaptureFixture, method: str
) -> None:
    """What is wrong is for the log; whoever stands outside learns nothing of the database."""
    browser = signed_in("ann")
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE officer RENAME TO gone"))
    answer = browser(method, "/api/flow_runs/filter")
    assert (answer.status_code, "looks after this machine" in answer.json()["detail"]) == (503, True)
    assert console.reached == []
    assert "no such table" in caplog.text

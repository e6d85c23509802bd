"""An officer's first day in a real browser: from an empty home to a notice with its clocks, and letters that are sent.

Debian's chromium, driven by playwright. What is seen is kept as pictures where CASEWORK_TESTS_PICTURES says, to be
looked at by people; nothing of it belongs in the repository.
"""

import json
import os
import re
import shutil
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect, sync_playwright

from tests.conftest import DEMO
from tests.servers.serving import BUSY, Serving, environ_of, until

pytestmark = pytest.mark.slow

CHROMIUM = shutil.which("chromium")
NORFOLK = Path(__file__).parents[3] / "shared" / "data" / "gias_norfolk_201911.csv"

# Real schools where they lie beside the checkout, and the demo's where they do not.
if NORFOLK.exists():
    REGISTER, LA, URN, POLICY = NORFOLK, "926", "120811", {}
else:
    REGISTER, LA, URN, POLICY = DEMO / "register.csv", "999", "990002", {"CASEWORK_POLICY": str(DEMO / "fenshire.toml")}
OPERATOR = {"CASEWORK_OPERATOR": "Ann Pell", "CASEWORK_OPERATOR_ROLE": "Senior Adviser"}

QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip

# Milliseconds: a busy machine takes ten times as long as a quiet one.
PATIENCE = 120_000


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    home = tmp_path_factory.mktemp("day") / "home"
    made = Serving(home, environ_of(home, **POLICY, **OPERATOR))
    made.start()
    yield made
    made.end()


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    if CHROMIUM is None:
        if os.environ.get("CASEWORK_TESTS_NEED_CHROMIUM"):
            pytest.fail("There is no chromium: apt-get install chromium.")
        pytest.skip("There is no chromium: apt-get install chromium to run this.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        shown = browser.new_page(viewport={"width": 1300, "height": 1000})
        shown.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        yield shown
        browser.close()


class Officer:
    """Somebody who clicks; `api` is only used to find addresses and to wait."""

    def __init__(self, serving: Serving, page: Page) -> None:
        self.serving, self.page, self.api = serving, page, serving.browser()
        self.at = f"http://127.0.0.1:{serving.port}"

    def look(self, name: str) -> None:
        if folder := os.environ.get("CASEWORK_TESTS_PICTURES"):
            self.page.wait_for_timeout(1500)
            self.page.screenshot(path=Path(folder) / f"{name}.png")

    def open(self, path: str) -> None:
        self.page.goto(f"{self.at}{path}")

    def fill_in(self, name: str, **form: Any) -> dict[str, Any]:
        """Open the form of a deployment with these values in it, send it, and wait for the end of its run."""
        deployment = self.api("GET", f"/deployments/name/{name}/{name}")["id"]
        self.open(f"/v2/deployments/deployment/{deployment}/run?parameters={quote(json.dumps(form))}")
        send = self.page.get_by_role("button", name="Submit")
        expect(send).to_be_enabled()
        expect(self.page.get_by_role("heading", name="Parameters")).to_be_visible()
        self.look(f"form-{name}")
        return self.api.ended(until(lambda: self._sent(send)))

    def _sent(self, send: Locator) -> str | None:
        """Press the button; the id of the run, or nothing while the server is busy: then an officer presses again."""
        with self.page.expect_response(lambda answer: "create_flow_run" in answer.url) as made:
            send.click()
        if made.value.status in BUSY:
            return None
        assert made.value.ok, made.value.text()
        return str(made.value.json()["id"])

    def artifact(self, key: str) -> None:
        """Open the newest page of that name."""
        found = self.api("POST", "/artifacts/filter", artifacts={"key": {"any_": [key]}}, sort="CREATED_DESC")
        self.open(f"/v2/artifacts/artifact/{found[0]['id']}")
        self.look(key)

    def sign(self, batch: str) -> dict[str, Any]:
        """Answer the form of a batch: everything but its first letter."""
        run = self.api.form(batch)
        self.open(f"/v2/runs/flow-run/{run['id']}")
        self.page.locator("button[aria-haspopup=menu]").first.click()
        self.page.get_by_role("menuitem", name="Resume").click()
        asked = self.page.get_by_role("dialog")
        expect(asked.locator("textarea").first).to_be_visible()
        lists = asked.locator("button.items-center:not(.justify-center)")
        lists.nth(0).click()
        self.page.get_by_role("option", name="Sign them").click()
        expect(self.page.get_by_role("option")).to_have_count(0)
        lists.nth(1).click()
        self.page.get_by_role("option", name=re.compile("^PR-")).first.click()
        self.page.keyboard.press("Escape")
        expect(self.page.get_by_role("option")).to_have_count(0)
        self.look("sign")
        asked.get_by_role("button", name="Resume").click()
        return self.api.ended(run["id"])


@pytest.fixture(scope="module")
def officer(serving: Serving, page: Page) -> Officer:
    return Officer(serving, page)


def letters(serving: Serving, batch: str) -> list[dict[str, Any]]:
    return list(json.loads(serving.casework("letters", "list", "--batch", batch, "--json")))


def from_a_register_to_sent_letters(serving: Serving, officer: Officer) -> None:
    officer.open("/v2/deployments")
    expect(officer.page.get_by_role("link", name="daily-clocks").first).to_be_visible()
    officer.look("deployments")

    shutil.copy(REGISTER, serving.home / "inbox" / "register" / REGISTER.name)
    assert officer.fill_in("load-the-register", la_code=LA, on="2025-09-08")["type"] == "COMPLETED"
    officer.artifact("caseload")
    expect(officer.page.get_by_text("Requires improvement").first).to_be_visible()

    assert officer.fill_in("daily-clocks", on="2025-12-01")["type"] == "COMPLETED"
    officer.artifact("today")
    batch = "progress_request-2025-26-2"
    expect(officer.page.get_by_role("link", name=batch).first).to_be_visible()

    assert officer.sign(batch)["type"] == "COMPLETED"
    states = [one["state"] for one in letters(serving, batch)]
    assert sorted(set(states)) == ["approved", "drafted"]
    assert states.count("drafted") == 1
    assert officer.fill_in("send-letters", batch=batch)["type"] == "COMPLETED"
    assert [one["state"] for one in letters(serving, batch)].count("sent") == len(states) - 1

    sent = next(one["reference"] for one in letters(serving, batch) if one["state"] == "sent")
    officer.open(f"/letters/letter/{sent}")
    expect(officer.page.get_by_text(sent).first).to_be_visible()
    officer.look("letter")


def a_notice_from_draft_to_its_clocks(serving: Serving, officer: Officer) -> None:
    for step in ("Raise a concern (raise_concern)", "Begin an audit (begin_audit)"):
        form = {"school": URN, "step": step, "reason": "Off track", "evidence": "Visit", "on": "2025-12-02"}
        assert officer.fill_in("record-a-move", **form)["type"] == "COMPLETED", step
    said = {
        "grounds": ["low_standards"],
        "contents": ["matters", "action_required", "compliance_period", "action_minded_to_take"],
        "copies": ["chief_inspector", "head_teacher", "secretary_of_state"],
        "given_on": "2025-12-03",
        "period_ends": "2026-01-16",
    }
    begin = {"school": URN, "reason": "The audit found it inadequate", "evidence": "Audit", "on": "2025-12-03"}
    assert officer.fill_in("warning-notice", step="Begin a notice (draft)", facts=said, **begin)["type"] == "COMPLETED"
    alone = officer.fill_in("warning-notice", step="A second officer checks it (check)", facts=said, **begin)
    assert alone["name"] == "Refused"
    assert "Ask another officer to check it" in alone["message"]
    stated = [f"{name}={','.join(value) if isinstance(value, list) else value}" for name, value in said.items()]
    serving.casework(
        "move", URN, "check", "--track", "notice", "--by", "Ben Marsh", "--role", "Adviser", "--on", "2025-12-03",
        "--reason", "It is complete", *chain.from_iterable(("--fact", one) for one in stated),
    )  # fmt: skip
    give = officer.fill_in("warning-notice", step="Give it to the governing body (give)", **begin)
    assert give["type"] == "COMPLETED", give
    assert officer.fill_in("look-at-a-school", school=URN, on="2025-12-04")["type"] == "COMPLETED"
    officer.artifact(f"school-{URN}")
    expect(officer.page.get_by_text("16 January 2026").first).to_be_visible()
    expect(officer.page.locator("svg").get_by_text("Under audit").first).to_be_attached()


def test_officer_runs_the_policy_in_the_browser(serving: Serving, officer: Officer) -> None:
    from_a_register_to_sent_letters(serving, officer)
    a_notice_from_draft_to_its_clocks(serving, officer)

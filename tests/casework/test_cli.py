"""The command as officers and programs use it: what it prints, where, and how it ends."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from casework.settings import CHANNEL_VARIABLES
from states.tracks.school import SCHOOL

DEMO = Path(__file__).parents[2] / "demo"
SIGNED = ("--by", "Ada Quill", "--role", "Senior Adviser")
WHY = ("--reason", "Agreed on Monday")
READING = {
    "show": ("show", "990013"),
    "history": ("history", "990013"),
    "as-of": ("as-of", "2026-01-31"),
    "as-of one": ("as-of", "2026-01-31", "--urn", "990013"),
    "letters list": ("letters", "list"),
    "letters show": ("letters", "show", "CN-990013-2-H"),
    "policy list": ("policy", "list"),
    "policy check": ("policy", "check", "norfolk-2013"),
    "settings": ("settings",),
    "init": ("init",),
    "check": ("check", "2025-26/2", "--on", "2026-01-20"),
    "register": ("register", "load", DEMO / "register.csv", "--la", "999"),
    "contacts": ("contacts", "load", DEMO / "contacts.csv"),
    "returns": ("returns", "load", DEMO / "returns.csv"),
    "allocate": ("allocate", DEMO / "allocations.csv", *SIGNED),
    "move": ("move", "990013", "raise_concern", *SIGNED, *WHY, "--evidence", "Visit", "--on", "2026-01-20"),
    "refused move": ("move", "990013", "settle", *SIGNED, *WHY, "--on", "2026-01-20"),
    "approve": ("letters", "approve", "--batch", "category_notice-2025-11-04", *SIGNED),
    "send": ("letters", "send", "--all"),
    "preview": ("letters", "preview", "progress_request"),
    "lint": ("letters", "lint", "circular"),
    "diff": ("letters", "diff", "circular", "--against", DEMO),
}

Casework = Callable[..., Any]


@pytest.fixture
def fenshire_casework(fenshire: Engine, casework: Casework) -> Casework:
    """The command in an office that has Fenshire's schools and returns."""
    assert casework("returns", "load", DEMO / "returns.csv", "--on", "2026-01-20").code == 0
    return casework


@pytest.mark.parametrize("typed", READING.values(), ids=READING)
def test_json_stands_alone_on_standard_output(fenshire_casework: Casework, typed: tuple[object, ...]) -> None:
    ran = fenshire_casework(*typed, "--json")
    assert json.loads(ran.out) is not None
    assert ran.code in {0, 1}


@pytest.mark.parametrize("typed", READING.values(), ids=READING)
def test_text_is_for_people(fenshire_casework: Casework, typed: tuple[object, ...]) -> None:
    ran = fenshire_casework(*typed)
    assert "Traceback" not in ran.out + ran.err
    assert (ran.out if ran.code == 0 else ran.err).strip()
    assert "None" not in ran.out.replace("None.", "")


@pytest.mark.parametrize("track", ["school", "letter"])
@pytest.mark.parametrize("form", ["text", "markdown", "mermaid", "json"])
def test_table_prints_in_every_form(casework: Casework, track: str, form: str) -> None:
    ran = casework("table", track, "--format", form)
    assert (ran.code, ran.err) == (0, "")
    assert form != "json" or json.loads(ran.out)["track"] == track


def test_init_creates_once(casework: Casework, home: Path) -> None:
    assert casework("init").out == f"Ready: sqlite:///{home / 'casework.db'}\n"
    again = casework("init", "--json")
    assert (again.code, json.loads(again.out)["changed"]) == (0, False)


FAILURES = {
    "no such file": (("register", "load", "nowhere.csv"), 1, "nowhere.csv: No such file"),
    "a folder as a file": (("register", "load", "."), 1, "Is a directory"),
    "a folder as contacts": (("contacts", "load", "."), 1, "Is a directory"),
    "not this kind of file": (("contacts", "load", DEMO / "register.csv"), 1, "no column “role”"),
    "nothing usable": (("register", "load", DEMO / "register.csv", "--la", "111"), 1, "Nothing in the file could"),
    "unknown school": (("show", "123456"), 1, "There is no case for URN 123456."),
    "unknown history": (("history", "123456"), 1, "There is no case for URN 123456."),
    "unknown letter": (("letters", "show", "PR-1"), 1, "There is no letter PR-1."),
    "unknown preview": (("letters", "preview", "PR-1"), 1, "There is no letter PR-1."),
    "unknown letter sent": (("letters", "send", "PR-1"), 1, "held back PR-1: There is no such letter."),
    "unknown half-term": (("check", "2025-26/7"), 1, "has no half-term “2025-26/7”"),
    "too early": (("check", "2026-27/1", "--on", "2025-12-01"), 1, "it cannot be checked on 1 December 2025."),
    "unknown policy": (("policy", "check", "atlantis"), 1, "there is no such policy"),
    "no policy file": (("policy", "check", "nowhere.toml"), 1, "this file cannot be read"),
    "unknown move": (("move", "990013", "promote", *SIGNED, *WHY), 1, "There is no move called 'promote'"),
    "unknown fact": (("move", "990013", "close", *SIGNED, *WHY, "--fact", "moon=full"), 1, "no fact called 'moon'"),
    "bad day of a fact": (("move", "990013", "close", *SIGNED, *WHY, "--fact", "closed_on=May"), 1, "is a date such"),
    "refused": (("move", "990013", "settle", *SIGNED, *WHY), 1, "Refused: “Transition is over” cannot be done"),
    "fact without a value": (("move", "990013", "close", *SIGNED, *WHY, "--fact", "closed"), 2, "is not KEY=VALUE"),
    "no school": (("move", "abc", "close", *SIGNED, *WHY), 1, "No school on record is called “abc”."),
    "unsigned": (("move", "990013", "close", *WHY), 2, "Missing option '--by'"),
    "signed by nobody": (("move", "990013", "close", "--by", " ", "--role", "R", *WHY), 2, "it cannot be blank"),
    "without a role": (("letters", "approve", "--all", "--by", "A", "--role", ""), 2, "it cannot be blank"),
    "without a reason": (("move", "990013", "close", *SIGNED, "--reason", ""), 2, "it cannot be blank"),
    "bad day": (("as-of", "31/12/2025"), 2, "is not a day; write it like 2013-11-18"),
    "day of another age": (("as-of", "0013-11-18"), 2, "'0013-11-18' is before 1900: check the year"),
    "no letters chosen": (("letters", "send"), 2, "Say which letters: their references, or --batch, or --all."),
    "chosen twice": (("letters", "send", "PR-1", "--all"), 2, "Say which letters"),
    "unknown command": (("dance",), 2, "No such command 'dance'"),
    "unknown track": (("table", "train"), 2, "'train' is not one of"),
    "no text": (("letters", "reproduce", "PR-\udce9"), 1, "'\\udce9' is no text in UTF-8. Type it again."),
    "no name for a backup": (("backup", ""), 1, "Give the backup a new name."),
    "unknown state": (("letters", "list", "--state", "lost"), 2, "'lost' is not one of 'drafted', 'checked'"),
}


@pytest.mark.parametrize(("typed", "code", "words"), FAILURES.values(), ids=FAILURES)
def test_failure_is_told_on_standard_error(
    fenshire: Engine, casework: Casework, typed: tuple[object, ...], code: int, words: str
) -> None:
    ran = casework(*typed)
    assert ran.code == code
    assert words in ran.err
    assert "Traceback" not in ran.err


def test_missing_database_says_to_init(casework: Casework) -> None:
    ran = casework("show", "990013")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("There is no database at ")
    assert ran.err.endswith("Run `casework init` first.\n")


@pytest.mark.parametrize("command", [("init",), ("show", "990013"), ("check", "2025-26/2")], ids=" ".join)
def test_damaged_database_is_told_in_words(casework: Casework, home: Path, command: tuple[str, ...]) -> None:
    (home / "casework.db").write_bytes(b"this was never a database " * 100)
    ran = casework(*command)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("The database cannot be used: file is not a database.")


def test_folder_for_a_database_is_told_in_words(casework: Casework, home: Path) -> None:
    (home / "casework.db").mkdir()
    ran = casework("show", "990013")
    assert (ran.code, ran.err.startswith("The database cannot be used: unable to open")) == (1, True)


def test_policy_with_a_mistake_names_key_and_fix(casework: Casework, tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text('[policy]\nextends = "norfolk-2013"\nname = "own"\n[monitoring]\nminimum_pupils = "six"\n')
    ran = casework("policy", "check", file)
    assert ran.code == 1
    assert "own.toml" in ran.err
    assert "minimum_pupils" in ran.err


def test_rows_left_out_are_named_and_the_load_succeeds(engine: Engine, casework: Casework) -> None:
    ran = casework("register", "load", DEMO / "register.csv", "--la", "999", "--on", "2025-11-04")
    assert ran.code == 0
    assert ran.out.startswith("Schools: 60 added, 0 changed, 0 unchanged.")
    assert ran.err.splitlines() == [
        "line 33: row: 60 columns, expected 133",
        "line 46: OpenDate='31-02-2019': there is no such day",
        "line 65: URN='990010': already on line 11",
        "3 row(s) left out; every other row went in.",
    ]


@pytest.mark.parametrize(
    "row", {row.trigger: row for row in reversed(SCHOOL.rows)}.values(), ids=lambda row: row.trigger
)
def test_no_trigger_moves_a_closed_school(fenshire: Engine, casework: Casework, row: Any) -> None:
    on = ("--on", "2026-01-20")
    assert casework("move", 990013, "close", *SIGNED, *WHY, *on, "--fact", "closed_on=2026-01-05").code == 0
    ran = casework("move", 990013, row.trigger, *SIGNED, *WHY, *on)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"Refused: “{row.label}” cannot be done while the school is “Closed”.")


def test_refused_move_is_json_with_codes_too(fenshire: Engine, casework: Casework) -> None:
    ran = casework("move", 990041, "give_notice", *SIGNED, *WHY, "--json")
    data = json.loads(ran.out)
    assert (ran.code, data["moved"], data["state"]) == (1, False, "inadequate")
    assert [one["code"] for one in data["refusals"]] == ["not_from_here"]


def test_move_is_made_and_told(fenshire: Engine, casework: Casework) -> None:
    ran = casework("move", 990013, "raise_concern", *SIGNED, *WHY, "--evidence", "Visit", "--on", "2026-01-20")
    assert ran.out == (
        "990013: requires_improvement → causing_concern.\nLetters drafted: CN-990013-5-H, CN-990013-5-C.\n"
    )
    assert "Raise a concern (Requires improvement → Causing concern)" in casework("history", 990013).out


def test_check_keeps_its_page(fenshire: Engine, casework: Casework, home: Path) -> None:
    ran = casework("check", "2025-26/2", "--on", "2025-12-01", "--json")
    page = Path(json.loads(ran.out)["report"])
    assert page == home / "reports" / "check-2025-26-2-on-2025-12-01.md"
    assert "| Returns asked for now | 24 |" in page.read_text(encoding="utf-8")


def test_second_check_says_that_nothing_was_new(fenshire: Engine, casework: Casework) -> None:
    runs = [json.loads(casework("check", "2025-26/2", "--on", "2025-12-01", "--json").out) for _ in range(2)]
    assert [(run["requested"], run["already_requested"]) for run in runs] == [(24, 0), (0, 24)]


def test_letters_go_from_draft_to_folder(fenshire: Engine, casework: Casework, home: Path) -> None:
    assert casework("letters", "approve", "CN-990013-2-H", *SIGNED).out.startswith("1 letter(s) approved by Ada Quill")
    assert casework("letters", "send", "--all").out.startswith("1 letter(s) sent, 0 of them by email")
    assert [path.name for path in (home / "letters").rglob("*.pdf")] == ["CN-990013-2-H.pdf"]


def test_as_of_counts_the_day_asked_for(fenshire: Engine, casework: Casework) -> None:
    before, after = (json.loads(casework("as-of", day, "--json").out) for day in ("2025-11-03", "2025-11-04"))
    assert (before["counts"], sum(after["counts"].values())) == ({}, 54)
    assert after["on"] == "2025-11-04"


def test_settings_follow_the_environment(casework: Casework, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given = {
        "CASEWORK_HOME": str(tmp_path / "elsewhere"),
        "CASEWORK_DATABASE_URL": f"sqlite:///{tmp_path / 'other.db'}",
        "CASEWORK_POLICY": "own.toml",
        "CASEWORK_TEMPLATES_DIR": str(tmp_path / "templates"),
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    shown = json.loads(casework("settings", "--json").out)
    assert {name: shown[name] for name in given} == given


def test_settings_have_defaults(casework: Casework, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CASEWORK_HOME")
    assert json.loads(casework("settings", "--json").out) == {
        "CASEWORK_HOME": "casework-data",
        "CASEWORK_DATABASE_URL": "sqlite:///casework-data/casework.db",
        "CASEWORK_POLICY": "norfolk-2013",
        "CASEWORK_TEMPLATES_DIR": "",
        "CASEWORK_ALARM_TO": "",
        "CASEWORK_CONSOLE_URL": "",
        "CASEWORK_OPERATOR": "",
        "CASEWORK_OPERATOR_ROLE": "Operator",
        **{name: usual for name, (_, usual) in CHANNEL_VARIABLES.items()},
    }


def test_database_url_moves_the_database(
    casework: Casework, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: Path
) -> None:
    monkeypatch.setenv("CASEWORK_DATABASE_URL", f"sqlite:///{tmp_path / 'other.db'}")
    assert casework("init").code == 0
    assert (tmp_path / "other.db").exists()
    assert not (home / "casework.db").exists()


def test_own_templates_come_before_ours(
    fenshire: Engine, casework: Casework, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    own = tmp_path / "templates"
    shutil.copytree(DEMO.parent / "templates" / "category_notice", own / "category_notice")
    (own / "category_notice" / "letter.md").write_text("Subject: Our own words\n\nDear reader.\n", encoding="utf-8")
    monkeypatch.setenv("CASEWORK_TEMPLATES_DIR", str(own))
    ran = casework("letters", "show", "CN-990013-2-H", "--json")
    assert (ran.err, json.loads(ran.out)["subject"]) == ("", "Our own words")

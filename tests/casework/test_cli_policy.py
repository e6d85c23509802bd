"""`casework policy`: listing, checking, and bringing the caseload over, as an officer types it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

Casework = Callable[..., Any]
Contents = Callable[[Engine], dict[str, list[Any]]]
SIGNED = ("--by", "Ada Quill", "--role", "Senior Adviser", "--reason", "Agreed on Monday")
MIGRATE = ("policy", "migrate", "--on", "2026-01-20", "--to")
MOVE = ("move", 990001, "enter_transition", *SIGNED, "--on", "2026-01-19")


@pytest.fixture
def caseload(fenshire: Engine, casework: Casework) -> Engine:
    """Fenshire with one school in transition."""
    assert casework(*MOVE).code == 0
    return fenshire


def test_list_names_every_packaged_policy(casework: Casework) -> None:
    listed = json.loads(casework("policy", "list", "--json").out)
    assert [one["name"] for one in listed] == ["england-2026", "norfolk-2013", "norfolk-2013-mi"]


@pytest.mark.parametrize("name", ["england-2026", "norfolk-2013", "norfolk-2013-mi"])
def test_packaged_policy_has_no_problems(casework: Casework, name: str) -> None:
    assert casework("policy", "check", name).out.startswith(f"{name}: no problems.")


def test_dry_run_lists_changes_and_writes_nothing(caseload: Engine, casework: Casework, contents: Contents) -> None:
    before = contents(caseload)
    ran = casework(*MIGRATE, "england-2026", "--dry-run")
    assert "990001 Aldermere Primary School: state in_transition → causing_concern; category D → C;" in ran.out
    assert ran.out.endswith("Nothing was written.\n")
    assert (ran.code, contents(caseload)) == (0, before)


@pytest.mark.usefixtures("caseload")
def test_dry_run_is_told_in_json(casework: Casework) -> None:
    told = json.loads(casework(*MIGRATE, "england-2026", "--dry-run", "--json").out)
    [moved] = [one for one in told["changes"] if "state" in one["changes"]]
    assert moved["changes"]["category"] == {"from": "D", "to": "C"}
    assert moved["letter_due"] is True
    assert (told["dry_run"], told["from"], told["to"]) == (True, "norfolk-2013", "england-2026")
    assert told["changed"] == len(told["changes"]) <= told["cases"]


@pytest.mark.usefixtures("caseload")
def test_migration_drafts_letters_and_names_the_setting(casework: Casework) -> None:
    ran = casework(*MIGRATE, "england-2026", *SIGNED)
    assert ran.out.endswith("Done, with 2 letters drafted. From now on set CASEWORK_POLICY=england-2026.\n")
    assert "CN-990001-6-H" in casework("letters", "list").out


@pytest.mark.usefixtures("caseload")
def test_migration_may_draft_no_letters(casework: Casework) -> None:
    told = json.loads(casework(*MIGRATE, "england-2026", *SIGNED, "--no-letters", "--json").out)
    assert (told["letters"], told["counts"]["letter_due"]) == ([], 1)


@pytest.mark.parametrize(
    "given",
    [
        pytest.param((), id="nobody"),
        pytest.param(SIGNED[:4], id="no reason"),
        pytest.param((*SIGNED[:5], "  "), id="blank reason"),
    ],
)
def test_migration_needs_somebody_and_a_reason(
    caseload: Engine, casework: Casework, contents: Contents, given: tuple[str, ...]
) -> None:
    before = contents(caseload)
    assert casework(*MIGRATE, "england-2026", *given).code == 2
    assert contents(caseload) == before


def test_unmapped_state_is_refused_by_name(caseload: Engine, casework: Casework, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    row = '[[migrations]]\nfrom_policy = "ward"\nstate = "in_transition"\nto = "causing_concern"\n'
    own.write_text(f'[policy]\nname = "own"\nextends = "england-2026"\n{row}', encoding="utf-8")
    ran = casework(*MIGRATE, own, "--dry-run")
    assert (ran.code, ran.out) == (1, "")
    assert "does not use the state in_transition: 1 school (990001 Aldermere Primary School)." in ran.err


@pytest.mark.usefixtures("caseload")
def test_command_under_another_policy_is_refused(casework: Casework, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEWORK_POLICY", "norfolk-2013-mi")
    ran = casework("move", 990005, "raise_concern", *SIGNED, "--evidence", "Visit")
    assert ran.code == 1
    assert "kept under the policy norfolk-2013, and CASEWORK_POLICY says norfolk-2013-mi" in ran.err
    assert "casework policy migrate" in ran.err


@pytest.mark.usefixtures("caseload")
def test_commands_go_on_under_the_new_policy(casework: Casework, monkeypatch: pytest.MonkeyPatch) -> None:
    assert casework(*MIGRATE, "england-2026", *SIGNED).code == 0
    monkeypatch.setenv("CASEWORK_POLICY", "england-2026")
    assert casework("check", "2025-26/3", "--on", "2026-01-21").code == 0
    told = json.loads(casework("show", 990001, "--json").out)
    assert (told["state"], told["category"]) == ("causing_concern", "C")
    assert "enter_transition" not in [move["trigger"] for move in told["moves"]]


@pytest.mark.usefixtures("caseload")
def test_history_tells_both_migrations(casework: Casework) -> None:
    assert casework(*MIGRATE, "england-2026", *SIGNED).code == 0
    assert casework(*MIGRATE, "norfolk-2013", *SIGNED).code == 0
    told = json.loads(casework("history", 990001, "--json").out)
    migrated = [(one["from"], one["to"]) for one in told if one["kind"] == "migrated"]
    assert migrated == [("in_transition", "causing_concern"), ("causing_concern", "in_transition")]


@pytest.mark.usefixtures("engine")
def test_empty_record_takes_any_policy(
    casework: Casework, register: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASEWORK_POLICY", "england-2026")
    assert casework("register", "load", register({}), "--la", "999").code == 0
    assert casework("show", 990001).code == 0


WARNING = "Warning: the policy england-2026 does not say whose it is: authority.name, "


@pytest.mark.usefixtures("caseload")
@pytest.mark.parametrize(
    "typed",
    [
        pytest.param(("show", 990001), id="show"),
        pytest.param(("check", "2025-26/3", "--on", "2026-01-21"), id="check"),
        pytest.param(("policy", "check", "england-2026"), id="policy check"),
        pytest.param((*MIGRATE, "norfolk-2013", "--dry-run"), id="policy migrate"),
        pytest.param(("letters", "approve", "--all", *SIGNED[:4]), id="letters approve"),
    ],
)
def test_base_used_as_it_stands_is_told_once(
    casework: Casework, monkeypatch: pytest.MonkeyPatch, typed: tuple[object, ...]
) -> None:
    assert casework(*MIGRATE, "england-2026", *SIGNED).err.count(WARNING) == 1
    monkeypatch.setenv("CASEWORK_POLICY", "england-2026")
    ran = casework(*typed, "--json")
    assert ran.err.count(WARNING) == ran.err.count("Warning: ") == 1
    assert "Warning" not in json.dumps(json.loads(ran.out))


def test_policy_with_names_of_its_own_brings_no_warning(casework: Casework) -> None:
    assert casework("policy", "check", "norfolk-2013").err == ""


def test_move_into_a_state_out_of_use_is_named_with_its_fix(casework: Casework, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    rule = 'states = ["good_or_better"]\noutcome = "missing"\nrounds = 2\ntrigger = "enter_transition"\n'
    text = f'[policy]\nname = "own"\nextends = "england-2026"\n[[monitoring.proposals]]\n{rule}'
    own.write_text(text, encoding="utf-8")
    ran = casework("policy", "check", own, "--json")
    assert (ran.code, ran.out) == (1, "")
    assert f"{own}, line 8: monitoring.proposals[0].trigger = 'enter_transition': this move leads into" in ran.err

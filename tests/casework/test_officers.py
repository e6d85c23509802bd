"""Officers: no password is to be seen, nobody can tell which names there are, no copy of the record has them."""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any, Literal

import pytest
from argon2 import Parameters, PasswordHasher, extract_parameters, profiles
from sqlalchemy import Engine

from casework import officers
from casework.backup import backup
from casework.errors import NotFound
from casework.exchange import export_record
from casework.officers import (
    NotAnOfficer,
    Person,
    account,
    add_officer,
    any_officers,
    change_officer,
    disable_officer,
    enable_officer,
    list_officers,
    proved,
    set_password,
)
from casework.tables import May
from tests.conftest import NOW

Casework = Callable[..., Any]
pytestmark = pytest.mark.usefixtures("cheap_hashes")
ANN = Person("Ann Pell", "Senior Adviser", May.OFFICER)
REAL_HASHER = officers._hasher
PASSWORD = "correct horse battery"


def add(engine: Engine, sign_in: str = "ann", person: Person = ANN, password: str = PASSWORD) -> str:
    return add_officer(engine, sign_in, person, password, NOW)


def let_in(engine: Engine, sign_in: str = "ann", password: str = PASSWORD) -> bool:
    return proved(account(engine, sign_in), password)


def test_officer_is_known_by_name_and_password(engine: Engine) -> None:
    assert not any_officers(engine)
    assert add(engine, " Ann ") == "ann"
    assert any_officers(engine)
    assert let_in(engine, "ANN")
    assert not let_in(engine, password=f"{PASSWORD}!")
    assert not let_in(engine, "nobody")


def test_password_is_kept_as_a_hash_of_its_own(engine: Engine) -> None:
    add(engine)
    add(engine, "bo", replace(ANN, name="Bo Lund"))
    kept = [account(engine, sign_in) for sign_in in ("ann", "bo")]
    hashes = {one.password for one in kept if one}
    assert len(hashes) == 2
    assert all(one.startswith("$argon2id$") and PASSWORD not in one for one in hashes)


def test_disabled_officer_is_kept_out_until_enabled(engine: Engine) -> None:
    add(engine)
    disable_officer(engine, "ann", NOW)
    assert not let_in(engine)
    assert any_officers(engine), "or the console would be open to everybody"
    enable_officer(engine, "ann", "another long password")
    assert let_in(engine, password="another long password")


def test_new_password_takes_the_place_of_the_old(engine: Engine) -> None:
    add(engine)
    set_password(engine, "ann", "another long password")
    assert (let_in(engine), let_in(engine, password="another long password")) == (False, True)


def test_officer_is_given_another_title_and_more_to_do(engine: Engine) -> None:
    add(engine)
    change_officer(engine, "ann", title="Director", may=May.SIGNATORY)
    found = account(engine, "ann")
    assert found is not None
    assert found.person == Person("Ann Pell", "Director", May.SIGNATORY)


@pytest.mark.parametrize(("may", "does"), [("reader", 1), ("officer", 2), ("signatory", 3)])
def test_each_may_do_what_those_before_may(may: str, does: int) -> None:
    assert sum(Person("A", "B", May(may)).may_do(needed) for needed in May) == does


REFUSED = {
    "short password": ({"password": "elevenchars"}, "12 to 200 characters; this one has 11"),
    "endless password": ({"password": "x" * 201}, "this one has 201"),
    "blank in the name to sign in with": ({"sign_in": "ann pell"}, "no name to sign in with"),
    "path for a name": ({"sign_in": "../ann"}, "no name to sign in with"),
    "no name": ({"person": replace(ANN, name=" ")}, "is no name"),
    "name of two lines": ({"person": replace(ANN, name="Ann\nPell")}, "is no name"),
    "no title": ({"person": replace(ANN, title="")}, "is no title"),
}


@pytest.mark.parametrize(("given", "said"), REFUSED.values(), ids=REFUSED)
def test_unfit_officer_is_refused_in_words(engine: Engine, given: dict[str, Any], said: str) -> None:
    with pytest.raises(NotAnOfficer, match=said):
        add(engine, **given)
    assert not any_officers(engine)


@pytest.mark.parametrize(("sign_in", "name"), [("ann", "Bo Lund"), ("bo", "Ann Pell")])
def test_no_two_officers_share_a_name(engine: Engine, sign_in: str, name: str) -> None:
    add(engine)
    with pytest.raises(NotAnOfficer, match="Ann Pell signs in as ann already"):
        add(engine, sign_in, replace(ANN, name=name))
    assert len(list_officers(engine)) == 1


@pytest.mark.parametrize("act", [lambda e: disable_officer(e, "bo", NOW), lambda e: set_password(e, "bo", PASSWORD)])
def test_unknown_officer_is_said_to_be_unknown(engine: Engine, act: Callable[[Engine], None]) -> None:
    with pytest.raises(NotFound, match="Nobody signs in as 'bo'"):
        act(engine)


def test_no_hash_is_in_an_export_or_a_backup(fenshire: Engine, home: Path) -> None:
    add(fenshire)
    export_record(fenshire, home / "record.jsonl.gz")
    backup(fenshire, home / "seals.jsonl", home / "friday.db")
    with sqlite3.connect(home / "friday.db") as copy:
        assert copy.execute("SELECT count(*) FROM officer").fetchone() == (0,)
    copy.close()
    assert b"$argon2" not in (home / "friday.db").read_bytes()


def test_importing_leaves_officers_of_the_new_place_alone(fenshire: Engine, home: Path) -> None:
    report = export_record(fenshire, home / "record.jsonl.gz")
    assert "officer" not in report.rows


@pytest.fixture
def typed(casework: Casework, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Casework:
    """The command in an office with a record; what is piped in is PASSWORD."""
    monkeypatch.setattr("sys.stdin", StringIO(f"{PASSWORD}\n"))
    return casework


def test_officer_is_added_and_listed_without_a_password_to_be_seen(typed: Casework) -> None:
    ran = typed("officers", "add", "ann", "--name", "Ann Pell", "--title", "Adviser", "--may", "signatory")
    assert (ran.code, ran.out, ran.err) == (0, "Ann Pell may sign in as ann: signatory.\n", "")
    listed = typed("officers", "list", "--json").out
    assert json.loads(listed)[0] | {"added_at": ""} == {
        "sign_in": "ann",
        "name": "Ann Pell",
        "title": "Adviser",
        "may": "signatory",
        "added_at": "",
        "disabled_at": None,
    }
    assert PASSWORD not in ran.out + listed
    assert "argon2" not in listed


def test_officer_is_changed_and_disabled(typed: Casework, engine: Engine) -> None:
    add(engine)
    assert typed("officers", "change", "ann", "--may", "reader").code == 0
    assert typed("officers", "disable", "ann").code == 0
    assert typed("officers", "list").out.split() == ["ann", "reader", "Ann", "Pell,", "Senior", "Adviser", "disabled",
                                                     str(list_officers(engine)[0]["disabled_at"].date())]  # fmt: skip
    assert typed("officers", "enable", "ann").code == 0
    assert let_in(engine)


def test_piped_password_that_is_too_short_is_refused(
    casework: Casework, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(engine)
    monkeypatch.setattr("sys.stdin", StringIO(""))
    ran = casework("officers", "password", "ann")
    assert (ran.code, "this one has 0" in ran.err) == (1, True)
    assert let_in(engine)


def test_change_of_nothing_is_wrong_usage(typed: Casework, engine: Engine) -> None:
    assert typed("officers", "change", "ann").code == 2


@pytest.mark.parametrize("sign_in", ["ann", "bo", "out"], ids=["wrong password", "unknown", "disabled"])
def test_every_refusal_costs_one_look_at_a_hash(engine: Engine, monkeypatch: pytest.MonkeyPatch, sign_in: str) -> None:
    """What takes longer or shorter would tell which names there are."""
    add(engine)
    add(engine, "out", replace(ANN, name="Olga Utt"))
    disable_officer(engine, "out", NOW)
    looked: list[Parameters] = []

    class Counting(PasswordHasher):
        def verify(self, kept: str | bytes, password: str | bytes) -> Literal[True]:
            looked.append(extract_parameters(str(kept)))
            return super().verify(kept, password)

    usual = officers._hasher()
    counting = Counting(usual.time_cost, usual.memory_cost, usual.parallelism)
    monkeypatch.setattr(officers, "_hasher", lambda: counting)
    assert not let_in(engine, sign_in, "a wrong password" if sign_in == "ann" else PASSWORD)
    assert looked == [extract_parameters(usual.hash("any"))]


def test_hashes_cost_what_the_rfc_asks_for() -> None:
    assert extract_parameters(REAL_HASHER().hash("any")) == profiles.RFC_9106_LOW_MEMORY

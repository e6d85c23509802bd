"""`casework clock notice` answers officers and programs, and asks back when it must."""

import json
from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def answer(casework: Callable[..., Any]) -> Callable[..., dict[str, Any]]:
    """What the command says with --json, which is all that it prints."""

    def ask(*options: str) -> dict[str, Any]:
        ran = casework("clock", "notice", *options, "--json")
        assert (ran.code, ran.err) == (0, "")
        said: dict[str, Any] = json.loads(ran.out)
        return said

    return ask


def dates(said: dict[str, Any]) -> dict[str, str]:
    return {one["name"]: one["date"] for one in said["deadlines"]}


@pytest.mark.parametrize(
    ("given", "ends", "powers"),
    [
        ("2013-11-18", "2013-12-09", "2014-02-09"),
        ("2013-12-09", "2014-01-02", "2014-03-02"),
        ("2013-12-13", "2014-01-08", "2014-03-08"),
        ("2014-04-07", "2014-04-30", "2014-06-30"),
        ("2014-05-06", "2014-05-28", "2014-07-28"),
    ],
)
def test_notice_of_2013_is_worked_out(
    answer: Callable[..., dict[str, Any]], given: str, ends: str, powers: str
) -> None:
    assert dates(answer("--given", given)) == {
        "initial_period_ends": ends,
        "representations_by": ends,
        "compliance_period_ends": ends,
        "powers_start_by": powers,
    }


def test_answer_has_stable_keys(answer: Callable[..., dict[str, Any]]) -> None:
    said = answer("--given", "2014-05-06")
    assert (list(said), said["regime"], said["given"]) == (["regime", "given", "deadlines"], "eia-2006", "2014-05-06")
    assert all(list(one) == ["name", "date", "rule", "citation", "skipped"] for one in said["deadlines"])
    assert {"date": "2014-05-26", "why": "Spring bank holiday"} in said["deadlines"][0]["skipped"]


def test_undecided_notice_has_no_date_yet(answer: Callable[..., dict[str, Any]]) -> None:
    said = dates(answer("--given", "2013-11-18", "--represented", "2013-12-09"))
    assert (said["compliance_period_ends"], said["powers_start_by"]) == (None, None)


def test_confirmed_notice_counts_anew(answer: Callable[..., dict[str, Any]]) -> None:
    said = dates(answer("--given", "2013-11-18", "--represented", "2013-12-09", "--confirmed", "2013-12-20"))
    assert (said["compliance_period_ends"], said["powers_start_by"]) == ("2014-01-15", "2014-03-15")


def test_pay_notice_is_heard_by_the_authority(answer: Callable[..., dict[str, Any]]) -> None:
    said = answer("--given", "2013-11-18", "--kind", "s60A")
    rules = {one["name"]: one["rule"] for one in said["deadlines"]}
    assert "to the local authority" in rules["representations_by"]
    assert "for sections 64 and 66; section 65" in rules["powers_start_by"]


@pytest.mark.parametrize(("given", "regime"), [("2017-03-01", "eaa-2016"), ("2026-09-01", "cwsa-2026")])
def test_later_notice_has_the_period_it_states(answer: Callable[..., dict[str, Any]], given: str, regime: str) -> None:
    said = answer("--given", given, "--period-ends", "2027-01-31")
    assert said["regime"] == regime
    assert dates(said) == {"compliance_period_ends": "2027-01-31", "powers_start_by": "2027-03-31"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--given", "2017-03-01"), "--period-ends DATE"),
        (("--given", "2017-03-01", "--period-ends", "2017-02-01"), "before the notice was given"),
        (("--given", "2017-03-01", "--period-ends", "2017-04-01", "--represented", "2017-03-05"), "no right of"),
        (("--given", "2013-11-18", "--period-ends", "2013-12-31"), "states no period of its own"),
        (("--given", "2013-11-18", "--represented", "2013-11-17"), "before the notice was given"),
        (("--given", "2013-11-18", "--confirmed", "2013-12-20"), "needs representations first"),
        (("--given", "2006-11-18"), "begins with 1 April 2007"),
    ],
)
def test_impossible_dates_are_refused_in_words(
    casework: Callable[..., Any], options: tuple[str, ...], words: str
) -> None:
    ran = casework("clock", "notice", *options, "--json")
    assert (ran.code, ran.out) == (1, "")
    assert words in ran.err


@pytest.mark.parametrize("options", [(), ("--given", "18/11/2013"), ("--given", "2013-02-30")], ids=str)
def test_wrong_usage_is_told_apart(casework: Callable[..., Any], options: tuple[str, ...]) -> None:
    assert casework("clock", "notice", *options).code == 2


def test_text_can_be_read_out(casework: Callable[..., Any]) -> None:
    out = casework("clock", "notice", "--given", "2013-11-18").out
    assert out.startswith("Notice given on 18 November 2013, under the Education and Inspections Act 2006 as it stood")
    assert "- The initial period ends on Monday 9 December 2013: the 15th working day after 18 November 2013" in out


def test_policy_in_force_is_applied(
    casework: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    own = tmp_path / "careful.toml"
    own.write_text('[policy]\nname = "careful"\nextends = "norfolk-2013"\n[deadlines]\ntwo_months_end = "day_before"\n')
    monkeypatch.setenv("CASEWORK_POLICY", str(own))
    assert "Saturday 8 February 2014" in casework("clock", "notice", "--given", "2013-11-18").out

"""Each guard both ways; and each refusal is a sentence that tells an officer what to do."""

import inspect
import re
from dataclasses import FrozenInstanceError, fields, replace
from datetime import date

import pytest

from states import guards
from states.facts import EligibilityGround, Facts, NoticeOutcome
from states.machine import Refused, advance
from states.refusals import Refusal, RefusalCode
from states.school_types import Sector
from states.track import Guard
from states.tracks.letter import LETTER
from states.tracks.school import SCHOOL

Code = RefusalCode
DAY = date(2015, 3, 20)
BOTH_WAYS: list[tuple[Guard, Facts, RefusalCode | None]] = [
    (guards.school_is_maintained, Facts(sector=Sector.MAINTAINED), None),
    *(
        (guards.school_is_maintained, Facts(sector=sector), Code.NOT_MAINTAINED)
        for sector in (None, *Sector)
        if sector is not Sector.MAINTAINED
    ),
    (guards.evidence_is_recorded, Facts(evidence="Visit of 4 March"), None),
    (guards.evidence_is_recorded, Facts(), Code.NO_EVIDENCE),
    (guards.evidence_is_recorded, Facts(evidence=" \n"), Code.NO_EVIDENCE),
    (guards.evidence_is_recorded, Facts(audit_outcome="Weak"), Code.NO_EVIDENCE),
    (guards.inspection_is_recorded, Facts(inspected_on=DAY), None),
    (guards.inspection_is_recorded, Facts(evidence="Ofsted came"), Code.NO_INSPECTION),
    (guards.audit_or_evidence_is_recorded, Facts(audit_outcome="Weak"), None),
    (guards.audit_or_evidence_is_recorded, Facts(evidence="Visit"), None),
    (guards.audit_or_evidence_is_recorded, Facts(audit_outcome=" ", evidence=" "), Code.NO_AUDIT_OR_EVIDENCE),
    (guards.notice_is_complete, Facts(notice_complete=True), None),
    (guards.notice_is_complete, Facts(), Code.NOTICE_INCOMPLETE),
    (guards.notice_was_checked_by_second_officer, Facts(actor="Ms Tate", checked_by="Mr Lark"), None),
    (guards.notice_was_checked_by_second_officer, Facts(actor="Ms Tate"), Code.NOTICE_NOT_CHECKED),
    (guards.notice_was_checked_by_second_officer, Facts(), Code.NOTICE_NOT_CHECKED),
    (
        guards.notice_was_checked_by_second_officer,
        Facts(actor="Ms Tate", checked_by=" ms tate "),
        Code.NOTICE_NOT_CHECKED,
    ),
    *((guards.notice_outcome_is_recorded, Facts(notice_outcome=outcome), None) for outcome in NoticeOutcome),
    (guards.notice_outcome_is_recorded, Facts(), Code.NO_NOTICE_OUTCOME),
    *((guards.school_is_eligible_for_intervention, Facts(eligible_under=ground), None) for ground in EligibilityGround),
    (guards.school_is_eligible_for_intervention, Facts(), Code.NOT_ELIGIBLE),
    (guards.academy_order_is_recorded, Facts(academy_order_on=DAY), None),
    (guards.academy_order_is_recorded, Facts(opened_on=DAY), Code.NO_ACADEMY_ORDER),
    (guards.revocation_is_recorded, Facts(revoked_on=DAY), None),
    (guards.revocation_is_recorded, Facts(), Code.NO_REVOCATION),
    (guards.order_was_made_while_inadequate, Facts(came_from="inadequate"), None),
    (
        guards.order_was_made_while_inadequate,
        Facts(came_from="under_warning_notice"),
        Code.ORDER_NOT_MADE_FROM_THERE,
    ),
    (guards.order_was_made_under_notice, Facts(came_from="under_warning_notice"), None),
    (guards.order_was_made_under_notice, Facts(came_from="inadequate"), Code.ORDER_NOT_MADE_FROM_THERE),
    (guards.academy_has_opened, Facts(opened_on=DAY), None),
    (guards.academy_has_opened, Facts(academy_order_on=DAY), Code.NOT_OPENED),
    (guards.closure_is_recorded, Facts(closed_on=DAY), None),
    (guards.closure_is_recorded, Facts(), Code.NO_CLOSURE),
    (guards.signatory_is_named, Facts(actor="Ms Tate"), None),
    (guards.signatory_is_named, Facts(actor=" "), Code.NOT_SIGNED),
    (guards.second_officer_signs, Facts(drafted_by="Ms Tate", actor="Mr Lark"), None),
    (guards.second_officer_signs, Facts(actor="Mr Lark"), None),
    (guards.second_officer_signs, Facts(drafted_by="Ms Tate", actor="MS TATE "), Code.SAME_OFFICER),
]
# These codes are the machine's own: about the table and about time, which no guard sees.
OF_THE_MACHINE = {Code.NOT_FROM_HERE, Code.IN_THE_FUTURE, Code.OUT_OF_ORDER}
WHAT_TO_DO = re.compile(
    r"\b(Use|Give|State|state|Name|Say|Record|Moves open to it|refer the concern|signs it)\b", re.ASCII
)


class Subject:
    def __init__(self, state: str) -> None:
        self.state = state


GUARDS = [
    guard
    for name, guard in inspect.getmembers(guards, inspect.isfunction)
    if guard.__module__ == guards.__name__ and not name.startswith("_")
]


def told() -> dict[str, Refusal]:
    """One refusal of each kind, from the guards and from the machine."""
    late = Facts(last_moved_on=date(2015, 4, 1), inspected_on=date(2015, 4, 1), evidence="Visit")
    outcomes = [
        advance(SCHOOL, Subject("in_transition"), "settle", late, DAY),
        *(advance(SCHOOL, Subject(state), "classify_inadequate", late, DAY) for state in ("closed", "converting")),
    ]
    refusals = [refusal for outcome in outcomes if isinstance(outcome, Refused) for refusal in outcome.refusals]
    refusals += [refusal for guard, facts, _ in BOTH_WAYS if (refusal := guard(facts))]
    return {f"{refusal.code}-{number}": refusal for number, refusal in enumerate(refusals)}


TOLD = told()


@pytest.mark.parametrize(
    ("guard", "facts", "code"),
    [pytest.param(*row, id=f"{row[0].__name__} => {row[2] or 'allowed'}") for row in BOTH_WAYS],
)
def test_guard_allows_or_refuses_as_told(guard: Guard, facts: Facts, code: RefusalCode | None) -> None:
    refusal = guard(facts)
    assert (refusal and refusal.code) == code


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.__name__)
def test_guard_is_tried_both_ways(guard: Guard) -> None:
    answers = {code is None for tried, _, code in BOTH_WAYS if tried is guard}
    assert answers == {True, False}


def test_every_guard_serves_some_row() -> None:
    assert {guard for track in (SCHOOL, LETTER) for row in track.rows for guard in row.guards} == set(GUARDS)


def test_every_code_has_a_guard_or_the_machine() -> None:
    by_guards = {code for _, _, code in BOTH_WAYS if code}
    assert by_guards | OF_THE_MACHINE == set(RefusalCode)
    assert not by_guards & OF_THE_MACHINE
    assert {refusal.code for refusal in TOLD.values()} == set(RefusalCode)


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.__name__)
def test_guard_gives_its_reason_for_being(guard: Guard) -> None:
    said = inspect.getdoc(guard) or ""
    assert said.endswith((".", ").")), f"{guard.__name__} needs a docstring that says why, with its source"


@pytest.mark.parametrize("refusal", TOLD.values(), ids=TOLD.keys())
def test_refusal_is_a_short_sentence(refusal: Refusal) -> None:
    assert refusal.sentence.lstrip("“")[0].isupper()
    assert refusal.sentence.endswith((".", "…"))
    assert len(refusal.sentence.split()) <= 60
    assert "  " not in refusal.sentence
    assert "None" not in refusal.sentence


@pytest.mark.parametrize("refusal", TOLD.values(), ids=TOLD.keys())
def test_refusal_says_what_to_do(refusal: Refusal) -> None:
    assert WHAT_TO_DO.search(refusal.sentence)


@pytest.mark.parametrize("refusal", TOLD.values(), ids=TOLD.keys())
def test_refusal_asks_only_for_facts_that_exist(refusal: Refusal) -> None:
    asked = set(re.findall(r"--fact (\w+)=", refusal.sentence))
    assert asked <= {field.name for field in fields(Facts)}


@pytest.mark.parametrize("refusal", TOLD.values(), ids=TOLD.keys())
def test_refusal_offers_only_moves_that_exist(refusal: Refusal) -> None:
    offered = re.findall(r"Use (\w+)\.", refusal.sentence)
    assert set(offered) <= set(SCHOOL.triggers)


def test_facts_cannot_be_changed_by_a_guard() -> None:
    with pytest.raises(FrozenInstanceError):
        Facts().evidence = "invented"  # type: ignore[misc]  # that is the point


@pytest.mark.parametrize(("guard", "facts"), [(guard, facts) for guard, facts, _ in BOTH_WAYS])
def test_guard_answers_alike_twice(guard: Guard, facts: Facts) -> None:
    assert guard(facts) == guard(replace(facts))

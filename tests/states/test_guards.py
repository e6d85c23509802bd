"""Each guard both ways; and each refusal is a sentence that tells an officer what to do."""

import inspect
import re
from dataclasses import FrozenInstanceError, fields, replace
from datetime import date

import pytest

from states.facts import Facts, NoticeOutcome, PowerSection
from states.guards import general, letter, notice, power, school, steps
from states.law import LAW
from states.law.notices import Character, Copy, Ground, NoticeKind
from states.law.powers import Door
from states.machine import Refused, advance
from states.refusals import Refusal, RefusalCode
from states.school_types import Sector
from states.track import Guard
from states.tracks import TRACKS
from states.tracks.school import SCHOOL

Code = RefusalCode
DAY = date(2015, 3, 20)
NEXT_DAY = date(2015, 3, 21)
SINCE_2016 = date(2016, 4, 18)
NOTICE_2013 = Facts(
    grounds=(Ground.SAFETY,),
    contents=tuple(LAW.on(DAY).contents),
    copies=(Copy.CHIEF_INSPECTOR, Copy.HEAD_TEACHER),
    character=Character("01"),
    given_on=DAY,
)
PAY_NOTICE_2013 = replace(NOTICE_2013, kind=NoticeKind.S60A, grounds=())
# A board under a warning notice whose period and reasonable notice are over.
BOARD = Facts(
    section=PowerSection.INTERIM_BOARD,
    eligible_under=Door.S60,
    compliance_ends=DAY,
    reasonable_notice_ends=DAY,
    on=NEXT_DAY,
)
GOVERNORS = replace(BOARD, section=PowerSection.GOVERNORS, window_ends=NEXT_DAY)
BOTH_WAYS: list[tuple[Guard, Facts, RefusalCode | None]] = [
    (general.school_is_maintained, Facts(sector=Sector.MAINTAINED), None),
    *(
        (general.school_is_maintained, Facts(sector=sector), Code.NOT_MAINTAINED)
        for sector in (None, *Sector)
        if sector is not Sector.MAINTAINED
    ),
    (general.evidence_is_recorded, Facts(evidence="Visit of 4 March"), None),
    (general.evidence_is_recorded, Facts(), Code.NO_EVIDENCE),
    (general.evidence_is_recorded, Facts(evidence=" \n"), Code.NO_EVIDENCE),
    (general.evidence_is_recorded, Facts(audit_outcome="Weak"), Code.NO_EVIDENCE),
    (school.inspection_is_recorded, Facts(inspected_on=DAY), None),
    (school.inspection_is_recorded, Facts(evidence="Ofsted came"), Code.NO_INSPECTION),
    (school.inspection_is_recorded, Facts(inspected_on=DAY, reported_on=DAY), None),
    (school.inspection_is_recorded, Facts(inspected_on=NEXT_DAY, reported_on=DAY), Code.NO_INSPECTION),
    (school.statement_was_sent, Facts(statement_sent_on=DAY), None),
    (school.statement_was_sent, Facts(reported_on=DAY), Code.NO_STATEMENT),
    (school.audit_or_evidence_is_recorded, Facts(audit_outcome="Weak"), None),
    (school.audit_or_evidence_is_recorded, Facts(evidence="Visit"), None),
    (school.audit_or_evidence_is_recorded, Facts(audit_outcome=" ", evidence=" "), Code.NO_AUDIT_OR_EVIDENCE),
    (notice.notice_is_complete, NOTICE_2013, None),
    (notice.notice_is_complete, Facts(), Code.NOTICE_INCOMPLETE),
    (notice.notice_is_complete, PAY_NOTICE_2013, None),
    (notice.notice_is_complete, replace(NOTICE_2013, kind=NoticeKind.S60), None),
    (notice.notice_is_complete, replace(NOTICE_2013, kind=NoticeKind.S60A), Code.NOTICE_INCOMPLETE),
    (notice.notice_is_complete, replace(PAY_NOTICE_2013, given_on=date(2010, 1, 12)), None),
    (notice.notice_is_complete, replace(PAY_NOTICE_2013, given_on=date(2010, 1, 11)), Code.NOTICE_INCOMPLETE),
    (notice.notice_was_checked_by_second_officer, Facts(actor="Ms Tate", checked_by="Mr Lark"), None),
    (notice.notice_was_checked_by_second_officer, Facts(actor="Ms Tate"), Code.NOTICE_NOT_CHECKED),
    (notice.notice_was_checked_by_second_officer, Facts(), Code.NOTICE_NOT_CHECKED),
    (
        notice.notice_was_checked_by_second_officer,
        Facts(actor="Ms Tate", checked_by=" ms tate "),
        Code.NOTICE_NOT_CHECKED,
    ),
    *((school.notice_outcome_is_recorded, Facts(notice_outcome=outcome), None) for outcome in NoticeOutcome),
    (school.notice_outcome_is_recorded, Facts(), Code.NO_NOTICE_OUTCOME),
    *((school.school_is_eligible_for_intervention, Facts(eligible_under=ground), None) for ground in Door),
    (school.school_is_eligible_for_intervention, Facts(), Code.NOT_ELIGIBLE),
    (school.record_bears_out_the_door, Facts(), None),
    *((school.record_bears_out_the_door, Facts(eligible_under=door, doors=(door,)), None) for door in Door),
    *((school.record_bears_out_the_door, Facts(eligible_under=door), Code.DOOR_NOT_ON_RECORD) for door in Door),
    (school.record_bears_out_the_door, Facts(eligible_under=Door.S62, doors=(Door.S61,)), Code.DOOR_NOT_ON_RECORD),
    (school.record_bears_out_the_door, Facts(eligible_under=Door.S60, secretary_notice_on=SINCE_2016), None),
    (
        school.record_bears_out_the_door,
        Facts(eligible_under=Door.S60A, secretary_notice_on=SINCE_2016),
        Code.DOOR_NOT_ON_RECORD,
    ),
    (school.academy_order_is_recorded, Facts(academy_order_on=DAY), None),
    (school.academy_order_is_recorded, Facts(opened_on=DAY), Code.NO_ACADEMY_ORDER),
    (school.revocation_is_recorded, Facts(revoked_on=DAY), None),
    (school.revocation_is_recorded, Facts(), Code.NO_REVOCATION),
    (school.order_was_made_while_inadequate, Facts(came_from="inadequate"), None),
    (
        school.order_was_made_while_inadequate,
        Facts(came_from="under_warning_notice"),
        Code.ORDER_NOT_MADE_FROM_THERE,
    ),
    (school.order_was_made_under_notice, Facts(came_from="under_warning_notice"), None),
    (school.order_was_made_under_notice, Facts(came_from="inadequate"), Code.ORDER_NOT_MADE_FROM_THERE),
    (school.academy_has_opened, Facts(opened_on=DAY), None),
    (school.academy_has_opened, Facts(academy_order_on=DAY), Code.NOT_OPENED),
    (school.closure_is_recorded, Facts(closed_on=DAY), None),
    (school.closure_is_recorded, Facts(), Code.NO_CLOSURE),
    (notice.checker_is_a_second_officer, Facts(drafted_by="Ms Tate", actor="Mr Lark"), None),
    (notice.checker_is_a_second_officer, Facts(drafted_by="Ms Tate", actor=" ms TATE"), Code.SAME_OFFICER),
    (notice.checker_is_a_second_officer, Facts(), Code.NOTICE_NOT_CHECKED),
    (notice.checker_is_a_second_officer, Facts(drafted_by="Ms Tate", actor=" "), Code.NOTICE_NOT_CHECKED),
    (notice.checker_is_a_second_officer, Facts(drafted_by=" ", actor="Mr Lark"), None),
    (notice.no_notice_of_the_secretary_of_state_stands, Facts(), None),
    (notice.no_notice_of_the_secretary_of_state_stands, Facts(secretary_notice_on=DAY), None),
    (
        notice.no_notice_of_the_secretary_of_state_stands,
        Facts(secretary_notice_on=SINCE_2016),
        Code.SECRETARY_OF_STATES_NOTICE,
    ),
    (
        notice.no_notice_of_the_secretary_of_state_stands,
        Facts(secretary_notice_on=SINCE_2016, notice_permitted_on=SINCE_2016),
        None,
    ),
    (
        notice.no_notice_of_the_secretary_of_state_stands,
        Facts(secretary_notice_on=SINCE_2016, notice_permitted_on=date(2016, 4, 17)),
        Code.SECRETARY_OF_STATES_NOTICE,
    ),
    (
        notice.no_notice_of_the_secretary_of_state_stands,
        Facts(secretary_notice_on=SINCE_2016, kind=NoticeKind.S60A),
        None,
    ),
    (notice.notice_of_the_secretary_of_state_is_recorded, Facts(secretary_notice_on=SINCE_2016), None),
    (
        notice.notice_of_the_secretary_of_state_is_recorded,
        Facts(secretary_notice_on=SINCE_2016, kind=NoticeKind.S60A),
        Code.NO_SECRETARY_OF_STATES_NOTICE,
    ),
    (notice.notice_of_the_secretary_of_state_is_recorded, Facts(), Code.NO_SECRETARY_OF_STATES_NOTICE),
    (
        notice.notice_of_the_secretary_of_state_is_recorded,
        Facts(secretary_notice_on=date(2016, 4, 17)),
        Code.NO_SECRETARY_OF_STATES_NOTICE,
    ),
    (notice.representations_were_made_in_time, Facts(represented_on=DAY, initial_ends=DAY), None),
    (notice.representations_were_made_in_time, Facts(initial_ends=DAY), Code.NO_REPRESENTATIONS),
    (
        notice.representations_were_made_in_time,
        Facts(given_on=SINCE_2016, represented_on=SINCE_2016),
        Code.NO_REPRESENTATIONS,
    ),
    (
        notice.representations_were_made_in_time,
        Facts(represented_on=NEXT_DAY, initial_ends=DAY),
        Code.REPRESENTATIONS_LATE,
    ),
    (notice.decision_is_recorded, Facts(decided_on=DAY), None),
    (notice.decision_is_recorded, Facts(), Code.NO_DECISION),
    (notice.compliance_came_after_the_notice, Facts(given_on=DAY, complied_on=DAY), None),
    (notice.compliance_came_after_the_notice, Facts(given_on=DAY), None),
    (notice.compliance_came_after_the_notice, Facts(complied_on=DAY), None),
    (
        notice.compliance_came_after_the_notice,
        Facts(given_on=NEXT_DAY, complied_on=DAY),
        Code.COMPLIED_BEFORE_THE_NOTICE,
    ),
    (notice.intention_was_notified, Facts(intention_notified_on=DAY), None),
    (notice.intention_was_notified, Facts(), Code.NO_REASONABLE_NOTICE),
    (notice.compliance_period_is_over, Facts(on=NEXT_DAY, compliance_ends=DAY), None),
    (notice.compliance_period_is_over, Facts(on=DAY, compliance_ends=DAY), Code.PERIOD_NOT_OVER),
    (notice.compliance_period_is_over, Facts(on=DAY), Code.PERIOD_NOT_OVER),
    (notice.window_of_powers_is_over, Facts(on=NEXT_DAY, window_ends=DAY), None),
    (notice.window_of_powers_is_over, Facts(on=DAY, window_ends=DAY), Code.WINDOW_OPEN),
    (notice.window_of_powers_is_over, Facts(on=DAY), Code.WINDOW_OPEN),
    (power.power_is_named, BOARD, None),
    (power.power_is_named, Facts(), Code.NO_POWER),
    (power.window_of_power_is_open, BOARD, None),
    (power.window_of_power_is_open, GOVERNORS, None),
    (power.window_of_power_is_open, Facts(section=PowerSection.BUDGET, eligible_under=Door.S62), None),
    (
        power.window_of_power_is_open,
        replace(BOARD, section=PowerSection.ARRANGEMENTS, eligible_under=Door.S60A),
        Code.NOT_ELIGIBLE,
    ),
    (power.window_of_power_is_open, replace(BOARD, compliance_ends=NEXT_DAY), Code.PERIOD_NOT_OVER),
    (power.window_of_power_is_open, replace(BOARD, reasonable_notice_ends=NEXT_DAY), Code.NO_REASONABLE_NOTICE),
    (power.window_of_power_is_open, replace(BOARD, reasonable_notice_ends=None), Code.NO_REASONABLE_NOTICE),
    (power.window_of_power_is_open, replace(GOVERNORS, window_ends=DAY), Code.WINDOW_OVER),
    (power.window_of_power_is_open, replace(GOVERNORS, window_ends=None), Code.WINDOW_OVER),
    (power.those_concerned_were_consulted, GOVERNORS, None),
    (power.those_concerned_were_consulted, replace(BOARD, consulted_on=DAY), None),
    (power.those_concerned_were_consulted, BOARD, Code.NOT_CONSULTED),
    (power.secretary_of_state_consents, GOVERNORS, None),
    (power.secretary_of_state_consents, replace(BOARD, consented_on=DAY), None),
    (power.secretary_of_state_consents, BOARD, Code.NO_CONSENT),
    (power.suspension_was_received, BOARD, None),
    (power.suspension_was_received, Facts(section=PowerSection.BUDGET, received_on=DAY), None),
    (power.suspension_was_received, Facts(section=PowerSection.BUDGET), Code.NOT_RECEIVED),
    (steps.partner_is_named, Facts(partner="Ms Tate"), None),
    (steps.partner_is_named, Facts(partner=" "), Code.NO_PARTNER),
    (steps.activity_is_named, Facts(activity="Coaching"), None),
    (steps.activity_is_named, Facts(activity=" "), Code.NO_ACTIVITY),
    (steps.sponsor_is_named, Facts(sponsor="Bittern Fen Trust"), None),
    (steps.sponsor_is_named, Facts(sponsor=" "), Code.NO_SPONSOR),
    (steps.funding_agreement_is_signed, Facts(agreed_on=DAY), None),
    (steps.funding_agreement_is_signed, Facts(), Code.NO_AGREEMENT),
    (steps.return_was_received, Facts(received_on=DAY), None),
    (steps.return_was_received, Facts(), Code.NOT_RECEIVED),
    (letter.signatory_is_named, Facts(actor="Ms Tate"), None),
    (letter.signatory_is_named, Facts(actor=" "), Code.NOT_SIGNED),
    (letter.second_officer_signs, Facts(drafted_by="Ms Tate", actor="Mr Lark"), None),
    (letter.second_officer_signs, Facts(actor="Mr Lark"), None),
    (letter.another_officer_checks, Facts(drafted_by="Ms Tate", actor="Mr Lark"), None),
    (letter.another_officer_checks, Facts(actor="Mr Lark"), None),
    (letter.another_officer_checks, Facts(drafted_by="Ms Tate", actor=" ms TATE"), Code.SAME_OFFICER),
    (letter.act_asks_for_no_check, Facts(), None),
    (letter.act_asks_for_no_check, Facts(under="Education and Inspections Act 2006, s60"), Code.LETTER_NOT_CHECKED),
    (letter.letter_is_not_stopped, Facts(), None),
    (letter.letter_is_not_stopped, Facts(stopped="The figures are wrong."), Code.STOPPED),
    (letter.service_is_dated, Facts(dated=date(2015, 3, 1), served_on=date(2015, 3, 1), on=DAY), None),
    (letter.service_is_dated, Facts(dated=date(2015, 3, 1), on=DAY), Code.SERVICE_NOT_PROVED),
    (
        letter.service_is_dated,
        Facts(dated=date(2015, 3, 2), served_on=date(2015, 3, 1), on=DAY),
        Code.SERVICE_NOT_PROVED,
    ),
    (letter.service_is_dated, Facts(dated=DAY, served_on=date(2099, 1, 1), on=DAY), Code.SERVICE_NOT_PROVED),
    (letter.second_officer_signs, Facts(drafted_by="Ms Tate", actor="MS TATE "), Code.SAME_OFFICER),
]
# These codes are the machine's own: about the table and about time, which no guard sees.
OF_THE_MACHINE = {Code.NOT_FROM_HERE, Code.IN_THE_FUTURE, Code.OUT_OF_ORDER}
WHAT_TO_DO = re.compile(
    r"\b(Use|Give|State|state|Name|Say|Record|Resume|Moves open to it|refer the concern|signs it|Ask|Go on|"
    r"[Cc]orrect|clear)\b",
    re.ASCII,
)


class Subject:
    def __init__(self, state: str) -> None:
        self.state = state


GUARDS = [
    guard
    for module in (general, letter, notice, power, school, steps)
    for name, guard in inspect.getmembers(module, inspect.isfunction)
    if guard.__module__ == module.__name__ and not name.startswith("_") and name != "same_person"
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
    assert {guard for track in TRACKS.values() for row in track.rows for guard in row.guards} == set(GUARDS)


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
    asked = set(re.findall(r"the fact (\w+)=", refusal.sentence))
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

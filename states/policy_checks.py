"""What the parts of a policy demand of each other and of the school track: one function for each demand.

Here: contradictions between parts that are right by themselves. Not here: the shape of a part (policy_terms).
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import product

from states.mi_sheet import wrong_citations
from states.policy_terms import (
    About,
    Caseload,
    Category,
    Classification,
    LetterRules,
    Measure,
    Migration,
    Partner,
    Phase,
    ProposalRule,
    Signatory,
)
from states.school_types import school_types
from states.toml_file import Complaint, Place, nearest
from states.tracks.school import SCHOOL, SchoolState

GRADES = ("Outstanding", "Good", "Requires improvement", "Inadequate")
LETTERS = (
    "category_notice",
    "accuracy_check",
    "concern_raised",
    "step_down",
    "progress_request",
    "progress_reminder",
    "progress_chaser",
    "progress_query",
    "progress_outcome",
    "partner_allocation",
    "leader_partner_allocation",
    "programme_invitation",
    "programme_joined",
    "audit_notice",
    "audit_outcome",
    "pre_warning",
    "warning_notice",
    "warning_notice_copy",
    "representations_outcome",
    "not_complied",
    "intention_to_use_powers",
    "notice_ended",
    "additional_governors",
    "budget_suspension",
    "budget_suspension_copy",
    "budget_review",
    "budget_review_outcome",
    "interim_board_consultation",
    "academy_order",
    "conversion_step",
    "activity_agreed",
    "activity_evaluation",
    "support_request",
    "support_thanks",
    "adviser_deployed",
    "meeting_invitation",
    "case_closed",
    "circular",
)
CATEGORISED = tuple(state for state in SCHOOL.open_states if state != SCHOOL.initial)


def sheets_are_cited_by_number(about: About, categories: Sequence[Category]) -> Iterator[Complaint]:
    """A reader finds the line that a value comes from only by the sheet's right number."""
    for place, source in _sources(about, categories):
        for wrong in wrong_citations(source):
            fix = "Write number and year, such as MI 269/13, or the number of its page, such as MI 19564."
            yield place, f"{wrong} is no Management Information sheet", fix


def _sources(about: About, categories: Sequence[Category]) -> Iterator[tuple[Place, str]]:
    yield ("policy", "source"), about.source
    for index, category in enumerate(categories):
        yield ("categories", index, "source"), category.source
        for number, activity in enumerate(category.activities):
            yield ("categories", index, "activities", number, "source"), activity.source


def letters_are_used_once(categories: Sequence[Category]) -> Iterator[Complaint]:
    seen = set[str]()
    for index, category in enumerate(categories):
        if category.letter in seen:
            yield ("categories", index, "letter"), "another category has this letter", "Give each its own."
        seen.add(category.letter)


def every_school_has_one_category(
    categories: Sequence[Category], migrations: Sequence[Migration]
) -> Iterator[Complaint]:
    """A school that is classified and open has one category, unless its state is out of use; any other has none."""
    for index, category in enumerate(categories):
        yield from categorised_schools_only(("categories", index, "states"), category.states, CATEGORISED)
    owner: dict[str, str] = {}
    for index, category in enumerate(categories):
        for state in sorted(owner.keys() & category.states):
            problem = f"category {owner[state]} has the state {state} already"
            yield ("categories", index, "states"), problem, "Leave it in one of the two."
        owner |= dict.fromkeys(category.states, category.letter)
    out_of_use = {row.state for row in migrations}
    for missing in CATEGORISED:
        if missing not in owner and missing not in out_of_use:
            fix = "Add it to the states of one, or say in [[migrations]] where its schools go."
            yield ("categories",), f"no category has the state {missing}", fix


def migrations_end_in_a_category(
    categories: Sequence[Category], migrations: Sequence[Migration]
) -> Iterator[Complaint]:
    """A row says, once for each policy, where the schools of a state out of use go: to a state in use."""
    used = states_in_use(categories)
    seen = set[tuple[str, str]]()
    for index, row in enumerate(migrations):
        place = ("migrations", index)
        yield from categorised_schools_only((*place, "state"), (row.state,), CATEGORISED)
        if row.state in used:
            yield (*place, "state"), "a category has this state, so its schools stay in it", "Take it out of one."
        if row.to not in used:
            yield (*place, "to"), "no category has this state", nearest(row.to, used)
        if (row.from_policy, row.state) in seen:
            yield place, "an earlier row says where these schools go", "Leave one of them."
        seen.add((row.from_policy, row.state))


def states_in_use(categories: Sequence[Category]) -> tuple[SchoolState, ...]:
    return tuple(state for category in categories for state in category.states)


def every_sector_is_told_something(categories: Sequence[Category], caseload: Caseload) -> Iterator[Complaint]:
    """A category letter without one activity would tell the school nothing."""
    sectors = sorted({kind.sector for kind in school_types() if kind.code in caseload.type_codes})
    for (index, category), sector in product(enumerate(categories), sectors):
        if not category.activities_for(sector):
            problem = f"no activity is meant for a school of the sector {sector}"
            yield ("categories", index, "activities"), problem, "Add one, or widen the sectors of another."


def every_grade_has_a_move(classification: Classification) -> Iterator[Complaint]:
    """Each grade that Ofsted may give has one move, and the move starts from an unclassified school."""
    place = ("classification", "triggers")
    given = Counter(grade.casefold() for grade in classification.triggers)
    for grade in GRADES:
        if grade.casefold() not in given:
            yield place, f"the grade {grade} has no move", f'Add "{grade}" = "…".'
    for grade, trigger in classification.triggers.items():
        if given[grade.casefold()] > 1:
            yield (*place, grade), "this grade is given more than once", "Leave one; capitals do not count."
        if (SCHOOL.initial, trigger) not in SCHOOL.moves:
            problem = "this move does not start from an unclassified school"
            yield (*place, grade), problem, _moves(SCHOOL.initial)


def grades_lead_into_states_in_use(classification: Classification, used: Sequence[str]) -> Iterator[Complaint]:
    """A school is never classified into a state that the policy does not use."""
    for grade, trigger in classification.triggers.items():
        yield from _leads_into_use(("classification", "triggers", grade), (SCHOOL.initial,), trigger, used)


def categorised_schools_only(
    place: Place, states: Sequence[SchoolState], categorised: Sequence[str]
) -> Iterator[Complaint]:
    """Every letter names the school's category, so a school without one is not written to."""
    for position, state in enumerate(states):
        if state not in categorised:
            yield (*place, position), "a school in this state has no category", "Take it out."


def every_phase_has_a_measure(measures: Sequence[Measure]) -> Iterator[Complaint]:
    measured = {phase for measure in measures for phase in measure.phases}
    for phase in Phase:
        if phase not in measured:
            fix = "Add the phase to one measure at least."
            yield ("monitoring", "measures"), f"nothing is asked of a school of the phase {phase}", fix


def measures_are_keyed_once(measures: Sequence[Measure]) -> Iterator[Complaint]:
    """A return names a measure by its key."""
    seen = set[str]()
    for index, measure in enumerate(measures):
        if measure.key in seen:
            place = ("monitoring", "measures", index, "key")
            yield place, "another measure has this key", "Give each its own."
        seen.add(measure.key)


def tolerance_lies_below_target(measures: Sequence[Measure]) -> Iterator[Complaint]:
    for index, measure in enumerate(measures):
        if measure.off_track_below > measure.target_percent:
            place = ("monitoring", "measures", index, "off_track_below")
            yield place, "this is above the target", f"Give {measure.target_percent} or less."


def proposals_start_where_they_may(proposals: Sequence[ProposalRule]) -> Iterator[Complaint]:
    for index, rule in enumerate(proposals):
        for state in (state for state in rule.states if (state, rule.trigger) not in SCHOOL.moves):
            place = ("monitoring", "proposals", index, "trigger")
            yield place, f"this move does not start from {state}", _moves(state)


def proposals_lead_into_states_in_use(proposals: Sequence[ProposalRule], used: Sequence[str]) -> Iterator[Complaint]:
    """What is proposed must be open to an officer: from states that the policy uses, into one that it uses."""
    for index, rule in enumerate(proposals):
        place = ("monitoring", "proposals", index)
        yield from categorised_schools_only((*place, "states"), rule.states, used)
        yield from _leads_into_use((*place, "trigger"), rule.states, rule.trigger, used)


def proposals_do_not_compete(proposals: Sequence[ProposalRule]) -> Iterator[Complaint]:
    """For one state, the same run of the same outcome proposes one move."""
    seen = set[tuple[str, str, int]]()
    for index, rule in enumerate(proposals):
        cases = {(str(state), str(rule.outcome), rule.rounds) for state in rule.states}
        if cases & seen:
            place = ("monitoring", "proposals", index)
            yield place, "an earlier proposal answers this outcome after as many rounds", "Leave one of them."
        seen |= cases


def every_letter_has_rules(letters: Mapping[str, LetterRules]) -> Iterator[Complaint]:
    for kind in LETTERS:
        if kind not in letters:
            yield ("letters",), f"nothing is said about the letter {kind}", f"Add [letters.{kind}]."
    for kind in letters:
        if kind not in LETTERS:
            yield ("letters", kind), "there is no such letter", nearest(kind, LETTERS)


def signatories_exist(
    signatories: Mapping[str, Signatory], letters: Mapping[str, LetterRules], partner: Partner
) -> Iterator[Complaint]:
    for kind, rules in letters.items():
        if rules.signatory not in signatories:
            yield (
                ("letters", kind, "signatory"),
                "there is no such signatory",
                nearest(rules.signatory, signatories),
            )
    if partner.contact not in signatories:
        yield ("partner", "contact"), "there is no such signatory", nearest(partner.contact, signatories)


def recipients_are_named_once(letters: Mapping[str, LetterRules]) -> Iterator[Complaint]:
    for kind, rules in letters.items():
        for position, recipient in enumerate(rules.recipients):
            if recipient in rules.recipients[:position]:
                yield (
                    ("letters", kind, "recipients", position),
                    "this recipient is named twice",
                    "Take one out.",
                )


def first_partner_states_are_partner_states(partner: Partner) -> Iterator[Complaint]:
    for position, state in enumerate(partner.states_first):
        if state not in partner.states:
            fix = "Add it to partner.states, or take it out here."
            yield ("partner", "states_first", position), "no partner is allocated in this state", fix


def _leads_into_use(place: Place, states: Sequence[StrEnum], trigger: str, used: Sequence[str]) -> Iterator[Complaint]:
    """One complaint, though a move may start from several states: wherever it starts, it leads to the same."""
    start = next((state for state in states if (state, trigger) in SCHOOL.moves), None)
    if start is None or _may_be_in(SCHOOL.moves[start, trigger].to, used):
        return
    end = SCHOOL.moves[start, trigger].to
    others = [row.trigger for row in SCHOOL.from_state(start) if _may_be_in(row.to, used)]
    fix = f"Add {end} to the states of one, or propose another move. From {start}: {', '.join(others)}."
    yield place, f"this move leads into {end}, and no category has that state", fix


def _may_be_in(state: str, used: Sequence[str]) -> bool:
    return state in used or state not in CATEGORISED


def _moves(state: str) -> str:
    return f"Moves from {state}: {', '.join(row.trigger for row in SCHOOL.from_state(state))}."

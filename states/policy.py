"""An authority's policy: what it calls its schools, whom it monitors, on what, and who signs.

Here: the policy as a whole, the questions that others put to it, and loading one. Not here: its parts
(policy_terms), what they demand of each other (policy_checks), the files (policy_file), the law, and the
moves of a school (tracks.school). The values stand in states/policies/*.toml, each with its source.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path

from pydantic import ValidationError

from states import policy_checks as checks
from states.dates import years_before
from states.policy_file import PolicyError, policy_names, read_policy
from states.policy_terms import (
    About,
    Authority,
    Caseload,
    Category,
    Classification,
    DeadlineRules,
    LetterRules,
    Measure,
    Migration,
    Monitoring,
    Partner,
    Phase,
    ProposalRule,
    Retention,
    Signatory,
    Silence,
)
from states.toml_file import Complaint, Table, problem_at, problems_in

__all__ = [
    "Category",
    "Measure",
    "Policy",
    "PolicyError",
    "ProposalRule",
    "Signatory",
    "load_policy",
    "policy_names",
]


# How a base such as england-2026 begins the names that each council replaces by its own.
PLACE_HOLDER = "Your "


class Policy(Table):
    """One authority's policy. Equal content has an equal `hash`, which every event of a case stores."""

    policy: About
    authority: Authority
    caseload: Caseload
    categories: tuple[Category, ...]
    migrations: tuple[Migration, ...] = ()
    classification: Classification
    monitoring: Monitoring
    deadlines: DeadlineRules
    silence: Silence
    retention: Retention
    signatories: dict[str, Signatory]
    letters: dict[str, LetterRules]
    partner: Partner

    @property
    def name(self) -> str:
        return self.policy.name

    def covers(self, type_code: str) -> bool:
        """Whether a school of this GIAS type becomes a case."""
        return type_code in self._types

    def category_of(self, state: str) -> Category | None:
        """The category of a school in `state`; None before classification and after the case has ended."""
        return self._categories.get(state)

    def uses(self, state: str) -> bool:
        """Whether a school may be in `state`: one that needs a category has one."""
        return state in self._categories or state not in checks.CATEGORISED

    def state_for(self, state: str, from_policy: str) -> str | None:
        """Where a case goes that comes over in `state`: None when this policy does not use it and gives no other."""
        if self.uses(state):
            return state
        given = {row.from_policy: str(row.to) for row in self.migrations if row.state == state}
        return given.get(from_policy) or given.get("*")

    def classify(self, rating: str) -> str | None:
        """The move that an Ofsted grade proposes for a school without a category; None without a grade."""
        return self._triggers.get(rating.strip().casefold())

    def is_monitored(self, state: str) -> bool:
        return state in self._monitored

    def measures_for(self, phase: str) -> tuple[Measure, ...]:
        """What a school of this GIAS phase is asked for; an unknown phase counts as "Not applicable"."""
        return self._measures.get(phase.strip().casefold()) or self._measures["not applicable"]

    def proposal(self, state: str, outcomes: Sequence[str]) -> ProposalRule | None:
        """The rule that a school's outcomes, newest first, bring into play; the longest run wins."""
        met = (rule for rule in self.monitoring.proposals if state in rule.states and _is_run(rule, outcomes))
        return max(met, key=lambda rule: rule.rounds, default=None)

    def signatory_of(self, kind: str) -> Signatory:
        """Who signs letters of this kind; KeyError for a kind that no policy has."""
        return self.signatories[self.letters[kind].signatory]

    @property
    def names_to_give(self) -> tuple[str, ...]:
        """The keys in which a base still says “Your council” and the like: nobody can write or sign by such a name."""
        said = {
            "authority.name": self.authority.name,
            "authority.address": "".join(self.authority.address),
            **{f"signatories.{key}.name": one.name for key, one in self.signatories.items()},
            "partner.provider": self.partner.provider,
        }
        return tuple(key for key, words in said.items() if words.startswith(PLACE_HOLDER))

    def contacts_may_go(self, on: date) -> date:
        """Contact data may go `on` a day of a school whose case ended by the day that this returns."""
        return years_before(on, self.retention.contacts_years_after_end)

    def letters_may_go(self, on: date) -> date:
        """Contact data may go `on` a day from a letter that was sent by the day that this returns."""
        return years_before(on, self.retention.letters_years_after_sent)

    @cached_property
    def hash(self) -> str:
        """SHA-256, in hex, of the whole resolved policy in canonical JSON."""
        content = json.dumps(self.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(content.encode()).hexdigest()

    @cached_property
    def _types(self) -> frozenset[str]:
        return frozenset(self.caseload.type_codes)

    @cached_property
    def _categories(self) -> dict[str, Category]:
        return {state: category for category in self.categories for state in category.states}

    @cached_property
    def _triggers(self) -> dict[str, str]:
        return {rating.casefold(): trigger for rating, trigger in self.classification.triggers.items()}

    @cached_property
    def _monitored(self) -> frozenset[str]:
        return frozenset(self.monitoring.states)

    @cached_property
    def _measures(self) -> dict[str, tuple[Measure, ...]]:
        measures = self.monitoring.measures
        return {phase.casefold(): tuple(measure for measure in measures if phase in measure.phases) for phase in Phase}


def _is_run(rule: ProposalRule, outcomes: Sequence[str]) -> bool:
    run = outcomes[: rule.rounds]
    return len(run) == rule.rounds and all(outcome == rule.outcome for outcome in run)


def load_policy(name_or_path: str | Path) -> Policy:
    """The policy of that name or in that file, checked; PolicyError lists everything wrong with it."""
    source = read_policy(name_or_path)
    try:
        policy = Policy.model_validate(source.content)
    except ValidationError as error:
        raise PolicyError(problems_in(error, Policy, source.files)) from None
    if problems := [problem_at(source.files, *complaint) for complaint in _complaints(policy)]:
        raise PolicyError(problems)
    return policy


def _complaints(policy: Policy) -> Iterator[Complaint]:
    monitoring, partner = policy.monitoring, policy.partner
    in_use = checks.states_in_use(policy.categories)
    yield from checks.sheets_are_cited_by_number(policy.policy, policy.categories)
    yield from checks.letters_are_used_once(policy.categories)
    yield from checks.every_school_has_one_category(policy.categories, policy.migrations)
    yield from checks.migrations_end_in_a_category(policy.categories, policy.migrations)
    yield from checks.every_sector_is_told_something(policy.categories, policy.caseload)
    yield from checks.every_grade_has_a_move(policy.classification)
    yield from checks.grades_lead_into_states_in_use(policy.classification, in_use)
    yield from checks.categorised_schools_only(("monitoring", "states"), monitoring.states, in_use)
    yield from checks.categorised_schools_only(("partner", "states"), partner.states, in_use)
    yield from checks.categorised_schools_only(("partner", "states_first"), partner.states_first, in_use)
    yield from checks.categorised_schools_only(("silence", "states"), policy.silence.states, checks.CATEGORISED)
    yield from checks.every_phase_has_a_measure(monitoring.measures)
    yield from checks.measures_are_keyed_once(monitoring.measures)
    yield from checks.tolerance_lies_below_target(monitoring.measures)
    yield from checks.proposals_start_where_they_may(monitoring.proposals)
    yield from checks.proposals_lead_into_states_in_use(monitoring.proposals, in_use)
    yield from checks.proposals_do_not_compete(monitoring.proposals)
    yield from checks.every_letter_has_rules(policy.letters)
    yield from checks.recipients_are_named_once(policy.letters)
    yield from checks.signatories_exist(policy.signatories, policy.letters, partner)
    yield from checks.first_partner_states_are_partner_states(partner)

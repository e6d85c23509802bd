"""The periods of one warning notice, under the law of the day on which it was given, and what cannot have happened.

Facts that are read of give: `kind` (s60, which it is unless it says s60A) and, from 18 April 2016, `period_ends`. Not
here: where the periods stand on a given day (notice).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from states.clocks.counting import ordinal
from states.clocks.history import Life
from states.clocks.values import Happened
from states.dates import in_words
from states.law import Regime
from states.law.notices import NoticeKind
from states.law.regimes import NO_REPRESENTATIONS
from states.working_days import Skipped, WorkingDays

OVER = ("decline_to_confirm", "lift", "lapse", "withdraw", "supersede")


@dataclass(frozen=True, slots=True)
class Period:
    """A period: the day counted from, the day that it ends on if that is known yet, and why."""

    starts: date | None
    ends: date | None
    rule: str
    citation: str
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True)
class Notice:
    """One notice that was given, read under the law of the day on which it was given."""

    life: Life
    given: Happened
    regime: Regime
    working_days: WorkingDays

    @property
    def kind(self) -> NoticeKind:
        return NoticeKind(self.given.text("kind", NoticeKind.S60))

    @cached_property
    def initial(self) -> Period | None:
        """The initial period, where the Act fixes one."""
        if (length := self.regime.period_working_days) is None:
            return None
        day = self.given.on
        ends, skipped = self.working_days.add(day, length.value)
        counted = ordinal(length.value)
        rule = f"The {counted} working day after {in_words(day)}, the day on which the notice was given"
        return Period(day, ends, rule, length.citation, skipped)

    @property
    def heard_by(self) -> str:
        return self.regime.representations[self.kind].value

    @property
    def represented(self) -> date | None:
        return self.life.day_of("record_representations")

    @property
    def represented_in_time(self) -> bool:
        initial = self.initial
        return bool(self.represented and initial and initial.ends and self.represented <= initial.ends)

    @property
    def over(self) -> date | None:
        """The day from which nothing is asked of anyone under this notice."""
        return self.life.day_of(*OVER)

    @property
    def complied(self) -> date | None:
        return self.life.day_of("record_compliance")

    @cached_property
    def compliance(self) -> Period:
        """The compliance period: stated by the notice, or the initial period, or counted from a confirmation."""
        if (initial := self.initial) is None:
            return self._stated
        if self.represented_in_time:
            return self._confirmed
        rule = "The end of the initial period, because no representations were made in it"
        return Period(initial.starts, initial.ends, rule, self.regime.compliance_period.citation, initial.skipped)

    @property
    def _stated(self) -> Period:
        citation = self.regime.compliance_period.citation
        return Period(self.given.on, self.given.day("period_ends"), "The day that the notice states", citation)

    @property
    def _confirmed(self) -> Period:
        citation = self.regime.compliance_period.citation
        if (confirmed := self.life.day_of("confirm")) is None:
            return Period(None, None, self._why_no_period, citation)
        length = self.regime.period_working_days
        assert length
        ends, skipped = self.working_days.add(confirmed, length.value)
        counted = f"The {ordinal(length.value)} working day after {in_words(confirmed)}"
        rule = f"{counted}, the day on which {self.heard_by} confirmed the notice"
        return Period(confirmed, ends, rule, citation, skipped)

    @property
    def _why_no_period(self) -> str:
        if declined := self.life.day_of("decline_to_confirm"):
            return f"The notice was not confirmed: {self.heard_by} declined on {in_words(declined)}, and no period runs"
        return f"No compliance period ends yet: representations were made in time and {self.heard_by} has not decided"


def impossible(notice: Notice) -> Iterator[str]:
    """One sentence for each thing that cannot have happened as it is recorded."""
    subject, kind = notice.life.subject, notice.kind
    since = notice.regime.pay_notices_since
    if kind is NoticeKind.S60A and notice.given.on < since.value:
        yield f"{subject}: pay notices exist since {in_words(since.value)} ({since.citation}). Correct the date given."
    checks = _under_stated_period if notice.regime.notice_states_its_period else _under_fixed_period
    yield from (f"{subject}: {problem}" for problem in checks(notice))


def _under_stated_period(notice: Notice) -> Iterator[str]:
    """From 18 April 2016: the notice states its period, and nobody hears representations."""
    given, ends = notice.given.on, notice.given.day("period_ends")
    citation = notice.regime.compliance_period.citation
    if ends is None:
        yield f"say when the compliance period that the notice states ends ({citation})."
    elif ends < given:
        yield f"the stated period ends on {in_words(ends)}, before the notice was given on {in_words(given)}."
    for trigger, what in (("record_representations", "representations"), ("confirm", "confirmation")):
        if day := notice.life.day_of(trigger):
            yield f"{what} on {in_words(day)}: {NO_REPRESENTATIONS.value} ({NO_REPRESENTATIONS.citation})."


def _under_fixed_period(notice: Notice) -> Iterator[str]:
    """Before 18 April 2016: given, then represented within the initial period, then decided."""
    given, made = notice.given.on, notice.represented
    decided = notice.life.day_of("confirm", "decline_to_confirm")
    if notice.given.day("period_ends"):
        yield (
            f"a notice given on {in_words(given)} states no period of its own: the Act fixes "
            f"{notice.regime.compliance_period.value} ({notice.regime.compliance_period.citation})."
        )
    if made and made < given:
        yield f"representations on {in_words(made)} came before the notice was given on {in_words(given)}."
    if decided and not made:
        yield f"a decision on {in_words(decided)} needs representations first: say when they were made."
    if decided and made and decided < made:
        yield f"the decision on {in_words(decided)} came before the representations of {in_words(made)}."
    if decided and made and made >= given and not notice.represented_in_time:
        assert notice.initial
        assert notice.initial.ends
        yield (
            f"representations on {in_words(made)} came after the initial period, which ended on "
            f"{in_words(notice.initial.ends)}, and do not count: there is nothing to decide."
        )

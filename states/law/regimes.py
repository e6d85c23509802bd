"""The three regimes of the law on schools causing concern in England, each from a day, and what each change saved.

Here: which rules an act of a given day falls under, and the values that differ between regimes. Not here: values that
are the same in all (notices, powers), academy orders (academy_orders) and inspections (inspections). Old law is never
overwritten: a regime that has ended still answers for the acts of its day.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

from states.dates import in_words
from states.errors import CaseworkError
from states.law.academy_orders import ACADEMY_ORDERS
from states.law.cited import CWSA, EAA, EIA, Cited
from states.law.inspections import FRAMEWORKS
from states.law.notices import (
    CONTENTS_2006,
    CONTENTS_2016,
    COPIES,
    GROUNDS,
    LOW,
    PAY_CONTENTS,
    PAY_GROUND,
    Character,
    Content,
    Copy,
    NoticeKind,
)
from states.law.powers import POWERS


class BeforeTheLaw(CaseworkError):
    """An act is dated before the first regime that is known here."""


class HeardBy(StrEnum):
    """Who hears representations against a warning notice, and may confirm it."""

    CHIEF_INSPECTOR = "the Chief Inspector"
    AUTHORITY = "the local authority"


@dataclass(frozen=True, slots=True)
class Saving:
    """What a new regime left under the old rules."""

    what: str
    made_before: date
    citation: str
    our_reading: bool = False


@dataclass(frozen=True, slots=True)
class Regime:
    """The rules for acts done from `since` until the next regime begins.

    `period_working_days` is the length that the Act gives to the initial period and again from a confirmation; None
    where the notice itself states the compliance period. `representations` gives, for each kind of notice, who hears
    them; a kind that is not there has no such right. `pay_notices_since` is the first day of section 60A.
    """

    name: str
    title: str
    since: date
    period_working_days: Cited[int] | None
    compliance_period: Cited[str]
    representations: Mapping[NoticeKind, Cited[HeardBy]]
    contents: Mapping[Content, Cited[str]]
    copies: tuple[Copy, ...]
    refers_to: Cited[str]
    reasonable_notice: Cited[str]
    pay_notices_since: Cited[date]
    ends_authority_notice: Cited[str] | None
    savings: tuple[Saving, ...] = ()

    @property
    def notice_states_its_period(self) -> bool:
        return self.period_working_days is None

    def contents_for(self, kind: NoticeKind) -> dict[Content, Cited[str]]:
        """What a notice of this kind sets out: a pay notice the same, but for who hears it and what may follow."""
        other = PAY_CONTENTS if kind is NoticeKind.S60A else {}
        return {content: other.get(content, cited) for content, cited in self.contents.items()}

    def copies_for(self, school: Character) -> tuple[Copy, ...]:
        """Who must get a copy of a notice to this school, at the same time (s60(6) and (6A))."""
        applies = {
            Copy.DIOCESAN_AUTHORITY: school.is_diocesan,
            Copy.FOUNDATION_APPOINTER: school.is_foundation_or_voluntary,
        }
        return tuple(copy for copy in self.copies if applies.get(copy, True))


NO_REPRESENTATIONS = Cited(
    "since 18 April 2016 a warning notice carries no right of representations, and nobody confirms it",
    f"{EIA}, s60(5) and (7) to (9), omitted by {EAA}, s2",
)

# No number of days: what is reasonable is the policy's to say.
_REASONABLE = "reasonable notice in writing to the governing body that the authority proposes to use its powers"

_PAY_SINCE = Cited(
    date(2010, 1, 12), f"{EIA}, s60A, inserted by the Apprenticeships, Skills, Children and Learning Act 2009"
)

EIA_2006 = Regime(
    name="eia-2006",
    title=f"{EIA} as it stood before 18 April 2016",
    since=date(2007, 4, 1),
    period_working_days=Cited(15, f"{EIA}, s60(1)(b), before 18 April 2016"),
    compliance_period=Cited(
        "the initial period, or 15 working days after the day of confirmation", f"{EIA}, s60(10), before 18 April 2016"
    ),
    representations=MappingProxyType(
        {
            NoticeKind.S60: Cited(HeardBy.CHIEF_INSPECTOR, f"{EIA}, s60(7), before 18 April 2016"),
            NoticeKind.S60A: Cited(HeardBy.AUTHORITY, f"{EIA}, s60A, before 18 April 2016"),
        }
    ),
    contents=MappingProxyType(CONTENTS_2006),
    copies=(Copy.CHIEF_INSPECTOR, Copy.HEAD_TEACHER, Copy.DIOCESAN_AUTHORITY, Copy.FOUNDATION_APPOINTER),
    refers_to=Cited("sections 63 to 66", f"{EIA}, s60(4)(d), before 18 April 2016"),
    reasonable_notice=Cited(_REASONABLE, f"{EIA}, s60(1)(e), before 18 April 2016"),
    pay_notices_since=_PAY_SINCE,
    ends_authority_notice=None,
)

EAA_2016 = Regime(
    name="eaa-2016",
    title=f"{EIA} as amended by the {EAA}",
    since=date(2016, 4, 18),
    period_working_days=None,
    compliance_period=Cited(
        "the period that the notice states", f"{EIA}, s60(1)(b) and (4)(c), as amended by {EAA}, s2"
    ),
    representations=MappingProxyType({}),
    contents=MappingProxyType(CONTENTS_2016),
    copies=tuple(Copy),
    refers_to=Cited("sections 63 to 69", f"{EIA}, s60(4)(d), as amended by {EAA}, s2"),
    reasonable_notice=Cited(_REASONABLE, f"{EIA}, s60(1)(d), as amended by {EAA}, s2"),
    pay_notices_since=_PAY_SINCE,
    ends_authority_notice=Cited(
        "a warning notice by the Secretary of State ends any earlier one by the authority, which may not give another "
        "until it is told that it may",
        f"{EIA}, s60(4A) and (4B)",
    ),
    savings=(
        Saving(
            "warning notices given by an authority stay under the rules of the day on which they were given",
            date(2016, 4, 18),
            f"transitional provisions of the {EAA}, not read",
            our_reading=True,
        ),
    ),
)

CWSA_2026 = replace(
    EAA_2016,
    name="cwsa-2026",
    title=f"{EIA}, with academy orders as amended by the {CWSA}",
    since=date(2026, 6, 29),
    savings=(
        *EAA_2016.savings,
        Saving(
            "academy orders under section 4(A1) that have effect and have not led to a conversion continue",
            date(2026, 6, 29),
            f"{CWSA}, s58(9)",
        ),
    ),
)


@dataclass(frozen=True)
class Law:
    """All regimes, oldest first. Equal content has an equal `hash`, which events of a case can store."""

    regimes: tuple[Regime, ...]

    def on(self, day: date) -> Regime:
        """The regime for an act done on `day`; BeforeTheLaw for a day before the first."""
        found = [regime for regime in self.regimes if regime.since <= day]
        if not found:
            raise BeforeTheLaw(
                f"No rules are known for {in_words(day)}: section 60 of the {EIA} begins with "
                f"{in_words(self.regimes[0].since)}. Correct the date."
            )
        return found[-1]

    @cached_property
    def hash(self) -> str:
        """SHA-256, in hex, of every value and citation, in canonical JSON."""
        content = [self.regimes, ACADEMY_ORDERS, FRAMEWORKS, COPIES, GROUNDS, LOW, PAY_CONTENTS, PAY_GROUND, POWERS]
        return hashlib.sha256(json.dumps(content, default=_plain, sort_keys=True).encode()).hexdigest()


def _plain(value: object) -> object:
    """A value of the law as JSON can say it; asdict cannot, because it cannot copy read-only mappings."""
    if isinstance(value, Mapping):
        return dict(value)
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return str(value)


LAW = Law((EIA_2006, EAA_2016, CWSA_2026))

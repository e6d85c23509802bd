"""What the letters of several rooms are made of: why a school may be intervened in, which power, who has a copy."""

from dataclasses import dataclass
from datetime import date

from notifications.roles import RecipientRole
from states.facts import PowerSection
from states.law.notices import COPIES, GROUNDS, Copy, Ground
from states.law.powers import POWERS, Door

ROLE_OF_COPY = {
    Copy.CHIEF_INSPECTOR: RecipientRole.ofsted,
    Copy.HEAD_TEACHER: RecipientRole.head,
    Copy.DIOCESAN_AUTHORITY: RecipientRole.diocese,
    Copy.FOUNDATION_APPOINTER: RecipientRole.foundation_appointer,
    Copy.SECRETARY_OF_STATE: RecipientRole.secretary_of_state,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    """Why the school is eligible for intervention: the section, and the day of the notice or of Ofsted's word."""

    door: Door
    since: date


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundReliedOn:
    """One ground of a warning notice; its words are the Act's and nobody else's."""

    ground: Ground

    @property
    def words(self) -> str:
        return GROUNDS[self.ground].value

    @property
    def citation(self) -> str:
        return GROUNDS[self.ground].citation


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerInMind:
    """A power that the authority is minded to use, or proposes to; `how` says in a sentence what that means here."""

    section: PowerSection
    how: str

    @property
    def does(self) -> str:
        """What the power does, as states.law says it; it completes "This section ..."."""
        return POWERS[self.section].does


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedTo:
    """Somebody who must get a copy at the same time; `name` is as the list of copies prints it."""

    copy: Copy
    name: str

    @property
    def citation(self) -> str:
        return COPIES[self.copy].citation


def copied_to(copy: Copy, on: date, name: str = "") -> CopiedTo:
    """A copy under its title of that day; `name` of a diocese or an appointer goes before it."""
    title = ROLE_OF_COPY[copy].titled(on)
    return CopiedTo(copy=copy, name=f"{name} ({title.lower()})" if name else title)

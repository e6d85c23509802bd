"""What a move in one track means for another, as data: no row of a table reaches into another table.

Most effects are proposals, which a person confirms or leaves. Those that the law itself brings about are automatic.
"""

from dataclasses import dataclass
from enum import StrEnum

from states.law.cited import AA, EIA
from states.tracks.conversion import ConversionState as Conversion
from states.tracks.notice import NoticeState as Notice
from states.tracks.power import PowerState as Power
from states.tracks.school import SchoolState as School


class How(StrEnum):
    """Who makes the second move: a person, or the law on the day of the first."""

    PROPOSED = "proposed"
    AUTOMATIC = "automatic"


@dataclass(frozen=True, slots=True)
class Effect:
    """When `track` comes into `state`, `trigger` follows on `target`: for each open case that has such a move now.

    `opens` is true where the move begins a new case. `why` is what an officer reads beside a proposal.
    """

    track: str
    state: StrEnum
    target: str
    trigger: str
    how: How
    why: str
    opens: bool = False


CLOSED = f"The school has closed, and is no longer a maintained school ({EIA}, s59(1))"

EFFECTS = (
    # A warning notice moves the school with it
    Effect("notice", Notice.GIVEN, "school", "give_notice", How.PROPOSED, "A warning notice was given"),
    Effect("notice", Notice.NOT_CONFIRMED, "school", "end_notice_concern_remains", How.PROPOSED,
           "Ofsted did not confirm the notice, so the school is not eligible for intervention by it"),
    Effect("notice", Notice.LIFTED, "school", "end_notice_concern_lifted", How.PROPOSED, "The notice was lifted"),
    Effect("notice", Notice.LAPSED, "school", "end_notice_concern_remains", How.PROPOSED,
           "The two months for using powers have passed"),
    Effect("notice", Notice.WITHDRAWN, "school", "end_notice_concern_remains", How.PROPOSED,
           "The notice was withdrawn"),
    # Not complied with: powers open, and each is a decision of its own
    Effect("notice", Notice.NOT_COMPLIED, "notice", "open_powers", How.PROPOSED,
           f"The governing body did not comply; powers need reasonable notice first ({EIA}, s60(1))"),
    Effect("notice", Notice.POWERS_OPEN, "power", "propose", How.PROPOSED,
           "The school is eligible for intervention: additional governors, delegated budget (MI 269/13, line 37)",
           opens=True),
    # Ofsted's judgement and what the seed says of category A
    Effect("school", School.INADEQUATE, "power", "propose", How.PROPOSED,
           "Delegated responsibility for finance and staffing is taken back (MI 269/13, line 31)", opens=True),
    # Conversion
    Effect("school", School.CONVERTING, "conversion", "make_order", How.AUTOMATIC,
           f"An academy order was made ({AA}, s4)", opens=True),
    Effect("conversion", Conversion.REVOKED, "school", "revoke_order_to_inadequate", How.PROPOSED,
           "The Secretary of State revoked the academy order"),
    Effect("conversion", Conversion.REVOKED, "school", "revoke_order_to_notice", How.PROPOSED,
           "The Secretary of State revoked the academy order"),
    Effect("conversion", Conversion.OPENED, "school", "open_as_academy", How.AUTOMATIC,
           f"The academy opened, and the maintained school ended ({AA}, s6)"),
    # The school has ended as a maintained school, and with it whatever rested on that
    Effect("school", School.ACADEMY, "power", "end", How.AUTOMATIC,
           f"The school is no longer maintained, so no power under Part 4 is left ({EIA}, s59(1))"),
    Effect("school", School.ACADEMY, "power", "give_up", How.AUTOMATIC,
           f"The school is no longer maintained, so no power under Part 4 is left ({EIA}, s59(1))"),
    Effect("school", School.ACADEMY, "notice", "withdraw", How.AUTOMATIC,
           f"The school is no longer maintained ({EIA}, s59(1))"),
    Effect("school", School.ACADEMY, "school", "open", How.PROPOSED,
           "The academy has a new URN: its case opens with the register and is linked to this one", opens=True),
    Effect("school", School.CLOSED, "power", "end", How.AUTOMATIC, CLOSED),
    Effect("school", School.CLOSED, "power", "give_up", How.AUTOMATIC, CLOSED),
    Effect("school", School.CLOSED, "notice", "withdraw", How.AUTOMATIC, CLOSED),
    Effect("power", Power.IN_FORCE, "notice", "lift", How.PROPOSED,
           "A power is in use; the notice is lifted when its purpose is met"),
)  # fmt: skip


def effects_of(track: str, state: str) -> tuple[Effect, ...]:
    """What follows when a case of `track` has come into `state`."""
    return tuple(effect for effect in EFFECTS if (effect.track, effect.state) == (track, state))

"""What a move in one track means for another, as data: no row of a table reaches into another table.

Most effects are proposals, which a person confirms or leaves. Those that the law itself or the plain fact brings about
are automatic, and are proposed where the record lacks what the move asks for. When a school has ended, each of its
other cases has ended too, or its end is proposed.
"""

from dataclasses import dataclass
from enum import StrEnum

from states.law.cited import AA, EIA
from states.tracks.conversion import ConversionState as Conversion
from states.tracks.notice import NoticeState as Notice
from states.tracks.power import PowerState as Power
from states.tracks.school import SchoolState as School


class How(StrEnum):
    """Who makes the second move: a person, or the law or the plain fact on the day of the first."""

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
# No law ends an authority's own programme with a school that becomes an academy: its policy may go on with it.
NOT_THE_ACADEMYS = "The maintained school has ended: what was begun with it is ended or begun anew with the academy"
STILL_TO_EVALUATE = "What came from the school before it ended can still be evaluated"

EFFECTS = (
    # A warning notice moves the school with it
    Effect("notice", Notice.GIVEN, "school", "give_notice", How.PROPOSED, "A warning notice was given"),
    Effect("notice", Notice.NOT_CONFIRMED, "school", "end_notice_concern_remains", How.PROPOSED,
           "The notice was not confirmed, so the school is not eligible for intervention by it"),
    Effect("notice", Notice.LIFTED, "school", "end_notice_concern_lifted", How.PROPOSED, "The notice was lifted"),
    Effect("notice", Notice.LAPSED, "school", "end_notice_concern_remains", How.PROPOSED,
           "The two months for using powers have passed"),
    Effect("notice", Notice.WITHDRAWN, "school", "end_notice_concern_remains", How.PROPOSED,
           "The notice was withdrawn"),
    Effect("notice", Notice.SUPERSEDED, "school", "end_notice_concern_remains", How.PROPOSED,
           f"The Secretary of State's notice ended ours, and the concern remains ({EIA}, s60(4B))"),
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
    Effect("school", School.ACADEMY, "conversion", "open", How.PROPOSED,
           f"The academy has opened: record its funding agreement and its opening, and the conversion ends ({AA}, s6)"),
    Effect("school", School.ACADEMY, "support", "decline", How.PROPOSED, NOT_THE_ACADEMYS),
    Effect("school", School.ACADEMY, "support", "evaluate", How.PROPOSED, STILL_TO_EVALUATE),
    Effect("school", School.ACADEMY, "monitoring", "miss", How.PROPOSED, NOT_THE_ACADEMYS),
    Effect("school", School.ACADEMY, "monitoring", "evaluate", How.PROPOSED, STILL_TO_EVALUATE),
    Effect("school", School.CLOSED, "conversion", "revoke", How.PROPOSED,
           f"The school has closed: record the revocation when the Secretary of State has made it ({AA}, s5D)"),
    Effect("school", School.CLOSED, "support", "decline", How.AUTOMATIC,
           "Plain fact: the school has closed, and nobody is left to take the support up"),
    Effect("school", School.CLOSED, "support", "evaluate", How.PROPOSED, STILL_TO_EVALUATE),
    Effect("school", School.CLOSED, "monitoring", "miss", How.AUTOMATIC,
           "Plain fact: the school has closed, and no return will come"),
    Effect("school", School.CLOSED, "monitoring", "evaluate", How.PROPOSED, STILL_TO_EVALUATE),
    Effect("school", School.CLOSED, "power", "end", How.AUTOMATIC, CLOSED),
    Effect("school", School.CLOSED, "power", "give_up", How.AUTOMATIC, CLOSED),
    Effect("school", School.CLOSED, "notice", "withdraw", How.AUTOMATIC, CLOSED),
    Effect("power", Power.IN_FORCE, "notice", "lift", How.PROPOSED,
           "A power is in use; the notice is lifted when its purpose is met"),
)  # fmt: skip


def effects_of(track: str, state: str) -> tuple[Effect, ...]:
    """What follows when a case of `track` has come into `state`."""
    return tuple(effect for effect in EFFECTS if (effect.track, effect.state) == (track, state))

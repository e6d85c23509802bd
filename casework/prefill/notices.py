"""What record and law say in a warning notice and the letters that follow it."""

from datetime import date, timedelta
from typing import Any

from casework.dossier import Dossier
from casework.prefill.common import Source, clock_of_notice, day_when, of_notice, or_blank, reason_of
from notifications.catalogue.notice_ends import NoticeEnding
from notifications.catalogue.notices import Representations
from notifications.catalogue.parts import CopiedTo, GroundReliedOn, copied_to
from notifications.form import BLANK
from notifications.letter import RecipientRole
from states.clocks import Happened
from states.law import LAW
from states.law.notices import Copy, NoticeKind
from states.tracks.notice import NoticeState


def _given_on(of: Dossier) -> date:
    return of.of_notice.given_on or of.on


def end_of_period(of: Dossier, given_on: date) -> date | None:
    """The day that the Act fixes, or the day that the notice states (EIA 2006 s60(4) and (10))."""
    if LAW.on(given_on).notice_states_its_period:
        return of.of_notice.period_ends
    if of.notice is None or of.last_move(of.notice, "give"):
        return of.clock("initial_period_ends", of.notice)
    return of.clock("initial_period_ends", of.notice, if_=[Happened("notice", of.notice.subject, "give", given_on)])


def _grounds(of: Dossier) -> tuple[GroundReliedOn, ...]:
    return tuple(GroundReliedOn(ground=ground) for ground in of.of_notice.grounds)


def legal_copies(of: Dossier, given_on: date) -> tuple[Copy, ...]:
    """Who must get a copy of a notice given to this school on that day."""
    return LAW.on(given_on).copies_for(of.character)


def _copies(of: Dossier) -> tuple[CopiedTo, ...]:
    on = _given_on(of)
    names = {
        Copy.DIOCESAN_AUTHORITY: of.one.school.diocese,
        Copy.FOUNDATION_APPOINTER: of.written_to(RecipientRole.foundation_appointer).name,
    }
    return tuple(copied_to(copy, on, names.get(copy, "")) for copy in legal_copies(of, on))


def _representations(of: Dossier) -> Any:
    """Where they go, if the notice carries that right: to the Chief Inspector, with a copy to the authority."""
    if NoticeKind.S60 not in LAW.on(_given_on(of)).representations:
        return None
    ofsted = of.written_to(RecipientRole.ofsted)
    authority = ", ".join((of.policy.authority.name, *of.policy.authority.address))
    return Representations(address=", ".join((*filter(None, [ofsted.name]), *ofsted.address)), copy_to=authority)


def _ending(of: Dossier) -> Any:
    state = of.notice.state if of.notice else ""
    return NoticeEnding(state) if state in set(NoticeEnding) else BLANK


def _secretary_notice_on(of: Dossier) -> date | None:
    return of.of_notice.secretary_notice_on if _ending(of) is NoticeEnding.SUPERSEDED else None


def _not_before(of: Dossier) -> date:
    """The day after reasonable notice has passed."""
    return of.on + timedelta(days=of.policy.deadlines.reasonable_notice_days + 1)


def _ended_unconfirmed(of: Dossier) -> bool:
    return of.notice is not None and of.notice.state == NoticeState.NOT_CONFIRMED


SOURCES: dict[str, Source] = {
    "given_on": _given_on,
    "grounds": _grounds,
    "period_ends": lambda of: or_blank(end_of_period(of, _given_on(of))),
    "representations": _representations,
    "copies": _copies,
    "represented_on": of_notice("represented_on"),
    "representations_outcome.decided_on": of_notice("decided_on"),
    "compliance_ends": lambda of: None if _ended_unconfirmed(of) else clock_of_notice("compliance_period_ends")(of),
    "period_ended": clock_of_notice("compliance_period_ends"),
    "window_ends": clock_of_notice("powers_start_by"),
    "not_before": _not_before,
    "ending": _ending,
    "notice_ended.ended_on": lambda of: or_blank(day_when(of.last_move(of.notice))),
    "notice_ended.evidence": reason_of(beside=True),
    "secretary_notice_on": _secretary_notice_on,
}

"""By which sections the record shows a school to be eligible for intervention (Education and Inspections Act 2006).

Here: what a notice, and Ofsted's judgement, make of it. Not here: what an officer states (states.facts), and what each
power asks for besides (states.law.powers).
"""

from states.law.inspections import InadequateAs
from states.law.notices import NoticeKind
from states.law.powers import Door
from states.tracks.notice import NoticeState
from states.tracks.school import SchoolState

NOT_COMPLIED_WITH = (NoticeState.NOT_COMPLIED, NoticeState.POWERS_OPEN, NoticeState.LAPSED)
DOORS_OF_JUDGEMENT = {InadequateAs.SERIOUS_WEAKNESSES: Door.S61, InadequateAs.SPECIAL_MEASURES: Door.S62}


def doors_of_notice(kind: NoticeKind, state: str, *, intention_notified: bool) -> tuple[Door, ...]:
    """Not complied with, and notice in writing that powers will be used (s60(1)); a lapse ends the window, not this.

    Where the Secretary of State's notice ended ours, whether that one was complied with is for the Secretary of State.
    """
    if state == NoticeState.SUPERSEDED:
        return (Door.S60,)
    return (Door(kind),) if state in NOT_COMPLIED_WITH and intention_notified else ()


def doors_of_school(state: str, came_from: str, inadequate_as: InadequateAs | None) -> tuple[Door, ...]:
    """Judged inadequate, as serious weaknesses or as special measures (ss61 and 62); either where nobody said which.

    A school whose academy order was made while it was inadequate is so still (`came_from` is where it was then).
    """
    if SchoolState.INADEQUATE not in (state, came_from if state == SchoolState.CONVERTING else state):
        return ()
    return (DOORS_OF_JUDGEMENT[inadequate_as],) if inadequate_as else tuple(DOORS_OF_JUDGEMENT.values())

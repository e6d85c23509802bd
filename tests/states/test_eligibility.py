"""The doors that the record bears out: by a notice that was not complied with, or by what Ofsted judged."""

import pytest

from states.eligibility import doors_of_notice, doors_of_school
from states.law.inspections import InadequateAs
from states.law.notices import NoticeKind
from states.law.powers import Door
from states.tracks.notice import NoticeState
from states.tracks.school import SchoolState

S60, S60A = NoticeKind
SERIOUS, SPECIAL = InadequateAs
OPEN_TO_POWERS = {NoticeState.NOT_COMPLIED, NoticeState.POWERS_OPEN, NoticeState.LAPSED}


@pytest.mark.parametrize("kind", NoticeKind)
@pytest.mark.parametrize("state", set(NoticeState) - {NoticeState.SUPERSEDED})
def test_notice_opens_its_own_door_once_not_complied_with(kind: NoticeKind, state: NoticeState) -> None:
    expected = (Door(kind),) if state in OPEN_TO_POWERS else ()
    assert doors_of_notice(kind, state, intention_notified=True) == expected


@pytest.mark.parametrize("state", OPEN_TO_POWERS)
def test_notice_opens_nothing_before_word_of_powers(state: NoticeState) -> None:
    assert doors_of_notice(S60, state, intention_notified=False) == ()


def test_notice_of_the_secretary_of_state_opens_section_60() -> None:
    assert doors_of_notice(S60, NoticeState.SUPERSEDED, intention_notified=False) == (Door.S60,)


@pytest.mark.parametrize(
    ("state", "came_from", "judged_as", "doors"),
    [
        pytest.param("inadequate", "causing_concern", None, (Door.S61, Door.S62), id="nobody said which"),
        pytest.param("inadequate", "", SERIOUS, (Door.S61,), id="serious weaknesses"),
        pytest.param("inadequate", "", SPECIAL, (Door.S62,), id="special measures"),
        pytest.param("converting", "inadequate", SPECIAL, (Door.S62,), id="converting from inadequate"),
        pytest.param("converting", "under_warning_notice", None, (), id="converting from a notice"),
        pytest.param("requires_improvement", "inadequate", SPECIAL, (), id="inadequate no longer"),
        pytest.param("under_warning_notice", "under_audit", SERIOUS, (), id="under notice"),
    ],
)
def test_judgement_opens_the_door_it_names(
    state: str, came_from: str, judged_as: InadequateAs | None, doors: tuple[Door, ...]
) -> None:
    assert doors_of_school(state, came_from, judged_as) == doors


def test_every_state_but_two_opens_no_door() -> None:
    assert [state for state in SchoolState if doors_of_school(state, "inadequate", None)] == [
        "inadequate",
        "converting",
    ]

"""docs/refusals.md: why a move may be refused, who refuses it, and a sentence such as an officer reads.

Who refuses is read from the source of the guards, so that no list of it can go stale.
`python -m casework.refusals_page` prints the page.
"""

import ast
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from types import FunctionType

from states.facts import Facts, PowerSection
from states.law.cited import EIA
from states.law.powers import Door
from states.machine import Refused, advance
from states.refusals import Refusal, RefusalCode
from states.track import Guard
from states.tracks import TRACKS
from states.tracks.school import SCHOOL, SchoolState

# Facts on which each guard refuses in turn; most do so with nothing on record.
LATER, SOONER = date(2016, 4, 19), date(2016, 4, 18)
REFUSED_FACTS = (
    Facts(),
    Facts(secretary_notice_on=SOONER),
    Facts(complied_on=SOONER, given_on=LATER),
    Facts(eligible_under=Door.S62),
    Facts(represented_on=LATER, initial_ends=SOONER),
    Facts(section=PowerSection.INTERIM_BOARD),
    Facts(section=PowerSection.BUDGET),
    Facts(
        section=PowerSection.GOVERNORS,
        eligible_under=Door.S60,
        compliance_ends=SOONER,
        reasonable_notice_ends=SOONER,
        window_ends=SOONER,
        on=LATER,
    ),
    Facts(drafted_by="The drafter", actor="The drafter"),
    Facts(under=f"{EIA}, s60"),
    Facts(stopped="A figure in it is wrong."),
)
# Moves that the machine itself refuses, whatever the guards say.
TOO_SOON = Facts(evidence="A visit", inspected_on=LATER, last_moved_on=LATER)
REFUSED_MOVES = ((SchoolState.UNDER_AUDIT, "settle"), (SchoolState.IN_TRANSITION, "settle"))


@dataclass(slots=True)
class _Case:
    state: str


def document() -> str:
    """The whole of docs/refusals.md, without its last line break."""
    head = (
        "# Refusals\n\n"
        "Why a move may be refused, and who refuses it. Each sentence is an example of what an officer reads.\n"
        "This page is made from the guards: run `make docs`, and do not edit it here.\n\n"
        "| Code | Asked by | Sentence |\n|---|---|---|"
    )
    sentences = {refusal.code: refusal.sentence for refusal in _examples()}
    return "\n".join([head, *(f"| `{code}` | {_asked_by(code)} | {sentences[code]} |" for code in RefusalCode)])


def codes_of(guard: Guard) -> frozenset[RefusalCode]:
    """Every code that the guard can give, by itself or through a function that it calls."""
    assert isinstance(guard, FunctionType)
    found = set[RefusalCode]()
    for node in ast.walk(ast.parse(inspect.getsource(guard))):
        match node:
            case ast.Attribute(value=ast.Name(id=RefusalCode.__name__), attr=name):
                found.add(RefusalCode[name])
            case ast.Call(func=name) if isinstance(called := _meant(name, guard), FunctionType):
                found |= codes_of(called)
    return frozenset(found)


def _meant(name: ast.expr, guard: FunctionType) -> object:
    """What a name in the guard's source stands for: alone, or as part of a module."""
    match name:
        case ast.Name(id=word):
            return guard.__globals__.get(word)
        case ast.Attribute(value=ast.Name(id=module), attr=word):
            return getattr(guard.__globals__.get(module), word, None)
    return None


def guards() -> tuple[Guard, ...]:
    """Every guard that some row of a track asks, once, in the order of the tables."""
    return tuple(dict.fromkeys(guard for track in TRACKS.values() for row in track.rows for guard in row.guards))


def _asked_by(code: RefusalCode) -> str:
    named = (guard.__name__.replace("_", " ") for guard in guards() if code in codes_of(guard))
    return "; ".join(named) or "the machine, of every move"


def _examples() -> Iterator[Refusal]:
    for facts in REFUSED_FACTS:
        yield from filter(None, (guard(facts) for guard in guards()))
    for state, trigger in REFUSED_MOVES:
        outcome = advance(SCHOOL, _Case(state), trigger, TOO_SOON, SOONER)
        assert isinstance(outcome, Refused)
        yield from outcome.refusals


if __name__ == "__main__":
    print(document())  # noqa: T201  # this is what it is run for

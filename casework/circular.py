"""Publishing a circular: one form, drafted to every school of the caseload, as one batch that waits for approval."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from sqlalchemy import Engine, select

from casework.letter_forms import draft_letters
from casework.occasions import AlreadyDrafted
from casework.record import Stamp
from casework.tables import Case
from casework.unit_of_work import reading
from notifications.catalogue.other import Circular
from notifications.wording import Wording
from states.clocks import Calendars
from states.errors import CaseworkError
from states.toml_file import TomlFile
from states.tracks.school import SCHOOL


class NotACircular(CaseworkError):
    """A form of another kind of letter, which is for one school."""


@dataclass(slots=True)
class Published:
    """What came of it: schools written to now and before, and the letters of the batch."""

    batch: str = ""
    schools: int = 0
    before: int = 0
    letters: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def sentence(self) -> str:
        return (
            f"{self.schools} school(s) written to, {self.before} before: {len(self.letters)} letter(s) drafted"
            f"{f' in the batch {self.batch}' if self.batch else ''}."
        )


def publish(
    engine: Engine,
    form: TomlFile,
    wording: Wording,
    calendars: Calendars,
    stamp: Stamp,
    progress: Callable[[int], None] = lambda _done: None,
) -> Published:
    """Draft the circular to each open school; again, it adds nothing. Raises NotACircular, and as `draft_letters` does.

    What is wrong with the form is told at the first school, before anything is drafted.
    """
    about = form.content["letter"]
    if (kind := about["kind"]) != Circular.folder:
        raise NotACircular(f"{form.name} is for one school ({kind}): `casework letters draft` drafts it.")
    done = Published()
    for urn in _open_schools(engine):
        own = replace(form, content=form.content | {"letter": about | {"urn": urn}})
        try:
            made = draft_letters(engine, own, wording, calendars, stamp)
        except AlreadyDrafted:
            done.before += 1
        else:
            done.schools += 1
            done.batch, done.letters = made.batch, [*done.letters, *made.letters]
        progress(1)
    return done


def _open_schools(engine: Engine) -> list[int]:
    with reading(engine) as session:
        query = select(Case.urn).where(Case.track == SCHOOL.name, Case.state.not_in(SCHOOL.ended)).order_by(Case.urn)
        return list(session.scalars(query))

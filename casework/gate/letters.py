"""Letters to read beside the console: batches, and each letter as email, text and PDF, from the record alone.

What the address names is looked up in the record. No part of it ever becomes the name of a file.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine
from starlette.responses import PlainTextResponse, Response

from casework.errors import NotFound
from casework.gate.answers import LETTER_POLICY, OWN_POLICY, own, page
from casework.letters import Selection, composed_letter, list_batches, list_letters
from casework.officers import Person
from casework.unit_of_work import reading
from notifications.errors import LetterError
from notifications.files import file_stem
from notifications.letter import Letter, from_json
from notifications.pdf import Typesetter
from notifications.render import Composed
from notifications.wording import Wording

FORMS = {"email": "As an email", "text": "As plain text", "pdf": "On paper (PDF)"}


@dataclass(frozen=True, slots=True)
class LetterPages:
    """The pages under /letters. `typesetter` is made when the first PDF is asked for."""

    engine: Engine
    wording: Wording
    typesetter: Callable[[], Typesetter]

    def answer(self, path: str, person: Person) -> Response:
        match path.split("/")[2:]:
            case [] | [""]:
                return self._batches(person)
            case ["batch", batch]:
                return self._batch(batch, person)
            case ["letter", reference]:
                return self._letter(reference, person)
            case ["letter", reference, form] if form in FORMS:
                return self._form(reference, form, person)
        return not_there(person)

    def _batches(self, person: Person) -> Response:
        with reading(self.engine) as session:
            return page("letters.html", person=person, batches=list_batches(session))

    def _batch(self, batch: str, person: Person) -> Response:
        with reading(self.engine) as session:
            found = list_letters(session, Selection(batch=batch), None) if batch else []
        return page("batch.html", person=person, batch=batch, letters=found) if found else not_there(person)

    def _letter(self, reference: str, person: Person) -> Response:
        with reading(self.engine) as session:
            try:
                letter, composed = composed_letter(session, reference, self.wording)
            except NotFound:
                return not_there(person)
            except LetterError as error:
                return cannot_be_read(error, person)
            return page(
                "letter.html", person=person, letter=letter, subject=composed.subject, forms=list(FORMS.items())
            )

    def _form(self, reference: str, form: str, person: Person) -> Response:
        with reading(self.engine) as session:
            try:
                letter, composed = composed_letter(session, reference, self.wording)
                return self._as(form, composed, from_json(letter.facts))
            except NotFound:
                return not_there(person)
            except LetterError as error:
                return cannot_be_read(error, person)

    def _as(self, form: str, composed: Composed, letter: Letter) -> Response:
        if form == "pdf":
            name = f'inline; filename="{file_stem(letter.reference)}.pdf"'
            headers = {"content-disposition": name}
            # Browsers show a PDF with a viewer of their own, which a sandbox would keep from running.
            content = self.typesetter().pdf(composed, letter)
            return own(Response(content, headers=headers, media_type="application/pdf"), OWN_POLICY)
        if form == "email":
            return own(Response(composed.html, media_type="text/html"), LETTER_POLICY)
        return own(PlainTextResponse(composed.text), LETTER_POLICY)


def not_there(person: Person) -> Response:
    return page(
        "said.html",
        404,
        person=person,
        heading="There is no such letter",
        sentence="The record has nothing of this name. Begin with the list of all batches.",
    )


def cannot_be_read(error: LetterError, person: Person) -> Response:
    return page("said.html", 409, person=person, heading="This letter cannot be written out", sentence=str(error))

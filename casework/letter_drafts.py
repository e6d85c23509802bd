"""One letter to all its readers, with the copies that the law asks for, as drafts beside an event that says why."""

from collections.abc import Iterator, Mapping

from casework.dossier import Dossier, name_of
from casework.drafting import at_school, batch_of, drafts, reference
from casework.errors import NotFound
from casework.readers import cover_for, covered, roles_of
from casework.record import Decisions, Row, Stamp
from casework.tables import EventKind
from notifications.catalogue import LetterFields
from notifications.letter import Recipient, RecipientRole

Outside = Mapping[RecipientRole, Recipient]


def put_on_record(
    decisions: Decisions, dossier: Dossier, fields: LetterFields, occasion: str, why: str, outside: Outside
) -> list[Row]:
    """The rows of the letters, decided together with an event of the school's own case; the caller writes them.

    For one occasion this can happen to a school once.
    """
    rows = list(_letters(dossier, fields, outside, occasion, decisions.stamp))
    about = {"case": name_of(dossier.case)} if dossier.case else {}
    decisions.note(
        dossier.one.case,
        EventKind.LETTER,
        why,
        trigger="draft",
        evidence={"kind": fields.folder, "occasion": occasion} | about,
        once=f"drafted {fields.folder} {occasion}",
    )
    decisions.draft(rows)
    return rows


def _letters(dossier: Dossier, fields: LetterFields, outside: Outside, occasion: str, stamp: Stamp) -> Iterator[Row]:
    """The letter to each of its readers, and each copy with its covering letter; all in one batch."""
    kind, day = fields.folder, getattr(fields, "given_on", stamp.on)
    batch = batch_of(kind, occasion, stamp)

    def to(role: RecipientRole) -> Recipient:
        return outside[role] if role in outside else at_school(dossier.one, role)

    roles = roles_of(kind, dossier, day)
    if not roles:
        raise NotFound(
            f"The policy {stamp.policy.name} names nobody for {kind} whom {dossier.one.school.name} has. "
            f"Add a recipient under [letters.{kind}]."
        )
    yield from drafts(dossier.one, fields, occasion, stamp, [to(role) for role in roles], batch)
    notice = reference(kind, dossier.one.school.urn, occasion, roles[0])
    for role in covered(kind, dossier, day):
        cover = cover_for(fields, role, notice)
        yield from drafts(dossier.one, cover, occasion, stamp, [to(role)], batch)

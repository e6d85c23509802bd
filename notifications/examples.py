"""Worked letters of each kind, about an invented school: for previews, golden texts and lint."""

from dataclasses import replace
from datetime import date

from notifications.catalogue import CATALOGUE, LetterFields
from notifications.catalogue.notices import WarningNoticeCopy
from notifications.catalogue.parts import ROLE_OF_COPY
from notifications.errors import LetterError
from notifications.letter import Letter, Recipient, RecipientRole, SchoolFacts, Sender

_SCHOOL = SchoolFacts(
    urn=199999,
    name="High Heath Primary School",
    address=("12 Mill Lane", "High Heath", "Wensum", "WX1 2AB"),
)

_SENDER = Sender(
    authority="Wensum County Council",
    department="Education Achievement Service",
    address=("County Hall", "Staithe Road", "Wensum", "WX1 1DH"),
    telephone="01632 960100",
    email="schools@wensum.example",
    website="www.wensum.example",
    signatory_name="Harriet Penhallow",
    signatory_title="Assistant Director, Education",
    signatory_telephone="01632 960102",
    signatory_email="harriet.penhallow@wensum.example",
)

# Who reads them; nobody outside a school has an address here but the one that a letter to them needs.
_NAMES = {
    RecipientRole.head: "Mrs Adaeze Okafor",
    RecipientRole.chair: "Mr Alan Bexwell",
    RecipientRole.governing_body: "Mr Alan Bexwell",
}
_OUTSIDE = ("1 Invented Street", "Wensum", "WX1 1AA")


def example_letter(kind: str) -> Letter:
    """The worked example of one letter; raises LetterError for a kind that the catalogue does not have."""
    return example_letters(kind)[0]


def example_letters(kind: str) -> tuple[Letter, ...]:
    """Every worked example of one letter: together they take each branch of its wording."""
    if kind not in CATALOGUE:
        raise LetterError(f"There is no letter called {kind!r}. The letters are: {', '.join(CATALOGUE)}.")
    return tuple(_letter(dated, fields) for dated, fields in CATALOGUE[kind].examples())


def sparse_letters() -> tuple[Letter, ...]:
    """One letter from authorities of which less and less is known: for what all letters begin and end with."""
    letter = example_letter("category_notice")
    senders = (
        replace(_SENDER, email="", signatory_title=""),
        replace(_SENDER, telephone=""),
        replace(_SENDER, telephone="", email="", signatory_telephone="", signatory_email=""),
    )
    copies = ((), ("Chair of Governors", "Clerk to the Governors"), ())
    return tuple(replace(letter, sender=sender, copies=to) for sender, to in zip(senders, copies, strict=True))


def _letter(dated: date, fields: LetterFields) -> Letter:
    to = ROLE_OF_COPY[fields.copied.copy] if isinstance(fields, WarningNoticeCopy) else fields.audience[0]
    return Letter(
        kind=fields.folder,
        reference=f"{fields.initials}-199999-4-{to.initial}",
        dated=dated,
        school=_SCHOOL,
        recipient=_recipient(to),
        sender=_SENDER,
        copies=("Chair of Governors",) if to is RecipientRole.head and not fields.statutory else (),
        fields=fields,
    )


def _recipient(role: RecipientRole) -> Recipient:
    if role in _NAMES:
        return Recipient(role=role, name=_NAMES[role], email=f"{role.replace('_', '-')}@highheath.example")
    return Recipient(role=role, name="", email="", address=_OUTSIDE)

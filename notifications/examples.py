"""One worked letter of each kind, about an invented school: for previews, golden texts and lint."""

from datetime import date

from notifications.catalogue import CATALOGUE
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


def example_letter(kind: str) -> Letter:
    """The worked example of one letter; raises LetterError for a kind that the catalogue does not have."""
    if kind not in CATALOGUE:
        raise LetterError(f"There is no letter called {kind!r}. The letters are: {', '.join(CATALOGUE)}.")
    return Letter(
        kind=kind,
        reference="".join(word[0] for word in kind.split("_")).upper() + "-199999-4-H",
        dated=date(2025, 12, 8) if kind == "progress_request" else date(2015, 7, 3),
        school=_SCHOOL,
        recipient=Recipient(role=RecipientRole.head, name="Mrs Adaeze Okafor", email="head@highheath.example"),
        sender=_SENDER,
        copies=("Chair of Governors",),
        fields=CATALOGUE[kind].example(),
    )

"""Whom a letter is written to: at the school, and outside it. Names and addresses of persons are `letter`'s."""

from datetime import date
from enum import StrEnum

# The King's accession: until then the Chief Inspector was Her Majesty's.
_HIS_MAJESTY_SINCE = date(2022, 9, 8)
_CHIEF_INSPECTOR = "Chief Inspector of Education, Children's Services and Skills"


class RecipientRole(StrEnum):
    """A person or body that letters go to; the last four only get copies of notices, or are consulted."""

    head = "head"
    chair = "chair"
    clerk = "clerk"
    governing_body = "governing_body"
    ofsted = "ofsted"
    diocese = "diocese"
    foundation_appointer = "foundation_appointer"
    secretary_of_state = "secretary_of_state"

    @property
    def label(self) -> str:
        """The role as officers and letters write it."""
        return _LABELS[self]

    @property
    def initial(self) -> str:
        """The end of a letter's reference."""
        return _INITIALS[self]

    @property
    def greeting(self) -> str:
        """What follows "Dear" where no name is known."""
        return _GREETINGS.get(self, self.label)

    def titled(self, on: date) -> str:
        """The role as an address or a list of copies of that day prints it."""
        if self is not RecipientRole.ofsted:
            return self.label
        return f"{'His' if on >= _HIS_MAJESTY_SINCE else 'Her'} Majesty's {_CHIEF_INSPECTOR}"


_LABELS = {
    RecipientRole.head: "Headteacher",
    RecipientRole.chair: "Chair of Governors",
    RecipientRole.clerk: "Clerk to the Governors",
    RecipientRole.governing_body: "Governing Body",
    RecipientRole.ofsted: "Chief Inspector",
    RecipientRole.diocese: "Diocesan authority",
    RecipientRole.foundation_appointer: "Appointer of foundation governors",
    RecipientRole.secretary_of_state: "Secretary of State for Education",
}
_INITIALS = {
    RecipientRole.head: "H",
    RecipientRole.chair: "C",
    RecipientRole.clerk: "K",
    RecipientRole.governing_body: "G",
    RecipientRole.ofsted: "O",
    RecipientRole.diocese: "D",
    RecipientRole.foundation_appointer: "F",
    RecipientRole.secretary_of_state: "S",
}
_GREETINGS = {
    RecipientRole.governing_body: "Members of the Governing Body",
    RecipientRole.diocese: "Colleague",
    RecipientRole.foundation_appointer: "Colleague",
    RecipientRole.secretary_of_state: "Secretary of State",
}

"""Worked examples of a letter, as they would read to schools of the register: to look at, never to send."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from sqlalchemy.orm import Session

from casework.caseload import school_case
from casework.drafting import sender_of
from casework.schools import SchoolRecord
from notifications.examples import example_letters
from notifications.letter import Letter, RecipientRole, SchoolFacts
from notifications.recipients import Contact, recipient_for
from states.policy import Policy


def sample_letters(session: Session, policy: Policy, kind: str, urns: Iterable[int]) -> Iterator[Letter]:
    """Every example of the letter to each school: its name, address and people, the policy's sender and signatory.

    What the letter says of the school stays invented. Raises NotFound or LetterError.
    """
    examples = example_letters(kind)
    for one in [school_case(session, urn) for urn in urns]:
        yield from (written_to(one.school, one.contacts, example, policy) for example in examples)


def written_to(
    school: SchoolRecord, contacts: Mapping[RecipientRole, Contact], example: Letter, policy: Policy
) -> Letter:
    """One example to one school; whoever is outside the school keeps the address of the example."""
    role = example.recipient.role
    known = recipient_for(role, contacts.get(role), school.head_name)
    return replace(
        example,
        reference=example.reference.replace(str(example.school.urn), str(school.urn)),
        school=SchoolFacts(urn=school.urn, name=school.name, address=school.address),
        recipient=example.recipient if example.recipient.address else known,
        sender=sender_of(policy, example.kind),
    )

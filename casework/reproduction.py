"""A letter rendered again from its stored facts and compared with what was signed and sent. Writes nothing."""

from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy.orm import Session

from casework.chain import canonical, digest
from casework.errors import NotFound
from casework.letter_steps import signature_of, steps_of
from casework.tables import Event, Letter
from notifications.errors import LetterError
from notifications.letter import REDACTED, from_json
from notifications.pdf import Typesetter
from notifications.render import compose, fingerprints
from notifications.wording import Wording
from states.dates import in_words
from states.law import LAW


@dataclass(frozen=True, slots=True)
class Attempt:
    """One time that the letter was handed to a channel, and the digest of the page that was handed over."""

    on: str
    channel: str
    attempt: int
    pdf: str


@dataclass(frozen=True, slots=True)
class Reproduction:
    """The evidence of one letter, and whether it comes out the same today; `differences` has a sentence for each."""

    reference: str
    signed_by: str
    signed_role: str
    signed_on: str
    facts: str
    words: str
    pdf: str
    templates: dict[str, str]
    policy: str
    policy_hash: str
    law_hash: str
    attempts: tuple[Attempt, ...]
    differences: tuple[str, ...]
    page: bytes = b""

    @property
    def same(self) -> bool:
        return not self.differences

    def as_dict(self) -> dict[str, Any]:
        data = asdict(self) | {"same": self.same}
        del data["page"]
        return data

    def as_text(self) -> str:
        sent = [f"Sent: {one.on} by {one.channel}, attempt {one.attempt}, page {one.pdf}" for one in self.attempts]
        return "\n".join(
            [
                f"{self.reference}: {'the same, byte for byte' if self.same else 'NOT the same'}.",
                f"Signed: {self.signed_by}, {self.signed_role}, {self.signed_on}, under the policy {self.policy}",
                f"Facts: {self.facts}",
                f"Words: {self.words}",
                f"Page:  {self.pdf}",
                *sent,
                *(f"Template: {name} {hash_}" for name, hash_ in self.templates.items()),
                *(f"Differs: {one}" for one in self.differences),
            ]
        )


def reproduce(session: Session, reference: str, wording: Wording, typesetter: Typesetter) -> Reproduction:
    """Render a signed letter again. Raises NotFound for one that is not there, or that nobody has signed."""
    letter = session.get(Letter, reference)
    signed = signature_of(session, letter) if letter else None
    if letter is None or signed is None:
        why = f"{reference} was never signed" if letter else f"There is no letter {reference}"
        raise NotFound(f"{why}: there is nothing to compare it with. `casework letters list` shows them all.")
    attempts = tuple(_attempt(step) for step in steps_of(session, letter) if step.trigger == "begin_sending")
    words, page, problems = _rendered(letter, wording, typesetter)
    pdf = sha256(page).hexdigest() if page else ""
    differences = problems or _differences(letter, words, pdf, attempts)
    if differences:
        differences += _changed_templates(letter, signed, wording)
        differences += _changed_rules(signed)
    return Reproduction(
        reference=reference,
        signed_by=letter.approved_by,
        signed_role=letter.approved_role,
        signed_on=in_words(signed.occurred_on),
        facts=digest(canonical(letter.facts)),
        words=words,
        pdf=pdf,
        templates=signed.evidence.get("templates", {}),
        policy=signed.policy,
        policy_hash=signed.policy_hash,
        law_hash=signed.law_hash,
        attempts=attempts,
        differences=tuple(differences),
        page=page,
    )


def _attempt(step: Event) -> Attempt:
    told = step.evidence
    return Attempt(step.occurred_on.isoformat(), told["channel"], told["attempt"], told.get("pdf", "not kept"))


def _rendered(letter: Letter, wording: Wording, typesetter: Typesetter) -> tuple[str, bytes, list[str]]:
    """The digest of the words, the page, and why there are none."""
    try:
        facts = from_json(letter.facts)
        composed = compose(facts, wording)
        return composed.digest, typesetter.pdf(composed, facts), []
    except LetterError as error:
        return "", b"", [str(error)]


def _differences(letter: Letter, words: str, pdf: str, attempts: tuple[Attempt, ...]) -> list[str]:
    recipient = letter.facts["recipient"]
    if REDACTED in (recipient["name"], recipient["email"]):
        return ["the person it was for has been redacted from it since: it cannot come out the same."]
    found = [f"its words are not those that were signed ({letter.digest})."] if words != letter.digest else []
    return found + [
        f"its page is not the one that was handed over on {one.on} ({one.pdf})."
        for one in attempts
        if one.pdf not in (pdf, "not kept")
    ]


def _changed_templates(letter: Letter, signed: Event, wording: Wording) -> list[str]:
    try:
        now = fingerprints(letter.kind, wording)
    except LetterError:
        return []
    then = signed.evidence.get("templates", {})
    return [
        f"the template {name} has changed since: it was {then[name]}, and is {now[name]}."
        for name in now
        if name in then and then[name] != now[name]
    ]


def _changed_rules(signed: Event) -> list[str]:
    if signed.law_hash == LAW.hash:
        return []
    return [f"the law as this program knows it has changed since: it was {signed.law_hash}, and is {LAW.hash}."]

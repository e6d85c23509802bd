"""A letter from its form: what the record knows is filled in, an officer gives the rest, and it is drafted, or refused.

A form with any fault drafts nothing, and every fault is told at once. The letters, those that policy and the law of the
day name to have a copy too, are drafted in one transaction with an event in the school's history, once an occasion.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from casework.caseload import school_case
from casework.dossier import Dossier, name_of
from casework.errors import NotFound
from casework.legal_notice import complaints_about
from casework.letter_drafts import put_on_record
from casework.occasions import ABOUT, NEED_THEIR_CASE, free_occasion, occasion_of
from casework.prefill import known_fields
from casework.readers import COVERS, OUTSIDE, addressees, all_roles
from casework.record import Decisions, Row, Stamp
from casework.unit_of_work import transact
from casework.values import LONGEST_URN
from notifications.answers import Answers, made, read_fields, read_outside
from notifications.catalogue import CATALOGUE, LetterFields
from notifications.errors import LetterError
from notifications.form import written_form
from notifications.letter import Recipient, RecipientRole, from_json
from notifications.render import compose
from notifications.wording import Wording
from states.clocks import Calendars
from states.errors import CaseworkError
from states.policy import Policy
from states.toml_file import Complaint, Problem, TomlFile, nearest, problem_at, read_toml

HEAD = """The record has filled in what it knows: correct what is wrong, and complete what is marked. Then draft it with
  casework letters draft FILE --by "Your Name" --role "Your role"
The same occasion is drafted once. It goes to: {to}."""


_OCCASION = re.compile(r"[A-Za-z0-9/-]{0,40}")


class FormRefused(CaseworkError):
    """A letter's form has faults: the text has a line for each, and nothing was drafted."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True)
class Drafted:
    """The references of the letters that a form has made, and the batch that they are in."""

    batch: str
    letters: list[str]


def letter_form(
    session: Session, urn: int, kind: str, case: str, policy: Policy, calendars: Calendars, on: date
) -> str:
    """The form of one letter to one school, filled in as far as the record goes. Raises NotFound."""
    _require_own_form(kind)
    dossier = _dossier(session, urn, kind, case, policy, calendars, on)
    known = known_fields(kind, dossier)
    roles = all_roles(kind, dossier, known.get("given_on", on))
    about: dict[str, Any] = {"kind": kind, "urn": urn}
    about |= {"case": name_of(dossier.case)} if dossier.case else {}
    about |= {"dated": on, "occasion": occasion_of(kind, dossier)}
    outside = {role.value: dossier.written_to(role) for role in roles if role in OUTSIDE}
    head = f"{dossier.one.school.name}.\n{HEAD.format(to=', '.join(addressees(dossier, roles)))}"
    return written_form(CATALOGUE[kind], head, about, known, outside)


def read_form(path: Path) -> TomlFile:
    """A form as it was saved, with what [letter] must say; raises FormRefused."""
    file = read_toml(path)
    if isinstance(file, Problem):
        raise FormRefused([file])
    return _with_its_head(file)


def form_of(name: str, about: Mapping[str, Any], fields: Mapping[str, Any]) -> TomlFile:
    """A form that was filled in elsewhere than in a file, to many schools; raises FormRefused."""
    return _with_its_head(TomlFile(name, "", {"letter": {"urn": 0, **about}, "fields": dict(fields)}))


def _with_its_head(file: TomlFile) -> TomlFile:
    if complaints := list(_wrong_about(file.content.get("letter", {}))):
        raise FormRefused(problem_at([file], *one) for one in complaints)
    return file


def draft_letters(engine: Engine, form: TomlFile, wording: Wording, calendars: Calendars, stamp: Stamp) -> Drafted:
    """Draft what a form asks for, to everybody who must have it. Raises FormRefused, AlreadyDrafted or NotFound."""

    def draft(session: Session) -> Drafted:
        about = form.content["letter"]
        kind, case = about["kind"], about.get("case", "")
        dossier = _dossier(session, about["urn"], kind, case, stamp.policy, calendars, stamp.on)
        fields, outside = _answers(form, dossier)
        occasion = free_occasion(session, dossier, kind, about.get("occasion") or occasion_of(kind, dossier))
        decisions = Decisions(stamp)
        why = f"{CATALOGUE[kind].title}: drafted from what the record and {stamp.actor} say"
        rows = put_on_record(decisions, dossier, fields, occasion, why, outside)
        _require_printable(form, rows, wording)
        decisions.write(session)
        return Drafted(rows[0]["batch"], [row["reference"] for row in rows])

    return transact(engine, draft)


def _require_own_form(kind: str) -> None:
    if kind in COVERS:
        raise NotFound(f"{kind} is drafted together with {COVERS[kind]}: use the form of that letter.")
    if kind not in CATALOGUE:
        raise NotFound(f"There is no letter called {kind!r}. {nearest(kind, CATALOGUE)}")


def _wrong_about(about: Any) -> Iterator[Complaint]:
    if not isinstance(about, dict):
        yield ("letter",), "this is no table", "Write [letter], as `casework letters form` does."
        return
    for name, said_as, fix in (
        ("kind", str, "Say which letter: `casework letters form` writes it."),
        ("urn", int, "Give the number of the school."),
        ("dated", date, "Give the day that the letter bears, such as 2026-11-06."),
    ):
        if about.get(name).__class__ is not said_as:
            yield ("letter", name), "nothing is given, or it cannot be understood", fix
        elif name == "urn" and not 0 <= about[name] < 10**LONGEST_URN:
            yield ("letter", name), "a URN is five to seven digits", fix
    for name in about.keys() - {"kind", "urn", "case", "dated", "occasion"}:
        yield ("letter", name), "this key is not known", nearest(name, ("kind", "urn", "case", "dated", "occasion"))
    occasion = about.get("occasion", "")
    if not isinstance(occasion, str) or not _OCCASION.fullmatch(occasion):
        yield ("letter", "occasion"), "it is letters, figures and dashes", "Write it like 2025-26/2 or notice-1."
    if not isinstance(about.get("case", ""), str):
        yield ("letter", "case"), "it names no case", "Write it like notice/1."
    known, kind = CATALOGUE.keys() - COVERS, str(about.get("kind"))
    if kind not in known:
        yield ("letter", "kind"), "no such letter has a form", nearest(kind, known)


def _dossier(
    session: Session, urn: int, kind: str, case: str, policy: Policy, calendars: Calendars, on: date
) -> Dossier:
    dossier = Dossier(session, school_case(session, urn), policy, calendars, on)
    track = ABOUT.get(kind, "")
    dossier.case = dossier.case_named(case) if case else dossier.case_on(track) if track else None
    if track == NEED_THEIR_CASE and (dossier.case is None or dossier.case.track.name != track):
        raise NotFound(
            f"{kind} tells of a warning notice, and {dossier.one.school.name} has none on record. "
            f"Begin one with `casework move {urn} draft --track notice`."
        )
    return dossier


def _answers(form: TomlFile, dossier: Dossier) -> tuple[LetterFields, dict[RecipientRole, Recipient]]:
    """What the form says, if all of it is right."""
    kind = form.content["letter"]["kind"]
    given = form.content.get("fields", {})
    answers = read_fields(CATALOGUE[kind], given if isinstance(given, dict) else {})
    day = answers.values.get("given_on") or dossier.on
    wanted = tuple(role for role in all_roles(kind, dossier, day) if role in OUTSIDE)
    outside, complaints = read_outside(form.content.get("recipients", {}), wanted)
    answers.complaints += [*complaints, *_unknown_tables(form), *complaints_about(kind, answers.values, dossier)]
    fields = made(CATALOGUE[kind], answers)
    if fields is None:
        raise FormRefused(_problems(form, answers))
    return fields, outside


def _problems(form: TomlFile, answers: Answers) -> list[Problem]:
    """In the order in which they stand in the file; what has no line comes last."""
    found = [problem_at([form], *one) for one in dict.fromkeys(answers.complaints)]
    return sorted(found, key=lambda problem: (problem.line is None, problem.line))


def _unknown_tables(form: TomlFile) -> Iterator[Complaint]:
    known = ("letter", "fields", "recipients")
    yield from (((name,), "this table is not known", nearest(name, known)) for name in form.content.keys() - set(known))


def _require_printable(form: TomlFile, rows: Iterable[Row], wording: Wording) -> None:
    """Every letter is composed before any is kept: a wording that cannot print it would be found too late."""
    problems = []
    for row in rows:
        try:
            compose(from_json(json.loads(row["facts"])), wording)
        except LetterError as error:
            problems.append(Problem(form.name, None, "", "", str(error).removesuffix("."), ""))
    if problems:
        raise FormRefused(problems)

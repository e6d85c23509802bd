"""What the record and the law find wrong in the form of a warning notice, beyond what its own fields can know."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from casework.dossier import Dossier, name_of
from casework.prefill.notices import end_of_period, legal_copies
from notifications.catalogue.notices import WarningNotice
from states.dates import in_words
from states.facts import Facts
from states.guards.general import school_is_maintained
from states.law import LAW
from states.law.notices import COPIES, Copy, NoticeKind
from states.toml_file import Complaint
from states.tracks.notice import NOTICE
from states.tracks.power import POWER


def complaints_about(kind: str, values: Mapping[str, Any], dossier: Dossier) -> Iterator[Complaint]:
    """Everything at once, so that an officer corrects the form once."""
    if dossier.case and dossier.case.track in (NOTICE, POWER):
        yield from _not_maintained(dossier)
    if kind != WarningNotice.folder:
        return
    if dossier.of_notice.kind is NoticeKind.S60A:
        yield ("letter", "case"), "this is a notice about pay (s60A)", "There is no wording for one: write it by hand."
    given_on = values.get("given_on")
    if given_on is None or given_on < LAW.regimes[0].since:
        return
    yield from _not_as_on_record(values, dossier)
    yield from _wrong_period(given_on, values.get("period_ends"), dossier)
    yield from _wrong_copies(given_on, values.get("copies") or (), dossier)


def _not_maintained(dossier: Dossier) -> Iterator[Complaint]:
    if refusal := school_is_maintained(Facts(sector=dossier.one.case.sector)):
        yield ("letter", "urn"), refusal.sentence.removesuffix("."), "Choose another letter."


def _not_as_on_record(values: Mapping[str, Any], dossier: Dossier) -> Iterator[Complaint]:
    """The letter says what the notice on record says, or one of the two is corrected first."""
    on_record, case = dossier.of_notice, name_of(dossier.case) if dossier.case else ""
    fix = "Correct it here, or state it anew as a fact in the next move of the notice."
    if on_record.given_on and on_record.given_on != values["given_on"]:
        yield ("fields", "given_on"), f"{case} is given on {in_words(on_record.given_on)} by the record", fix
    if on_record.period_ends and on_record.period_ends != values.get("period_ends"):
        yield ("fields", "period_ends"), f"{case} ends on {in_words(on_record.period_ends)} by the record", fix
    grounds = {one.ground for one in values.get("grounds") or ()}
    if on_record.grounds and grounds and grounds != set(on_record.grounds):
        yield ("fields", "grounds"), f"{case} rests on {', '.join(on_record.grounds)} by the record", fix


def _wrong_period(given_on: date, period_ends: date | None, dossier: Dossier) -> Iterator[Complaint]:
    """Before 18 April 2016 the Act fixes the period, and no other day is right (s60(1)(b))."""
    period = LAW.on(given_on).period_working_days
    ends = end_of_period(dossier, given_on) if period else None
    if period and ends and period_ends and period_ends != ends:
        problem = f"the initial period of a notice given on {in_words(given_on)} ends on {in_words(ends)}"
        yield ("fields", "period_ends"), problem, f"{period.citation}: give that day."


def _wrong_copies(given_on: date, said: Any, dossier: Dossier) -> Iterator[Complaint]:
    """Whether it has a diocese or an appointer, the record knows (s60(6)(c) and (d)); the rest the letter itself."""
    given, due = {one.copy for one in said}, set(legal_copies(dossier, given_on))
    for copy in (Copy.DIOCESAN_AUTHORITY, Copy.FOUNDATION_APPOINTER):
        if copy in due - given:
            yield ("fields", "copies"), f"no copy goes to {COPIES[copy].value}", f"{COPIES[copy].citation}: add it."
        if copy in given - due:
            yield (
                ("fields", "copies"),
                f"the Act gives this school no copy to {COPIES[copy].value}",
                "Leave it out.",
            )

"""Letters from their forms: filled in by the record, completed by an officer, drafted whole or refused whole."""

import json
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import Engine, select

from casework.check import run_check
from casework.contacts import load_contacts
from casework.errors import NotFound
from casework.letter_forms import Drafted, FormRefused, draft_letters, letter_form, read_form
from casework.moves import Ask, make_move, open_case
from casework.occasions import AlreadyDrafted
from casework.prefill import SOURCES
from casework.readers import COVERS
from casework.record import Stamp
from casework.register import load_register
from casework.returns import load_returns
from casework.tables import Letter
from casework.unit_of_work import reading
from casework.verify import verify
from notifications.catalogue import CATALOGUE
from notifications.catalogue.notices import WarningNotice
from notifications.form import hints_of, may_be_empty, written_form
from notifications.letter import Recipient, RecipientRole, from_json
from notifications.render import compose
from notifications.wording import Wording
from states.clocks import Calendars
from states.facts import Facts
from states.guards.notice import notice_is_complete
from states.half_terms import load_calendar
from states.law.notices import Character, Content
from states.tracks import TRACKS
from states.tracks.school import SCHOOL
from states.working_days import load_working_days

URN = 990001
CALENDARS = Calendars(load_working_days(), load_calendar())
OUTSIDE = ("1 Invented Street", "Wensum", "WX1 1AA")
COMMUNITY = {"type": "01"}
CHURCH_OF_ENGLAND = {"type": "02", "religion": "Church of England", "diocese": "Diocese of Norwich"}
CATHOLIC = {"type": "02", "religion": "Roman Catholic", "diocese": "Diocese of East Anglia"}
HAVE_FORMS = [kind for kind in CATALOGUE if kind not in COVERS]
COPIES_THEN, COPIES_NOW = ["O", "H"], ["O", "H", "S"]
BODIES = ["D", "F"]


class Desk(NamedTuple):
    """An officer's desk with one school on the record; a form is written here, completed, and handed in."""

    engine: Engine
    stamp: Callable[..., Stamp]
    wording: Wording
    folder: Path

    def form(self, kind: str, on: str, case: str = "") -> str:
        with reading(self.engine) as session:
            policy = self.stamp().policy
            return letter_form(session, URN, kind, case, policy, CALENDARS, date.fromisoformat(on))

    def draft(self, text: str, by: str = "Ada Quill") -> Drafted:
        file = self.folder / "form.toml"
        file.write_text(text, encoding="utf-8")
        form = read_form(file)
        stamp = self.stamp(form.content["letter"]["dated"].isoformat(), actor=by)
        return draft_letters(self.engine, form, self.wording, CALENDARS, stamp)

    def letters(self) -> dict[str, Any]:
        with reading(self.engine) as session:
            return {row.reference: from_json(row.facts) for row in session.scalars(select(Letter))}


def completed(text: str, **said: Any) -> str:
    """The form with what a person knows taken from a worked example of its letter, and `said` on top of that."""
    form = tomllib.loads(text)
    about, given = form["letter"], form["fields"]
    letter = CATALOGUE[about["kind"]]
    examples = [fields for _, fields in letter.examples()]
    for name in hints_of(letter):
        partly = isinstance(given[name], dict) and "" in given[name].values()
        missing = given[name] in ("", []) and name not in may_be_empty(letter)
        if name in said or partly or missing:
            usual = [value for one in examples if (value := getattr(one, name)) not in ("", (), None)]
            given[name] = said[name] if name in said else usual[0]
        elif isinstance(given[name], list):
            given[name] = tuple(given[name])
    outside = {
        role: Recipient(role=RecipientRole(role), name=one["name"], email="", address=OUTSIDE)
        for role, one in form.get("recipients", {}).items()
    }
    return written_form(letter, "", about, given, outside)


@pytest.fixture
def desk(
    engine: Engine,
    register: Callable[..., Path],
    table_file: Callable[..., Path],
    stamp: Callable[..., Stamp],
    wording: Wording,
    tmp_path: Path,
) -> Callable[..., Desk]:
    """A school under audit, of whatever character, with a notice begun as of the day given."""

    def opened(on: str, school: dict[str, str] = COMMUNITY, **facts: str) -> Desk:
        load_register(engine, register({"rating": ""} | school), "999", stamp("2013-09-02"))
        load_contacts(engine, table_file("urn,role,name,email", f"{URN},chair,Mr Bexwell,"), stamp("2013-09-02"))
        for trigger in ("raise_concern", "begin_audit"):
            make_move(engine, URN, SCHOOL, Ask(trigger, {}, "Results fell", "Visit"), stamp("2013-11-04"))
        notice = {"given_on": on, "grounds": "low_standards"} | facts
        open_case(engine, URN, TRACKS["notice"], Ask("draft", notice, "Weak", "Audit"), stamp("2013-11-04"))
        return Desk(engine, stamp, wording, tmp_path)

    return opened


NOTICES = {
    "community, 2013": ("2013-11-18", COMMUNITY, COPIES_THEN),
    "Church of England aided, 2013": ("2013-11-18", CHURCH_OF_ENGLAND, COPIES_THEN + BODIES),
    "Roman Catholic aided, 2013": ("2013-11-18", CATHOLIC, COPIES_THEN + BODIES),
    "community, 2026": ("2026-09-14", COMMUNITY, COPIES_NOW),
    "Church of England aided, 2026": ("2026-09-14", CHURCH_OF_ENGLAND, COPIES_NOW + BODIES),
    "Roman Catholic aided, 2026": ("2026-09-14", CATHOLIC, COPIES_NOW + BODIES),
}


@pytest.mark.parametrize(("on", "school", "copies"), NOTICES.values(), ids=NOTICES)
def test_notice_goes_with_the_copies_of_its_day_and_school(
    desk: Callable[..., Desk], on: str, school: dict[str, str], copies: list[str], tmp_path: Path
) -> None:
    here = desk(on, school, **({"period_ends": "2026-11-06"} if on > "2016" else {}))
    made = here.draft(completed(here.form("warning_notice", on)))
    assert made.letters[0] == "WN-990001-notice-1-G"
    assert sorted(made.letters[1:]) == sorted(f"WC-990001-notice-1-{role}" for role in copies)
    notice = here.letters()[made.letters[0]]
    assert _refusal_of(notice.fields, Character(school["type"], school.get("religion", ""))) is None
    text = compose(notice, here.wording).text
    assert ("Your right to make representations" in text) is (on < "2016")
    assert ("ends on 9 December 2013" in " ".join(text.split())) is (on < "2016")
    assert all(one.name in " ".join(text.split()) for one in notice.fields.copies)
    assert verify(here.engine, tmp_path / "seals.jsonl").faults == []


def _refusal_of(notice: WarningNotice, character: Character) -> Any:
    """What the guard of the notice's own track says to the letter's facts: it must not disagree with the form."""
    contents = {Content.MATTERS, Content.ACTION_REQUIRED, Content.ACTION_MINDED_TO_TAKE}
    then = {Content.INITIAL_PERIOD, Content.RIGHT_OF_REPRESENTATIONS}
    contents |= then if notice.representations else {Content.COMPLIANCE_PERIOD}
    return notice_is_complete(
        Facts(
            given_on=notice.given_on,
            grounds=tuple(one.ground for one in notice.grounds),
            contents=tuple(contents),
            copies=tuple(one.copy for one in notice.copies),
            period_ends=None if notice.representations else notice.period_ends,
            character=character,
        )
    )


def test_copy_goes_to_the_diocese_by_name_and_names_the_notice(desk: Callable[..., Desk]) -> None:
    here = desk("2013-11-18", CHURCH_OF_ENGLAND)
    here.draft(completed(here.form("warning_notice", "2013-11-18")))
    copy = here.letters()["WC-990001-notice-1-D"]
    assert (copy.recipient.name, copy.recipient.address) == ("Diocese of Norwich", OUTSIDE)
    assert copy.fields.notice_reference == "WN-990001-notice-1-G"


def test_incomplete_notice_is_refused_with_the_whole_list_and_nothing_is_drafted(
    desk: Callable[..., Desk], contents: Callable[[Engine], dict[str, list[Any]]]
) -> None:
    here = desk("2026-09-14", CHURCH_OF_ENGLAND, grounds="")
    before = contents(here.engine)
    form = here.form("warning_notice", "2026-09-14").replace('    { copy = "diocesan', '    # { copy = "diocesan')
    with pytest.raises(FormRefused) as refused:
        here.draft(form)
    told = {(one.key, one.problem) for one in refused.value.problems}
    assert told >= {
        ("fields.grounds", "it has no grounds"),
        ("fields.matters", "it has no matters"),
        ("fields.actions", "it has no actions"),
        ("fields.powers", "it has no powers"),
        ("fields.period_ends", "nothing is given"),
        ("fields.copies", "no copy goes to the appropriate diocesan authority"),
        ("recipients.secretary_of_state.address", "no address"),
    }
    assert all(one.line and one.fix for one in refused.value.problems)
    assert contents(here.engine) == before


WRONG = {
    "copy for a diocese that the school has not": (
        {"copies": ({"copy": "chief_inspector", "name": "Ofsted"}, {"copy": "head_teacher", "name": "Head"},
                    {"copy": "diocesan_authority", "name": "Diocese"})},
        "the Act gives this school no copy to the appropriate diocesan authority",
    ),
    "period that is not the Act's": (
        {"period_ends": date(2013, 12, 10)},
        "the initial period of a notice given on 18 November 2013 ends on 9 December 2013",
    ),
    "another day than the record's": (
        {"given_on": date(2013, 11, 19), "period_ends": date(2013, 12, 10)},
        "notice/1 is given on 18 November 2013 by the record",
    ),
    "another ground than the record's": (
        {"grounds": ({"ground": "safety"},)},
        "notice/1 rests on low_standards by the record",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("said", "problem"), WRONG.values(), ids=WRONG)
def test_notice_that_the_record_or_the_law_contradicts_is_refused(
    desk: Callable[..., Desk], said: dict[str, Any], problem: str
) -> None:
    here = desk("2013-11-18")
    with pytest.raises(FormRefused) as refused:
        here.draft(completed(here.form("warning_notice", "2013-11-18"), **said))
    assert [one.problem for one in refused.value.problems] == [problem]


def test_academy_is_not_given_a_notice(desk: Callable[..., Desk]) -> None:
    here = desk("2013-11-18", {"type": "34"})
    with pytest.raises(FormRefused, match="academy"):
        here.draft(completed(here.form("warning_notice", "2013-11-18")))


def test_same_occasion_is_drafted_once(desk: Callable[..., Desk]) -> None:
    here = desk("2013-11-18")
    form = completed(here.form("warning_notice", "2013-11-18"))
    here.draft(form)
    with pytest.raises(AlreadyDrafted, match="WN-990001-notice-1-G: there is such a letter for the occasion notice-1"):
        here.draft(form)


def test_wording_that_cannot_print_a_letter_drafts_none(desk: Callable[..., Desk], tmp_path: Path) -> None:
    here = desk("2013-11-18")
    (tmp_path / "warning_notice_copy").mkdir()
    (tmp_path / "warning_notice_copy" / "letter.md").write_text("Subject: Copy\n\n{{ mood }}\n", encoding="utf-8")
    with pytest.raises(FormRefused, match="mood"):
        here._replace(wording=Wording(tmp_path)).draft(completed(here.form("warning_notice", "2013-11-18")))
    assert not any(name.startswith("W") for name in here.letters())


@pytest.fixture
def busy(desk: Callable[..., Desk], table_file: Callable[..., Path], stamp: Callable[..., Stamp]) -> Desk:
    """A school on which there is something to write about in every track."""
    here = desk("2026-09-14", CHURCH_OF_ENGLAND, period_ends="2026-10-16")
    calendar, engine = CALENDARS.school, here.engine
    make_move(engine, URN, SCHOOL, Ask("lift_concern", {}, "Better", "Visit"), stamp("2025-11-20"))
    run_check(engine, calendar, calendar.half_term("2025-26/2"), stamp("2025-12-01"))
    figures = (f"{URN},2025-26/2,{key},58,50,2026-01-08" for key in ("reading", "writing", "mathematics"))
    load_returns(
        engine,
        table_file("urn,half_term,measure,pupils,on_track,received", *figures, name="returns.csv"),
        calendar,
        stamp("2026-01-09"),
    )
    run_check(engine, calendar, calendar.half_term("2025-26/3"), stamp("2026-01-19"))
    for track, facts in {
        "power": {"section": "66", "eligible_under": "s60", "received_on": "2026-12-02"},
        "conversion": {"sponsor": "Larkfield Learning Trust"},
        "support": {"partner": "Dr Vale", "activity": "coaching"},
    }.items():
        open_case(
            engine, URN, TRACKS[track], Ask(TRACKS[track].opens_by, facts, "Agreed", "Visit"), stamp("2026-01-20")
        )
    return here


@pytest.mark.only_on("sqlite")
def test_every_letter_is_drafted_from_its_form(busy: Desk, tmp_path: Path) -> None:
    """What the record does not know is taken from a worked example; the outcome is that of the return that came."""
    for kind in HAVE_FORMS:
        said: dict[str, Any] = {}
        if kind == "representations_outcome":
            said = {"given_on": date(2013, 11, 18)}
        if kind == "progress_outcome":
            said = {"outcome": "on_track", "received_on": date(2026, 1, 8), "findings": ("Reading: 50 of 58.",)}
        form = busy.form(kind, "2026-11-16").replace('occasion = "2025-26/3"', 'occasion = "once-more"')
        made = busy.draft(completed(form, **said))
        assert made.letters, kind
    drafted = {letter.kind: letter for letter in busy.letters().values()}
    assert drafted.keys() == CATALOGUE.keys()
    assert {compose(letter, busy.wording).digest for letter in drafted.values()}
    assert verify(busy.engine, tmp_path / "seals.jsonl").faults == []


FILLED = {
    "category_notice": {"category_letter": "B", "basis": "Better.", "monitored": True},
    "progress_reminder": {"half_term_label": "first half of the spring term 2025 to 2026", "asked_on": "2026-01-19"},
    "audit_notice": {"reasons": ["Results fell."]},
    "budget_suspension": {"eligibility": {"door": "s60", "since": "2026-09-14"}, "review_before": "2027-04-01"},
    "additional_governors": {"may_be_matched": True, "from_on": "2026-11-16", "term_ends": "2027-11-16"},
    "intention_to_use_powers": {"given_on": "2026-09-14", "not_before": "2026-12-01"},
    "activity_agreed": {"partner_name": "Dr Vale", "activity": "coaching"},
    "programme_joined": {"programme": "Norfolk to Good and Great", "provider": "Cambridge Education"},
    "accuracy_check": {"school_year": "2026 to 2027"},
}


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("kind", FILLED)
def test_record_fills_in_what_it_knows(busy: Desk, kind: str) -> None:
    given = json.loads(json.dumps(tomllib.loads(busy.form(kind, "2026-11-16"))["fields"], default=str))
    assert {name: given[name] for name in FILLED[kind]} == FILLED[kind]


@pytest.mark.only_on("sqlite")
def test_reader_outside_is_remembered_from_the_last_letter(busy: Desk) -> None:
    busy.draft(completed(busy.form("warning_notice", "2026-09-14")))
    form = tomllib.loads(busy.form("notice_ended", "2026-11-16"))
    assert form["recipients"].keys() == {"ofsted", "diocese", "foundation_appointer", "secretary_of_state"}
    assert all(one["address"] == list(OUTSIDE) for one in form["recipients"].values())


def test_every_source_fills_a_field_of_some_letter() -> None:
    fields = {f"{kind}.{name}" for kind, letter in CATALOGUE.items() for name in hints_of(letter)}
    names = {name.partition(".")[2] for name in fields}
    assert {source for source in SOURCES if source not in (fields if "." in source else names)} == set()


NO_FORM = {
    "unknown letter": (("letters", "form", "poem", URN), "There is no letter called 'poem'"),
    "covering letter": (("letters", "form", "warning_notice_copy", URN), "is drafted together with warning_notice"),
    "no such case": (("letters", "form", "warning_notice", URN, "--case", "notice/7"), "has no case 'notice/7'"),
    "no such school": (("letters", "form", "audit_notice", 1), "There is no case for URN 1"),
}


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(("typed", "said"), NO_FORM.values(), ids=NO_FORM)
def test_form_that_cannot_be_written_says_why(
    desk: Callable[..., Desk], casework: Callable[..., Any], typed: tuple[Any, ...], said: str
) -> None:
    desk("2013-11-18")
    ran = casework(*typed)
    assert ran.code == 1
    assert said in ran.err


@pytest.mark.only_on("sqlite")
def test_form_and_draft_by_the_command(desk: Callable[..., Desk], casework: Callable[..., Any], tmp_path: Path) -> None:
    desk("2013-11-18")
    file = tmp_path / "notice.toml"
    file.write_text(casework("letters", "form", "warning_notice", URN, "--on", "2013-11-18").out, encoding="utf-8")
    refused = casework("letters", "draft", file, "--by", "Ada Quill", "--role", "Adviser")
    assert (refused.code, refused.out) == (1, "")
    assert f"{file}, line " in refused.err
    file.write_text(completed(file.read_text(encoding="utf-8")), encoding="utf-8")
    ran = casework("letters", "draft", file, "--by", "Ada Quill", "--role", "Adviser", "--json")
    assert json.loads(ran.out)["letters"][0] == "WN-990001-notice-1-G"
    assert json.loads(ran.out)["batch"] == "warning_notice-2013-11-18"


def test_letter_that_policy_gives_to_nobody_at_this_school_is_refused(desk: Callable[..., Desk]) -> None:
    here = desk("2013-11-18")
    policy = here.stamp().policy
    rules = policy.letters["pre_warning"].model_copy(update={"recipients": ("diocese",)})
    strict = policy.model_copy(update={"letters": policy.letters | {"pre_warning": rules}})
    nobody = here._replace(stamp=lambda *given, **more: here.stamp(*given, **more | {"policy": strict}))
    with pytest.raises(NotFound, match="names nobody for pre_warning whom Aldermere Primary School has"):
        nobody.draft(completed(nobody.form("pre_warning", "2013-11-18")))


def test_form_with_values_of_the_wrong_kind_is_refused_in_words(tmp_path: Path) -> None:
    file = tmp_path / "form.toml"
    file.write_text('[letter]\nkind = []\nurn = "1"\ndated = 2013-11-18T09:00:00\ncase = 1\n', encoding="utf-8")
    with pytest.raises(FormRefused) as refused:
        read_form(file)
    assert {one.key for one in refused.value.problems} == {"letter.kind", "letter.urn", "letter.dated", "letter.case"}


@pytest.mark.parametrize("urn", [-1, 10**30])
def test_form_for_a_number_that_is_no_urn_is_refused_in_words(tmp_path: Path, urn: int) -> None:
    file = tmp_path / "form.toml"
    file.write_text(f'[letter]\nkind = "case_closed"\nurn = {urn}\ndated = 2013-11-18\n', encoding="utf-8")
    with pytest.raises(FormRefused, match="Give the number of the school"):
        read_form(file)


def test_form_without_its_head_says_what_is_missing(tmp_path: Path) -> None:
    file = tmp_path / "form.toml"
    file.write_text('[letter]\nkind = "poem"\nmood = 1\noccasion = "a b"\n', encoding="utf-8")
    with pytest.raises(FormRefused) as refused:
        read_form(file)
    assert [one.key for one in refused.value.problems] == [
        "letter.urn", "letter.dated", "letter.mood", "letter.occasion", "letter.kind",
    ]  # fmt: skip

"""Every copy of a closed vocabulary says the same: tables of states, database, policies, records."""

import pkgutil
import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from typing import get_args, get_type_hints

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Engine, inspect

from casework.database import initialise, open_database
from casework.returns import HeldReturn
from casework.schools import SchoolRecord
from casework.tables import CASE_TRACKS, Base, EventKind, May, Return, School
from notifications.letter import RecipientRole
from states import tracks
from states.facts import FROM_THE_RECORD, STATED_DATES, STILL_TO_COME, Facts
from states.policy import Policy, load_policy, policy_names
from states.policy_checks import CATEGORISED, GRADES
from states.policy_terms import RecipientName
from states.progress import Outcome
from states.track import Track
from states.tracks import TRACKS
from states.tracks.letter import LETTER
from states.tracks.school import SCHOOL

# table.column → the words that its check constraint allows
VOCABULARIES: dict[str, tuple[str, ...]] = {
    "case.track": tuple(CASE_TRACKS),
    **{f"case.{name}_state": tuple(track.states) for name, track in CASE_TRACKS.items()},
    "event.kind": tuple(EventKind),
    "contact.role": tuple(RecipientRole),
    "letter.state": tuple(LETTER.states),
    "letter.recipient_role": tuple(RecipientRole),
    "return.outcome": ("", *Outcome),
    "officer.may": tuple(May),
}
POLICIES = [pytest.param(load_policy(name), id=name) for name in policy_names()]
RECORDS = [pytest.param(SchoolRecord, School, id="school"), pytest.param(HeldReturn, Return, id="return")]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database as the migrations make it, not as the tables in Python would."""
    url = f"sqlite:///{tmp_path_factory.mktemp('record') / 'casework.db'}"
    initialise(url)
    engine = open_database(url)
    yield engine
    engine.dispose()


def words_of(check: str) -> list[str]:
    return re.findall(r"'([^']*)'", check.rpartition(" IN ")[2])


def checks_of(engine: Engine, table: str) -> dict[str, str]:
    return {str(check["name"]): str(check["sqltext"]) for check in inspect(engine).get_check_constraints(table)}


@pytest.mark.parametrize(("place", "words"), VOCABULARIES.items(), ids=VOCABULARIES)
def test_database_allows_exactly_the_words_in_use(engine: Engine, place: str, words: tuple[str, ...]) -> None:
    table, _, column = place.partition(".")
    check = checks_of(engine, table)[f"ck_{table}_{column}"]
    assert words_of(check) == [str(word) for word in words], "a migration must widen this check"


def test_every_check_of_the_database_is_bound_here(engine: Engine) -> None:
    tables = inspect(engine).get_table_names()
    found = {f"{table}.{name.removeprefix(f'ck_{table}_')}" for table in tables for name in checks_of(engine, table)}
    assert found == VOCABULARIES.keys()


@pytest.mark.parametrize("name", CASE_TRACKS)
def test_state_check_speaks_of_its_own_track(engine: Engine, name: str) -> None:
    assert checks_of(engine, "case")[f"ck_case_{name}_state"].startswith(f"track <> '{name}' OR state IN ")


def test_every_track_but_letters_is_a_case() -> None:
    assert [*CASE_TRACKS, LETTER.name] == list(TRACKS)


@pytest.mark.parametrize("name", Base.metadata.tables)
def test_migrated_checks_are_those_of_the_tables(engine: Engine, name: str) -> None:
    table = Base.metadata.tables[name]
    ours = {str(one.name): str(one.sqltext) for one in table.constraints if isinstance(one, CheckConstraint)}
    assert checks_of(engine, name) == ours


def test_migrations_make_the_tables_and_no_others(engine: Engine) -> None:
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


@pytest.mark.parametrize("track", TRACKS.values(), ids=TRACKS)
def test_every_state_has_its_label(track: Track) -> None:
    assert {track.label_of(state) for state in track.states} == set(track.labels.values())


@pytest.mark.parametrize("policy", POLICIES)
def test_open_state_has_one_category(policy: Policy) -> None:
    categorised = [state for category in policy.categories for state in category.states]
    out_of_use = {row.state for row in policy.migrations}
    expected = [state for state in SCHOOL.open_states if state != SCHOOL.initial]
    assert sorted([*categorised, *out_of_use]) == sorted(expected)
    assert set(CATEGORISED) == set(expected)


@pytest.mark.parametrize("policy", POLICIES)
def test_grade_leads_from_an_unclassified_school(policy: Policy) -> None:
    for grade in GRADES:
        assert (SCHOOL.initial, policy.classify(grade)) in SCHOOL.moves


@pytest.mark.parametrize("policy", POLICIES)
def test_policy_proposes_only_moves_of_the_table(policy: Policy) -> None:
    proposed = {(state, rule.trigger) for rule in policy.monitoring.proposals for state in rule.states}
    assert proposed <= SCHOOL.moves.keys()


def test_policy_knows_every_recipient() -> None:
    assert set(get_args(RecipientName)) == set(RecipientRole)


@pytest.mark.parametrize(("record", "table"), RECORDS)
def test_record_has_the_columns_in_order(record: type[SchoolRecord | HeldReturn], table: type[Base]) -> None:
    assert [field.name for field in fields(record)] == [column.name for column in table.__table__.columns]


@pytest.mark.parametrize(("record", "table"), RECORDS)
def test_record_and_column_agree_on_what_may_be_unknown(
    record: type[SchoolRecord | HeldReturn], table: type[Base]
) -> None:
    hints = get_type_hints(record)
    may_be_unknown = {name for name in hints if type(None) in get_args(hints[name])}
    assert may_be_unknown == {column.name for column in table.__table__.columns if column.nullable}


def test_every_stated_day_is_checked_against_the_future() -> None:
    days = {name for name, kind in get_type_hints(Facts).items() if kind == date | None}
    assert set(STATED_DATES) == days - FROM_THE_RECORD - STILL_TO_COME


def test_tracks_that_are_printed_are_all_tracks() -> None:
    modules = {module.name for module in pkgutil.iter_modules(tracks.__path__)}
    assert TRACKS.keys() == modules

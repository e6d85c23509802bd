"""The demo with a fixed clock, on SQLite and on PostgreSQL: the same book, to the last hash, seal and letter."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from casework.database import open_initialised
from casework.dispatch import PostRoom
from casework.office import Office
from casework.verify import verify
from casework.ways import post_room
from tests.conftest import DEMO, NOW, Say
from tests.postgresql import Server

OFFICER = ("--by", "Rosalind Thackeray", "--role", "Assistant Director", "--reason", "Pupils’ progress is off track")
SECOND = ("--by", "Ben Marsh", "--role", "Head of Service", "--reason", "Read and found in order")
AUDIT = ("--evidence", "Audit of 12 January")
NOTICE = (
    "--track", "notice", "--fact", "given_on=2026-01-26", "--fact", "grounds=low_standards",
    "--fact", "contents=matters,action_required,compliance_period,action_minded_to_take",
    "--fact", "copies=chief_inspector,head_teacher,diocesan_authority,foundation_appointer,secretary_of_state",
    "--fact", "period_ends=2026-03-02",
)  # fmt: skip
WORK = [
    ("init",),
    ("register", "load", DEMO / "register.csv", "--la", "999", "--on", "2025-09-08"),
    ("contacts", "load", DEMO / "contacts.csv"),
    ("check", "2025-26/1", "--on", "2025-10-20"),
    ("returns", "load", DEMO / "returns.csv", "--on", "2025-11-10"),
    ("check", "2025-26/2", "--on", "2025-12-08"),
    ("move", "990022", "raise_concern", *OFFICER, *AUDIT, "--on", "2025-12-09"),
    ("allocate", DEMO / "allocations.csv", *OFFICER[:4], "--on", "2025-12-09"),
    ("move", "990022", "begin_audit", *OFFICER, *AUDIT, "--on", "2026-01-12"),
    ("move", "990022", "draft", *OFFICER, *NOTICE, "--on", "2026-01-24"),
    ("move", "990022", "check", *SECOND, *NOTICE, *AUDIT, "--on", "2026-01-25"),
    ("move", "990022", "give", *OFFICER, *NOTICE, *AUDIT, "--on", "2026-01-26"),
    ("move", "990022", "give_notice", *OFFICER, *AUDIT, "--on", "2026-01-26"),
    ("correct", "990022", "--event", "school#10", *OFFICER, "--on", "2025-12-10"),
    ("letters", "approve", "--all", "--by", "Amara Stone", "--role", "Director of Education"),
    ("letters", "send", "--all"),
    ("check", "2025-26/2", "--on", "2026-01-20"),
]  # fmt: skip


def _post_room_of_that_day(office: Office) -> PostRoom:
    return replace(post_room(office.settings, office.wording, office.typesetter), clock=lambda: NOW)


@pytest.mark.slow
@pytest.mark.postgresql
def test_demo_ends_in_the_same_book_on_both(
    postgresql: Server,
    tmp_path: Path,
    casework: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    contents: Callable[[Engine], dict[str, list[Any]]],
    say: Say,
) -> None:
    monkeypatch.setattr(Office, "now", NOW)
    monkeypatch.setattr(Office, "post_room", property(_post_room_of_that_day))
    monkeypatch.setenv("CASEWORK_POLICY", str(DEMO / "fenshire.toml"))
    books, said = [], []
    for kind, url in (("sqlite", ""), ("postgresql", postgresql.url(postgresql.database()))):
        home = tmp_path / kind
        monkeypatch.setenv("CASEWORK_HOME", str(home))
        monkeypatch.setenv("CASEWORK_DATABASE_URL", url)
        said.append([casework(*typed)[::2] for typed in WORK])
        engine = open_initialised(Office().settings.database_url)
        assert verify(engine, home / "seals.jsonl").faults == []
        letters = {file.name: file.read_bytes() for file in sorted(home.rglob("letters/**/*")) if file.is_file()}
        books.append((contents(engine), (home / "seals.jsonl").read_bytes(), letters))
        engine.dispose()
    assert said[0] == said[1]
    assert books[0] == books[1]
    book, _, letters = books[0]
    figure = (
        f"{len(book['event']):,} events, {len(book['case'])} cases, {len(book['letter'])} letters, {len(letters)} files"
    )
    say(f"{figure}: equal on SQLite and PostgreSQL, hashes too")
    assert [one for one in zip(WORK, said[0], strict=True) if one[1][0]] == []

"""The canonical form of an event is fixed for good: what was hashed in 2026 must hash the same in 2046."""

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.chain import FIELDS, Canonical, beginning, canonical, digest, link, texts
from casework.tables import Event, EventKind


@dataclass(frozen=True, slots=True)
class Kept:
    name: str


RECORD = Path(__file__).parents[2] / "docs" / "record.md"
EVENT: dict[str, Any] = {
    "seq": 1, "kind": "opened", "trigger": "open", "source": None, "destination": "unclassified",
    "occurred_on": date(2025, 9, 8), "effective_on": date(2025, 9, 8),
    "recorded_at": datetime(2025, 9, 8, 9, 30, tzinfo=UTC), "actor": "Ada Quill", "role": "Senior Adviser",
    "reason": "Joined – the register", "evidence": {"b": 1, "a": "é"}, "once": None, "corrects": None,
    "policy": "norfolk-2013", "policy_hash": "5f", "law_hash": "77",
}  # fmt: skip
TEXT = (
    '["1","opened","open",null,"unclassified","2025-09-08","2025-09-08","2025-09-08 09:30:00.000000","Ada Quill",'
    '"Senior Adviser","Joined – the register","{\\"a\\":\\"é\\",\\"b\\":1}",null,null,"norfolk-2013","5f","77"]'
)


def test_hash_of_this_event_never_changes() -> None:
    made = link(beginning("school", "990001"), texts(EVENT))
    assert made == sha256(sha256(b"casework school 990001").digest() + TEXT.encode()).digest()
    assert made.hex() == "e5a964f1c96694b90a03dfe74d7d17c0dfbc3c8a0f2834cdb9512514083e2c04"


def test_every_column_but_the_case_is_hashed() -> None:
    assert set(FIELDS) == set(Event.__table__.columns.keys()) - {"case_id", "hash"}


@pytest.mark.parametrize("name", FIELDS)
def test_other_value_is_another_hash(name: str) -> None:
    changed = EVENT | {name: "other"}
    assert link(b"", texts(changed)) != link(b"", texts(EVENT))


@pytest.mark.parametrize(
    ("one", "other"),
    [({"actor": "Ada", "role": "Quill"}, {"actor": "AdaQuill", "role": ""}), ({"once": None}, {"once": "null"})],
    ids=["text moved to the next column", "nothing is not the word for it"],
)
def test_columns_cannot_run_into_each_other(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert link(b"", texts(EVENT | one)) != link(b"", texts(EVENT | other))


def test_moment_is_the_same_in_every_zone() -> None:
    elsewhere = EVENT["recorded_at"].astimezone(timezone(timedelta(hours=5)))
    assert texts(EVENT | {"recorded_at": elsewhere}) == texts(EVENT)


PLAIN = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text()


@given(st.dictionaries(st.text(), st.recursive(PLAIN, lambda part: st.lists(part) | st.dictionaries(st.text(), part))))
def test_canonical_json_is_what_any_tool_would_write_compact_and_sorted(value: dict[str, Any]) -> None:
    made = canonical(value)
    assert made == json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert json.loads(made) == value
    assert canonical(dict(sorted(value.items(), reverse=True))) == made
    assert canonical(Canonical(made)) == made


def test_words_of_ours_are_keys_like_any_other() -> None:
    assert canonical({EventKind.MOVED: EventKind.MOVED, Event.__table__.name: 1}) == '{"event":1,"moved":"moved"}'


@pytest.mark.parametrize("value", [date(2013, 11, 18), EVENT["recorded_at"], Kept("Aldermere")])
def test_what_has_no_text_of_its_own_is_no_part_of_the_record(value: Any) -> None:
    with pytest.raises(TypeError):
        canonical({"on": value})


def test_same_event_begins_otherwise_in_another_case() -> None:
    assert len({beginning("school", "990001"), beginning("notice", "990001"), beginning("school", "990002")}) == 3


def test_example_in_the_handbook_can_be_recomputed() -> None:
    """The shell lines of docs/record.md, run as they stand there, print the hash that stands under them."""
    if not (shutil.which("bash") and shutil.which("sha256sum")):
        pytest.skip("bash or sha256sum is not installed: the example of docs/record.md was not run")
    lines, wanted = re.findall(r"```(?:bash|text)\n(.*?)```", RECORD.read_text(encoding="utf-8"), re.DOTALL)[:2]
    ran = subprocess.run(["bash", "-c", lines], capture_output=True, text=True, check=True)
    assert ran.stdout == wanted
    assert digest("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

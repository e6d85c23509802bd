"""What is done each working morning, or made up for where nobody did it: look, name, ask. Decides nothing.

The check of the half-term that is open is casework.check; here is what stands around it: what began late or never since
the last look, and the batches of letters that wait for a signature.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casework.check_report import CheckReport
from casework.due import due
from casework.follow_ups import FollowUps
from casework.office import Office
from casework.rounds import Late, late_rounds
from casework.tables import Letter
from casework.unit_of_work import reading
from states.dates import in_words
from states.policy import Policy
from states.tracks.letter import UNSIGNED

# Days after a window opens within which its round counts as begun in time: a weekend and two bank holidays lie within.
GRACE = 4

# The heading of a page that becomes a part of another.
_HEADING = re.compile("^#", re.MULTILINE)

_REPORT = re.compile(r"daily-on-(\d{4}-\d\d-\d\d)\.md")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A batch of letters that nobody has signed yet."""

    batch: str
    kind: str
    letters: int
    second_officer: bool

    @property
    def sentence(self) -> str:
        by = ", by a second officer" if self.second_officer else ""
        return f"{self.batch}: {self.letters} letter(s) to be signed{by}"


def waiting_batches(session: Session, policy: Policy) -> list[Waiting]:
    """Every batch with letters that wait for a signature and are not stopped, by name."""
    rows = session.execute(
        select(Letter.batch, func.min(Letter.kind), func.count())
        .where(Letter.state.in_(UNSIGNED), Letter.stopped == "")
        .group_by(Letter.batch)
        .order_by(Letter.batch)
    )
    return [Waiting(batch, kind, count, policy.letters[kind].second_officer) for batch, kind, count in rows]


def last_look(reports: Path, before: date) -> date | None:
    """The day of the newest daily report from before that day; None if there is none."""
    found = (_REPORT.fullmatch(file.name) for file in reports.glob("daily-on-*.md"))
    days = [date.fromisoformat(match[1]) for match in found if match]
    return max((day for day in days if day < before), default=None)


@dataclass(slots=True, kw_only=True)
class DailyReport:
    """What one morning found; `check` is None while schools are closed."""

    on: date
    since: date | None
    check: CheckReport | None = None
    followed: FollowUps | None = None
    late: list[Late] = field(default_factory=list)
    due: str = ""
    waiting: list[Waiting] = field(default_factory=list)
    seal: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {
            "on": self.on.isoformat(),
            "since": self.since.isoformat() if self.since else None,
            "check": self.check.as_dict() if self.check else None,
            "followed": self.followed.as_dict() if self.followed else None,
            "late": [one.sentence for one in self.late],
            "waiting": [{"batch": one.batch, "letters": one.letters} for one in self.waiting],
        }

    def as_markdown(self, links: Mapping[str, str] | None = None) -> str:
        """The page of the day; `links` gives the address at which each batch can be signed."""
        looked = f"Last looked on {in_words(self.since)}." if self.since else "This is the first look."
        parts = [
            f"# {in_words(self.on)}\n\n{looked}",
            _listed("Begun late, or never", [one.sentence for one in self.late]),
            _listed("Waiting for a signature", [_linked(one, links or {}) for one in self.waiting]),
            self._checked(),
            self.due,
            self.seal,
        ]
        return "\n\n".join(part.strip() for part in parts if part) + "\n"

    def _checked(self) -> str:
        if self.check is None:
            return "## The check\n\nSchools are closed: no return is asked for."
        done = (
            f"Half-term {self.check.half_term}: {self.check.requested} return(s) asked for, "
            f"{len(self.check.evaluated)} evaluated, {len(self.check.missing)} missing, "
            f"{len(self.check.proposed)} move(s) proposed."
        )
        proposed = [f"{one['urn']}: `{one['trigger']}`, {one['because']}" for one in self.check.proposed]
        followed = self.followed.as_markdown() if self.followed else ""
        return "\n\n".join(filter(None, [f"## The check\n\n{done}", followed, _listed("Proposed today", proposed)]))

    def save(self, folder: Path) -> Path:
        """Write the page; a second look on the same day leaves what the first one named."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"daily-on-{self.on}.md"
        if not path.exists() or self.late or self._did_something:
            path.write_text(self.as_markdown(), encoding="utf-8")
        return path

    @property
    def _did_something(self) -> bool:
        return bool((self.check and self.check.did_something) or (self.followed and self.followed.letters))


def look(office: Office, report: DailyReport, ahead: timedelta) -> None:
    """Add to the report what is late, what waits for a signature, and what is due from now on until so much later."""
    with reading(office.engine) as session:
        report.late = late_rounds(session, office.calendar, report.since or report.on, report.on, GRACE)
        report.waiting = waiting_batches(session, office.policy)
        dues = due(session, office.policy, office.calendars, report.on, report.on + ahead).as_markdown()
    report.due = _HEADING.sub("##", dues)


def _listed(heading: str, lines: list[str]) -> str:
    return "\n".join([f"## {heading}\n", *(f"- {line}" for line in lines)]) if lines else ""


def _linked(one: Waiting, links: Mapping[str, str]) -> str:
    return f"[{one.sentence}]({links[one.batch]})" if one.batch in links else one.sentence

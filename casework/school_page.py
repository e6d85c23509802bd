"""One school on a page of Markdown: where it stands, what is due, what may come next, its letters and its story."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy.orm import Session

from casework.check_report import table_cell
from casework.history import history
from casework.story import Record, standing, worth_telling
from casework.telling import story_text
from casework.track_table import place_as_mermaid
from states.clocks import Calendars
from states.dates import in_words
from states.policy import Policy
from states.tracks import TRACKS
from states.tracks.letter import LETTER
from states.tracks.school import SCHOOL


def school_page(
    session: Session, urn: int, policy: Policy, calendars: Calendars, now: date, letters_at: str = ""
) -> str:
    """The page as of `now`; `letters_at` is the address under which letters are shown. Raises NotFound."""
    found = standing(session, urn, policy, calendars, now)
    parts = [
        "\n".join(_head(found)),
        "\n".join(_list("What is due", [one["sentence"] for one in worth_telling(found["deadlines"])])),
        "\n".join(_list("Proposed, for an officer to decide", [_proposal(one) for one in found["proposed"]])),
        "\n".join(_list("Moves open to it", [f"{one['label']} (`{one['trigger']}`)" for one in found["moves"]])),
        "\n\n".join(_diagrams(found)),
        "\n".join(_letters(found["letters"], letters_at)),
        f"## Its story\n\n```text\n{story_text(history(session, urn, policy, calendars, now))}\n```",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(found: Record) -> Iterator[str]:
    category = f"{found['category']}, {found['category_label']}" if found["category"] else "none"
    yield f"# {table_cell(found['name'])} ({found['urn']})\n"
    yield f"{found['type']}, {found['phase'].lower()}. **{found['state_label']}** since {in_words(found['since'])}."
    yield f"Category: {table_cell(category)}{', monitored each half-term' if found['monitored'] else ''}."


def _list(heading: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield f"## {heading}\n"
        yield from (f"- {line}" for line in lines)


def _proposal(one: Record) -> str:
    return f"`{one['trigger']}`: {table_cell(one['reason'])}"


def _diagrams(found: Record) -> Iterator[str]:
    """The school's own track, and that of each case beside it that has not ended, each with its place marked."""
    yield _diagram("Where it stands", place_as_mermaid(SCHOOL, found["state"]))
    for one in found["cases"]:
        track = TRACKS[one["track"]]
        if one["state"] not in track.ended:
            yield _diagram(f"{track.name.capitalize()} {one['subject']}", place_as_mermaid(track, one["state"]))


def _diagram(heading: str, mermaid: str) -> str:
    return f"## {heading}\n\n```mermaid\n{mermaid}\n```"


def _letters(letters: list[Record], letters_at: str) -> Iterator[str]:
    if not letters:
        return
    yield from ("## Letters\n", "| Letter | To | State |", "|---|---|---|")
    for one in letters:
        name = f"[{one['reference']}]({letters_at}/{one['reference']})" if letters_at else one["reference"]
        yield f"| {name} | {one['recipient_role'].replace('_', ' ')} | {LETTER.label_of(one['state'])} |"

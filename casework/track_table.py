"""A track's table in the forms that people read: text, Markdown, a Mermaid diagram; and as data."""

from typing import Any

from states.track import Row, Track
from states.tracks.letter import LETTER
from states.tracks.school import SCHOOL

TRACKS = {track.name: track for track in (SCHOOL, LETTER)}


def as_data(track: Track) -> dict[str, Any]:
    return {
        "track": track.name,
        "initial": track.initial,
        "ended": list(track.ended),
        "states": [{"state": state, "label": track.labels[state]} for state in track.states],
        "moves": [
            {
                "trigger": row.trigger,
                "label": row.label,
                "from": list(row.sources),
                "to": row.to,
                "guards": [guard.__name__ for guard in row.guards],
                "letters": list(row.letters),
            }
            for row in track.rows
        ],
    }


def as_text(track: Track) -> str:
    return "\n".join(line for row in track.rows for line in _row_text(row))


def _row_text(row: Row) -> list[str]:
    lines = [f"{row.trigger}: {row.label}", f"    from {', '.join(row.sources)}", f"    to   {row.to}"]
    if row.guards:
        lines.append(f"    if   {', '.join(_words(guard.__name__) for guard in row.guards)}")
    return lines


def as_markdown(track: Track) -> str:
    head = ["| Move | Trigger | From | To | Only if | Letter |", "|---|---|---|---|---|---|"]
    return "\n".join([*head, *(_row_markdown(row) for row in track.rows)])


def _row_markdown(row: Row) -> str:
    guards = "; ".join(_words(guard.__name__) for guard in row.guards)
    cells = (row.label, f"`{row.trigger}`", ", ".join(row.sources), row.to, guards, ", ".join(row.letters))
    return f"| {' | '.join(cells)} |"


def as_mermaid(track: Track) -> str:
    """A state diagram; moves that any state may make to the same end are drawn once, from "any open state"."""
    lines = ["stateDiagram-v2", f"    [*] --> {track.initial}"]
    lines += [f"    {state}: {track.labels[state]}" for state in track.states]
    for row in track.rows:
        sources = row.sources if len(row.sources) < len(track.open_states) - 2 else ("any_open_state",)
        lines += [f"    {source} --> {row.to}: {row.label}" for source in sources]
    if any("any_open_state" in line for line in lines):
        lines.insert(2, "    any_open_state: Any open state")
    lines += [f"    {state} --> [*]" for state in track.ended]
    return "\n".join(lines)


def _words(name: str) -> str:
    return name.replace("_", " ")


FORMATS = {"text": as_text, "markdown": as_markdown, "mermaid": as_mermaid}

"""A track's table in the forms that people read: text, Markdown, a Mermaid diagram, a page; and as data.

`python -m casework.track_table` prints docs/states.md, the page of all tracks.
"""

from typing import Any

from states.effects import EFFECTS, Effect
from states.track import Row, Track
from states.tracks import TRACKS
from states.tracks.school import SCHOOL

# A page without one policy's letters would not speak to officers; any other policy's are in its own file.
PAGE_POLICY = "norfolk-2013"

# A diagram draws this many moves of a row one by one; more of them start from one box for all.
DRAWN_SINGLY = 5

# Where a case stands: black on GOV.UK's yellow, and a thick line for those who see no colour.
MARK = "fill:#fd0,stroke:#0b0c0c,stroke-width:4px,color:#0b0c0c"


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
    lines = [f"{row.trigger}: {row.label}", f"    from {', '.join(row.sources)}", f"    to   {_to(row)}"]
    if row.guards:
        lines.append(f"    if   {', '.join(_words(guard.__name__) for guard in row.guards)}")
    return lines


def as_markdown(track: Track) -> str:
    head = ["| Move | Trigger | From | To | Only if | Letter |", "|---|---|---|---|---|---|"]
    return "\n".join([*head, *(_row_markdown(row) for row in track.rows)])


def _row_markdown(row: Row) -> str:
    guards = "; ".join(_words(guard.__name__) for guard in row.guards)
    cells = (row.label, f"`{row.trigger}`", ", ".join(row.sources), _to(row), guards, ", ".join(row.letters))
    return f"| {' | '.join(cells)} |"


def _to(row: Row) -> str:
    return "the same" if row.stays else row.to


def as_mermaid(track: Track) -> str:
    """A state diagram, in which a move that nearly every open state has is drawn once, from a box that says so."""
    boxes = dict(_box(track, row) for row in track.rows if _is_shared(row))
    lines = ["stateDiagram-v2", *(f"    {box}: {label}" for box, label in boxes.items())]
    lines += [f"    {state}: {track.labels[state]}" for state in track.states]
    lines += [f"    [*] --> {track.initial}"]
    lines += [
        f"    {source} --> {row.to}: {row.label}"
        for row in track.rows
        for source in ((_box(track, row)[0],) if _is_shared(row) else row.sources)
    ]
    lines += [f"    {state} --> [*]" for state in track.ended]
    return "\n".join(lines)


def place_as_mermaid(track: Track, here: str) -> str:
    """Where one case stands, marked, with the moves that lead there and away: the whole track is too fine to read."""
    pairs = [(source, row) for row in track.rows for source in row.sources if here in (source, row.to)]
    moves: dict[tuple[str, str], list[str]] = {}
    for source, row in pairs:
        moves.setdefault((source, row.to), []).append(row.label)
    states = dict.fromkeys(state for move in moves for state in move) or {here: None}
    return "\n".join(
        [
            "stateDiagram-v2",
            "    direction LR",
            *(f"    {state}: {track.label_of(state)}" for state in states),
            *(f"    {source} --> {to}: {' / '.join(labels)}" for (source, to), labels in moves.items()),
            f"    classDef here {MARK}",
            f"    class {here} here",
        ]
    )


def _is_shared(row: Row) -> bool:
    return len(row.sources) > DRAWN_SINGLY


def _box(track: Track, row: Row) -> tuple[str, str]:
    """The name and the words of the box from which a shared row starts; no move ends where it began, box or not."""
    missing = [state for state in track.open_states if state not in (*row.sources, row.to)]
    if not missing:
        return "any_open_state", "Any open state"
    but = " or ".join(track.labels[state] for state in missing)
    return f"any_open_state_but_{'_or_'.join(missing)}", f"Any open state but {but}"


def document() -> str:
    """The whole of docs/states.md, without its last line break."""
    head = (
        "# The tracks\n\n"
        "Every life that this system follows is a table of moves in `states/tracks/`; nothing else changes a state.\n"
        f"Categories are those of the policy {PAGE_POLICY}. This page is made from the tables: run `make docs`, and\n"
        "do not edit it here.\n"
    )
    return "\n".join([head, *(_chapter(track) for track in TRACKS.values()), _effects_markdown()]).rstrip()


def _effects_markdown() -> str:
    """What a move in one track means for another; `proposed` waits for an officer, `automatic` for nobody."""
    head = ["## Effects", "", "| When | Then | Who | Why |", "|---|---|---|---|"]
    return "\n".join([*head, *(_effect_markdown(effect) for effect in EFFECTS)])


def _effect_markdown(effect: Effect) -> str:
    target = TRACKS[effect.target]
    move = "opens" if effect.opens else next(row.label for row in target.rows if row.trigger == effect.trigger)
    when = f"{effect.track}: {TRACKS[effect.track].label_of(effect.state)}"
    return f"| {when} | {effect.target}: {move} (`{effect.trigger}`) | {effect.how} | {effect.why} |"


def _chapter(track: Track) -> str:
    return (
        f"## {track.name.capitalize()}\n\n### States\n\n{_states_markdown(track)}\n\n"
        f"### Moves\n\n{as_markdown(track)}\n\n### Diagram\n\n```mermaid\n{as_mermaid(track)}\n```\n"
    )


def _states_markdown(track: Track) -> str:
    if track is not SCHOOL:
        rows = [f"| `{state}` | {track.labels[state]} |" for state in track.states]
        return "\n".join(["| State | Label |", "|---|---|", *rows])
    letters = _letters()
    rows = [f"| `{state}` | {track.labels[state]} | {letters.get(state, '')} |" for state in track.states]
    return "\n".join(["| State | Label | Category |", "|---|---|---|", *rows])


def _letters() -> dict[str, str]:
    """State → letter, for each state that the page's policy gives one."""
    from states.policy import load_policy  # noqa: PLC0415  # only the page needs it; `casework table` stays fast

    return {state: category.letter for category in load_policy(PAGE_POLICY).categories for state in category.states}


def _words(name: str) -> str:
    return name.replace("_", " ")


FORMATS = {"text": as_text, "markdown": as_markdown, "mermaid": as_mermaid}

if __name__ == "__main__":
    print(document())  # noqa: T201  # this is what it is run for

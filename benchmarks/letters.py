"""How many letters a second, as email, text and PDF, on two threads; how many times WeasyPrint; and in how much memory.

`python benchmarks/letters.py`, and benchmarks/README.md for what the figures mean. WeasyPrint is only measured against:
`pip install -e '.[bench]'`, and pango of the system (Debian: `apt install libpangoft2-1.0-0 libharfbuzz-subset0`).
Where it is not there, its ratio is left out and the benchmark says so.
"""

import argparse
import importlib
import json
import resource
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from html import escape
from itertools import islice
from pathlib import Path
from typing import Any

import fontpkg_arimo
from timing import in_short, machine, piece, table

from notifications.email import email_message
from notifications.examples import example_letter
from notifications.letter import Letter
from notifications.letterhead import Letterhead, stationery
from notifications.pdf import Typesetter, address_lines
from notifications.render import Composed, compose
from notifications.wording import Wording

KIND = "progress_chaser"  # one page, with a list and a heading or two, as most letters are
THREADS = 2
MEASURED, LONG_RUN, BY_WEASYPRINT = 400, 5_000, 30
# What is claimed.
AT_LEAST_A_SECOND = 100.0
AT_LEAST_TIMES = 8.0
AT_MOST_GROWTH = 1.1  # of the memory after the first tenth of the long run

# The same page for WeasyPrint: address in the window, contact block, the letter below, reference and page numbers.
FONT = next(Path(fontpkg_arimo.__file__).parent.rglob("Arimo[[]*.ttf")).as_uri()
PAGE = f"""
@font-face {{ font-family: Arimo; src: url("{FONT}") }}
@page {{ size: A4; margin: 20mm 24mm 15mm; font: 10pt Arimo; @bottom-left {{ content: string(reference) }}
  @bottom-right {{ content: "Page " counter(page) " of " counter(pages) }} }}
body {{ font: 12pt/1.2 Arimo !important; padding: 0 !important }}
.name, .address, .contact, .reference {{ position: absolute; top: 20.5mm; font-size: 10.5pt; line-height: 1.15 }}
.name {{ top: -6mm; font-size: 18pt }}
.contact {{ left: 104mm }}
.reference {{ string-set: reference content(); top: 60mm }}
.letter {{ padding-top: 70mm }}
.letter > * {{ margin: 0.6em 0 !important }}
.letter > p:nth-child(-n+2), .letter > p:last-child {{ display: none }}  /* head and foot of the email */
"""
LEFT_OUT = (
    "WeasyPrint was left out. To compare with it: pip install -e '.[bench]', and on Debian apt install "
    "libpangoft2-1.0-0 libharfbuzz-subset0."
)

Said = dict[str, Any]
Setter = Callable[[Composed, Letter], bytes]


def letters(count: int) -> Iterator[Letter]:
    """The same letter to as many schools, so that no two are alike."""
    example = example_letter(KIND)
    for urn in range(100_000, 100_000 + count):
        school = replace(example.school, urn=urn, name=f"High Heath Primary School {urn}")
        yield replace(example, school=school, reference=f"PC-{urn}-4-C")


def make(some: Iterator[Letter], wording: Wording, setter: Setter) -> int:
    """Each letter as text, HTML, PDF and the email that carries them; how many there were."""
    made = 0
    for letter in some:
        composed = compose(letter, wording)
        made += bool(email_message(letter, composed, setter(composed, letter)).as_bytes())
    return made


def desk(threads: int) -> Callable[[int], int]:
    """A compiler for each thread, and one wording; what is handed back makes as many letters as it is told."""
    wording, setters = Wording(), [Typesetter().pdf for _ in range(threads)]

    def made(count: int) -> int:
        shares = [islice(letters(count), first, None, threads) for first in range(threads)]
        with ThreadPoolExecutor(threads) as pool:
            return sum(pool.map(lambda share, setter: make(share, wording, setter), shares, setters))

    return made


def typst(count: int, threads: int = THREADS) -> int:
    return desk(threads)(count)


def by_weasyprint(count: int) -> int:
    """On one thread: it holds the interpreter, and is not safe on several."""
    weasyprint = importlib.import_module("weasyprint")
    fonts = importlib.import_module("weasyprint.text.fonts").FontConfiguration()
    style, letterhead = weasyprint.CSS(string=PAGE, font_config=fonts), stationery(None).letterhead

    def setter(composed: Composed, letter: Letter) -> bytes:
        page = weasyprint.HTML(string=_as_page(composed, letter, letterhead))
        return bytes(page.write_pdf(stylesheets=[style], font_config=fonts, pdf_variant="pdf/ua-1"))

    return make(letters(count), Wording(), setter)


def _as_page(composed: Composed, letter: Letter, letterhead: Letterhead) -> str:
    """The HTML of the email with what only paper has put before it."""
    address, contact = ("<br>".join(map(escape, one)) for one in (address_lines(letter), letterhead.contact_of(letter)))
    known = {"name": letter.sender.authority, "address": address, "contact": contact, "reference": letter.reference}
    boxes = "".join(f'<p class="{part}">{text}</p>' for part, text in known.items())
    head, body = composed.html.split('<div style="max-width:38em">', 1)
    return f'{head}{boxes}<div class="letter">{body}'


PIECES: dict[str, Callable[[int], int]] = {
    "typst": typst,
    "one_thread": lambda n: typst(n, 1),
    "weasyprint": by_weasyprint,
}


def measure(name: str, count: int) -> Said:
    """One piece in this process: what comes before the first letter is not counted."""
    PIECES[name](4)
    began, cpu = time.perf_counter(), time.process_time()
    made = PIECES[name](count)
    return {
        "made": made,
        "per_second": made / (time.perf_counter() - began),
        "cpu_ms": 1000 * (time.process_time() - cpu) / made,
        "peak_mib": _peak_mib(),
    }


def memory(_name: str, count: int) -> Said:
    """The peak after a tenth of a long run at one desk, and after all of it."""
    made = desk(THREADS)
    made(count // 10)
    first = _peak_mib()
    made(count - count // 10)
    return {"first_mib": first, "peak_mib": _peak_mib()}


def _peak_mib() -> int:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def has_weasyprint() -> str:
    """Why there is nothing to compare with; "" if there is."""
    try:
        importlib.import_module("weasyprint")
    except (ImportError, OSError) as error:
        return f"{type(error).__name__}: {str(error).splitlines()[0]}"
    return ""


def main() -> None:
    asked = _asked()
    if asked.piece:
        print(json.dumps((memory if asked.piece == "memory" else measure)(asked.piece, asked.letters)))
        return
    missing = has_weasyprint()
    rounds = [_round(asked.letters, alone=bool(missing)) for _ in range(asked.rounds)]
    kept = piece(Path(__file__), "memory", "--letters", asked.long_run)
    result = {
        "machine": machine(),
        "rounds": asked.rounds,
        "letters": asked.letters,
        "long_run": asked.long_run,
        "pieces": [_figures(name, rounds) for name in rounds[0]],
        "memory": kept,
        "claims": list(_claims(rounds, kept)),
        "left_out": missing,
    }
    print(json.dumps(result, indent=2) if asked.json else _as_text(result))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("piece", nargs="?", choices=[*PIECES, "memory"], help="one piece alone, in this process")
    parser.add_argument("--letters", type=int, default=MEASURED, help=f"in each round (default {MEASURED})")
    parser.add_argument("--long-run", type=int, default=LONG_RUN, help=f"letters for memory (default {LONG_RUN:,})")
    parser.add_argument("--rounds", type=int, default=3, help="how often each piece is measured (default 3)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    return parser.parse_args()


def _round(count: int, *, alone: bool) -> dict[str, Said]:
    """Each piece in a process of its own, one after another, so that a busy minute weighs on all."""
    counts = {"typst": count, "one_thread": count, "weasyprint": min(count, BY_WEASYPRINT)}
    if alone:
        del counts["weasyprint"]
    return {name: piece(Path(__file__), name, "--letters", number) for name, number in counts.items()}


def _figures(name: str, rounds: list[dict[str, Said]]) -> Said:
    mine = [one[name] for one in rounds]
    return {
        "name": name,
        "per_second": in_short([one["per_second"] for one in mine]) | {"max": max(one["per_second"] for one in mine)},
        "cpu_ms": in_short([one["cpu_ms"] for one in mine]),
        "peak_mib": max(one["peak_mib"] for one in mine),
    }


def _claims(rounds: list[dict[str, Said]], kept: Said) -> Iterator[Said]:
    """A speed is judged by the best round, for neighbours only slow it."""
    best = max(one["typst"]["per_second"] for one in rounds)
    yield _claim(f"letters a second, {THREADS} threads", best, AT_LEAST_A_SECOND, best >= AT_LEAST_A_SECOND)
    if "weasyprint" in rounds[0]:
        ratio = best / max(one["weasyprint"]["per_second"] for one in rounds)
        yield _claim(f"times WeasyPrint, {THREADS} threads by its one", ratio, AT_LEAST_TIMES, ratio >= AT_LEAST_TIMES)
        costs = sorted(one["weasyprint"]["cpu_ms"] / one["one_thread"]["cpu_ms"] for one in rounds)
        cost = costs[len(costs) // 2]
        yield _claim("times WeasyPrint, of processor time", cost, AT_LEAST_TIMES, cost >= AT_LEAST_TIMES)
    growth = kept["peak_mib"] / kept["first_mib"]
    yield _claim("memory, the end ÷ after a tenth", growth, AT_MOST_GROWTH, growth <= AT_MOST_GROWTH)


def _claim(what: str, value: float, limit: float, met: bool) -> Said:  # noqa: FBT001
    return {"what": what, "value": round(value, 2), "limit": limit, "met": met}


def _as_text(result: Said) -> str:
    claims = [
        [one["what"], f"{one['limit']:g}", f"{one['value']:g}", "yes" if one["met"] else "NO"]
        for one in result["claims"]
    ]
    about = ", ".join(f"{name} {value}" for name, value in result["machine"].items())
    counts = f"{result['letters']} letters a round, {result['rounds']} round(s); {result['long_run']:,} for memory"
    parts = [
        table(["Piece", "best a second", "median", "ms of processor each", "MiB"], list(map(_row, result["pieces"]))),
        table(["Claim", "limit", "measured", "met"], claims),
        f"{counts}; {about}.",
    ]
    return "\n\n".join([*parts, *([f"{LEFT_OUT} Python says: {result['left_out']}"] if result["left_out"] else [])])


def _row(one: Said) -> list[str]:
    speed, cost = one["per_second"], one["cpu_ms"]["median"]
    return [one["name"], f"{speed['max']:.1f}", f"{speed['median']:.1f}", f"{cost:.1f}", str(one["peak_mib"])]


if __name__ == "__main__":
    main()

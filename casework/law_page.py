"""docs/law.md: the law as the rules hold it, each value beside its citation, and what the law leaves to the policy.

`python -m casework.law_page` prints the page. It is made from states.law and says nothing of its own about the law.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import TypeVar

from states.clocks.values import TITLES
from states.dates import in_words
from states.law import LAW, Regime
from states.law.academy_orders import ACADEMY_ORDERS
from states.law.cited import Cited
from states.law.inspections import requires_significant_improvement, special_measures
from states.law.notices import COPIES, GROUNDS, LOW, PAY_CONTENTS, PAY_GROUND
from states.law.powers import POWERS, REVIEW_BEFORE, WINDOW_MONTHS, Power
from states.policy import load_policy

Name = TypeVar("Name", bound=StrEnum)

PAGE_POLICY = "norfolk-2013"
SAME_SINCE_2016 = (
    "A warning notice is the same under `cwsa-2026` as under `eaa-2016`. What the Act of 2026 does to pay notices "
    "(s60A) was not checked."
)
HEAD = """\
# The law

What `states/law/` holds, with its citations; not legal advice. The law is that of the day of the act: of a warning
notice, the day on which it was given. No policy can change what stands here. This page is made from the code: run
`python -m casework.law_page > docs/law.md`, and do not edit it.
"""


def document() -> str:
    """The whole of docs/law.md, without its last line break."""
    chapters = (_regimes(), _notices(), _powers(), _academy_orders(), _inspections(), _left_open(), _clocks())
    return "\n".join([HEAD, *chapters]).rstrip()


def _regimes() -> str:
    rows = [(f"`{one.name}`", in_words(one.since), one.title) for one in LAW.regimes]
    parts = [_table(("Regime", "Acts from", "Law"), rows), *(_regime(one) for one in LAW.regimes[:2]), _savings()]
    return _chapter("Three regimes", *parts, SAME_SINCE_2016)


def _regime(regime: Regime) -> str:
    heard = {f"representations ({kind})": who for kind, who in regime.representations.items()}
    values: dict[str, Cited[object] | None] = {
        "initial period, working days": regime.period_working_days,
        "compliance period": regime.compliance_period,
        **heard,
        "refers to": regime.refers_to,
        "before powers are used": regime.reasonable_notice,
        "Secretary of State": regime.ends_authority_notice,
    }
    rows = [(name, str(one.value), one.citation) for name, one in values.items() if one]
    return f"Of a notice under `{regime.name}`:\n\n{_table(('What', 'Rule', 'Source'), rows)}"


def _savings() -> str:
    rows = [
        (one.what, f"before {in_words(one.made_before)}", f"{one.citation}{_ours(one.our_reading)}")
        for one in LAW.regimes[-1].savings
    ]
    return _table(("Saved", "Made", "Source"), rows)


def _ours(our_reading: bool) -> str:  # noqa: FBT001  # says what it marks
    return " (our reading)" if our_reading else ""


def _notices() -> str:
    contents = [f"Under `{one.name}` it sets out:\n\n{_cited('Content', one.contents)}" for one in LAW.regimes[:2]]
    copies = f"Copies, at the same time, as far as they apply to the school:\n\n{_cited('To', COPIES)}"
    pay = f"Ground of a pay notice (s60A): {PAY_GROUND.value} ({PAY_GROUND.citation}). It sets out the same but for:"
    return _chapter(
        "Warning notices",
        _cited("Ground", GROUNDS),
        _cited("Low by reference to", LOW),
        *contents,
        f"{pay}\n\n{_cited('Content', PAY_CONTENTS)}",
        f"{copies}\n\nThat a pay notice goes in copy to the same is our reading.",
    )


def _cited(head: str, values: Mapping[Name, Cited[str]]) -> str:
    return _table((head, "Words", "Source"), [(f"`{name}`", one.value, one.citation) for name, one in values.items()])


def _powers() -> str:
    rows = [
        (one.section, one.does, ", ".join(one.windowed_for) or "never", _first(one), one.citation)
        for one in POWERS.values()
    ]
    month = WINDOW_MONTHS.value
    said = f"The window is {month} months following the end of the compliance period ({WINDOW_MONTHS.citation})."
    review = f"A suspended budget is reviewed before each financial year ({REVIEW_BEFORE.citation})."
    return _chapter(
        "Powers", _table(("Section", "What it does", "Window after", "First", "Source"), rows), said, review
    )


def _first(power: Power) -> str:
    asked = {"consult": power.consult, "consent of the Secretary of State": power.consent_of_secretary_of_state}
    return ", ".join(name for name, asks in asked.items() if asks)


def _academy_orders() -> str:
    rows = [(in_words(one.since), ", ".join(one.must) or "none", one.citation) for one in ACADEMY_ORDERS]
    return _chapter(
        "Academy orders",
        _table(("From", "Must, for schools under", "Source"), rows),
        "Any other school that is eligible for intervention may get one.",
    )


def _inspections() -> str:
    return _chapter(
        "Report cards since 10 November 2025",
        _table(
            ("Outcome", "When"),
            [(_spoken(one), one.__doc__ or "") for one in (special_measures, requires_significant_improvement)],
        ),
    )


def _spoken(function: Callable[..., bool]) -> str:
    return function.__name__.replace("_", " ")


def _left_open() -> str:
    rules = load_policy(PAGE_POLICY).deadlines
    rows = [(f"`{name}`", str(value)) for name, value in rules]
    return _chapter(f"Left to the policy ({PAGE_POLICY}, `[deadlines]`)", _table(("Setting", "Default"), rows))


def _clocks() -> str:
    return _chapter(
        "Clocks", _table(("Name", "Read out as"), [(f"`{name}`", f"{said} …") for name, said in TITLES.items()])
    )


def _chapter(title: str, *parts: str) -> str:
    return "\n\n".join([f"## {title}", *parts]) + "\n"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return "\n".join(_lines(head, rows))


def _lines(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


if __name__ == "__main__":
    print(document())  # noqa: T201  # this is what it is run for

"""The powers of intervention that an authority has over a maintained school, and what each one asks for first.

Source: Education and Inspections Act 2006, ss63-66. The texts before and from 18 April 2016 agree on what stands here,
but where the citation says otherwise.
Not here: the Secretary of State's own powers (ss67-69), and the school that is eligible in the first place (notices).
"""

from dataclasses import dataclass
from enum import StrEnum

from states.law.cited import EIA, SSFA, Cited


class Door(StrEnum):
    """The section by which a school is eligible for intervention."""

    S60 = "s60"
    S60A = "s60A"
    S61 = "s61"
    S62 = "s62"


BY_NOTICE = (Door.S60, Door.S60A)


@dataclass(frozen=True, slots=True)
class Power:
    """One power: its section, what it does, who must be asked, and the doors whose two-month window binds it."""

    section: str
    does: str
    citation: str
    doors: tuple[Door, ...] = tuple(Door)
    windowed_for: tuple[Door, ...] = BY_NOTICE
    consult: bool = False
    consent_of_secretary_of_state: bool = False
    barred_after_section_67: str = ""  # citation, where the Secretary of State's own use of section 67 bars it

    @property
    def label(self) -> str:
        return f"section {self.section}"

    def has_window(self, door: Door) -> bool:
        """Whether the power may only be used within two months of the end of the compliance period."""
        return door in self.windowed_for


POWERS = {
    power.section: power
    for power in (
        Power(
            "63",
            "requires the governing body to enter into arrangements: advice, collaboration or federation",
            f"{EIA}, s63(1)-(3)",
            doors=(Door.S60, Door.S61, Door.S62),
            windowed_for=(Door.S60,),
            consult=True,
        ),
        Power(
            "64",
            "appoints additional governors",
            f"{EIA}, s64(1)-(3)",
            barred_after_section_67=f"{EIA}, s64(1A), which later text omits",
        ),
        Power(
            "65",
            "puts an interim executive board in the place of the governing body",
            f"{EIA}, s65",
            windowed_for=(),
            consult=True,
            consent_of_secretary_of_state=True,
        ),
        Power(
            "66",
            "suspends the governing body's right to a delegated budget, from the receipt of the notice",
            f"{EIA}, s66(1)-(4)",
            barred_after_section_67=f"{EIA}, s67(6)(a)",
        ),
    )
}

WINDOW_MONTHS = Cited(2, f"{EIA}, ss63(3), 64(2) and 66(2)")

# The review of a suspended budget: Schedule 15, paragraph 2.
REVIEW_BEFORE = Cited((4, 1), f"{SSFA}, Sch 15 para 2")  # month and day on which a financial year begins
REVIEW_SPARED_MONTHS = Cited(2, f"{SSFA}, Sch 15 para 2")


def powers_through(door: Door) -> tuple[Power, ...]:
    """The powers that a school's eligibility opens; a pay notice (s60A) does not open section 63."""
    return tuple(power for power in POWERS.values() if door in power.doors)

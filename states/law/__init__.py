"""The law on schools causing concern in England, as dated and cited values. No council may change what stands here.

One module a subject: notices, powers, academy_orders, inspections, and the regimes that put them together. What an
authority may choose stands in its policy; what follows from both, on which day, in states.clocks.
"""

from states.law.regimes import LAW, BeforeTheLaw, HeardBy, Law, Regime, Saving

__all__ = ["LAW", "BeforeTheLaw", "HeardBy", "Law", "Regime", "Saving"]

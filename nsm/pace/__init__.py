"""Are we on pace? Actual against plan by period, and the chance of reaching the target."""

from nsm.pace.chance import Chance, chance_of
from nsm.pace.plan import PERIODS, Pace, how_it_adds, paces, period_of, silent

__all__ = ["PERIODS", "Chance", "Pace", "chance_of", "how_it_adds", "paces", "period_of", "silent"]

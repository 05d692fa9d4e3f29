"""Is this week's value usual, given the metric's own past? Signal or noise, as pure arithmetic."""

from nsm.signals.extremes import FEWEST_FOR_SUPERLATIVE, Extreme, extreme
from nsm.signals.judging import Chart, Signal, UsualRange, judge, usual_range
from nsm.signals.model import FEWEST_WEEKS
from nsm.signals.moves import Moves, moves
from nsm.signals.rules import Rule, signal_key

__all__ = [
    "FEWEST_FOR_SUPERLATIVE",
    "FEWEST_WEEKS",
    "Chart",
    "Extreme",
    "Moves",
    "Rule",
    "Signal",
    "UsualRange",
    "extreme",
    "judge",
    "moves",
    "signal_key",
    "usual_range",
]

"""Two simulated stars, the truth about them, and the way into a store."""

from nsm.demo.fill import demo_star, fill_demo, first_day, simulate
from nsm.demo.truth import DEFAULT_SEED, TRUTH, Truth, truth_of

__all__ = [
    "DEFAULT_SEED",
    "TRUTH",
    "Truth",
    "demo_star",
    "fill_demo",
    "first_day",
    "simulate",
    "truth_of",
]

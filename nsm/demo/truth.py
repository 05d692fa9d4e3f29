"""What is true in the simulated stars: the table that the generator, the screens and tests read.

Everything else about the demo may be admired; this may be checked.
"""

from __future__ import annotations

from dataclasses import dataclass

from nsm.errors import InputError

# About one page in fifteen shows something that is not there, as chance will. Users get the first
# seed from 1 on whose pages say exactly the truth; tests/test_demo.py tries others.
DEFAULT_SEED = 2

LEADS, FOLLOWS, TOGETHER, NONE = "leads", "follows", "together", "none"


@dataclass(frozen=True, slots=True)
class Truth:
    """How ``metric`` stands to ``target`` in a simulated star, by construction.

    ``relation`` is a verdict of the lead test: *leads* (the metric comes first), *follows* (the
    target does), *together* (the same week only) or *none*. ``lag_weeks`` is how many weeks lie
    between the two, None where nothing does. ``effect`` is what 1 % more of the one makes of the
    other, in percent, after so many weeks.
    """

    star: str
    metric: str
    target: str
    relation: str
    lag_weeks: int | None
    effect: float


TRUTH = (
    Truth("music", "sessions_per_week", "listening_minutes", LEADS, 3, 0.40),
    Truth("music", "songs_shared", "listening_minutes", LEADS, 1, 0.18),
    Truth("music", "session_length", "listening_minutes", FOLLOWS, 1, 0.50),
    Truth("music", "premium_subscribers", "listening_minutes", TOGETHER, 0, 1.50),
    Truth("music", "recommendations_played", "listening_minutes", NONE, None, 0.0),
    Truth("restaurant", "activation", "orders_per_customer", LEADS, 3, 0.45),
    Truth("restaurant", "visit_frequency", "orders_per_customer", LEADS, 1, 0.35),
    Truth("restaurant", "registrations", "orders_per_customer", FOLLOWS, 1, 0.90),
    Truth("restaurant", "offers_opened", "orders_per_customer", NONE, None, 0.0),
    # The results: the star comes first, the business after.
    Truth("music", "listening_minutes", "revenue", LEADS, 4, 0.60),
    Truth("music", "listening_minutes", "retention", LEADS, 2, 0.30),
    Truth("restaurant", "orders_per_customer", "revenue", LEADS, 2, 0.80),
    Truth("restaurant", "orders_per_customer", "retention", LEADS, 3, 0.50),
)


def truth_of(star: str, target: str) -> dict[str, Truth]:
    """What is true of the metrics that stand beside ``target``, by metric key."""
    return {row.metric: row for row in TRUTH if row.star == star and row.target == target}


def check_seed(seed: int) -> None:
    """Raise InputError for a number that no world can be made of."""
    if seed < 0:
        raise InputError(f"The seed {seed} cannot be used.", "Choose 0 or any whole number above.")

"""The simulated music service: time spent listening by subscribers, and what moves with it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nsm.demo.events import Happening, Holiday, Plan, every, factors, notes, targets
from nsm.demo.shapes import Course, Simulated, Weekly, World, later, on_days, persistent, without
from nsm.demo.truth import truth_of

STAR = "listening_minutes"
LISTENING = Course(growth=5.0, year=3.0, year_peak=20, half=1.2, half_peak=170)
SUBSCRIBERS = Course(growth=6.0)
MINUTES_A_DAY = 6_460_000.0
BREAK_WEEK, SHARE_CARDS_WEEK, MIXES_WEEK = 50, 112, 143
BREAK_FACTOR = 0.92

# Monday to Sunday.
COMMUTE = (1.04, 1.05, 1.05, 1.04, 1.06, 0.93, 0.83)
EVENINGS = (0.94, 0.95, 0.96, 0.99, 1.08, 1.10, 0.98)
OFFICE = (1.08, 1.08, 1.07, 1.05, 1.02, 0.85, 0.85)
EVEN = (1.0,) * 7

HOLIDAYS = (
    Holiday("New Year's Day", every(1, 1), 0.88),
    Holiday("Labour Day", every(5, 1), 0.94),
    Holiday("Christmas Day", every(12, 25), 0.84),
)

HAPPENINGS = (
    Happening(
        BREAK_WEEK, 0, "Muted playback no longer counts: the level drops by 8 %", "break", STAR
    ),
    Happening(22, 3, "Playback log lost on this day", "note", STAR),
    Happening(SHARE_CARDS_WEEK, 1, "Share cards in the player", "work", "songs_shared"),
    Happening(131, 1, "Share counter down for two days", "note", "songs_shared"),
    Happening(MIXES_WEEK, 2, "Welcome mixes for new subscribers", "work", "sessions_per_week"),
)


def simulate(world: World) -> Simulated:
    """Daily history of every measured metric of the music star, its events and its plan."""
    week = _weekly(world)
    holidays = factors(HOLIDAYS, world.first, world.last)
    listening = on_days(world.spread(STAR, week[STAR], COMMUTE), holidays)
    shares = world.spread("songs_shared", week["songs_shared"], EVENINGS, 3.0)
    newcomers = world.spread("new_subscribers", week["new_subscribers"], EVEN, 0.3)
    sessions = world.spread("sessions_per_week", week["sessions_per_week"] / 7, COMMUTE)
    due = world.spread("due", week["due"], EVEN, 4.0)
    renewed = due * world.spread("retention", week["retention"], EVEN, 0.3)
    days = {
        STAR: without(listening, [world.day_of(22, 3)]).round(),
        "premium_subscribers": world.held("premium_subscribers", week["premium_subscribers"]),
        "session_length": world.spread("session_length", week["session_length"], EVENINGS, 1.0),
        "new_sessions": sessions * newcomers,
        "new_subscribers": newcomers,
        "songs_shared": without(shares, [world.day_of(131, 1), world.day_of(131, 2)]),
        "recommendations_played": world.spread(
            "recommendations_played", week["recommendations_played"], OFFICE, 2.0
        ),
        "revenue": world.spread("revenue", week["revenue"], EVEN, 2.0),
        "renewed": renewed,
        "due": due,
        "playback_errors": world.spread("playback_errors", week["playback_errors"], EVEN, 5.0),
    }
    rates = {"session_length": 2, "playback_errors": 2}
    frame = pd.DataFrame(days).round({key: rates.get(key, 0) for key in days})
    return Simulated(
        frame,
        notes(world, HAPPENINGS, HOLIDAYS),
        targets(world, _plans(world)),
        world.day_of(BREAK_WEEK),
    )


def _weekly(world: World) -> dict[str, Weekly]:
    """A day's level of every series, week by week: where the truth is made."""
    truth = truth_of("music", STAR)
    early = world.noise("sessions_per_week", 2.4) + 0.05 * world.only(MIXES_WEEK)
    sessions = persistent(early, 0.3)
    social = world.noise("songs_shared", 5.0) + 0.12 * world.only(SHARE_CARDS_WEEK)
    shares = persistent(social, 0.25)
    # Subscribers move in the same week: news of them is news of the star, and then both go on
    # by themselves, so that yesterday's subscribers say nothing more about tomorrow.
    joined = world.noise("premium_subscribers", 0.5)
    moved = (
        truth["sessions_per_week"].effect * later(sessions, 3)
        + truth["songs_shared"].effect * later(shares, 1)
        + truth["premium_subscribers"].effect * joined
        + world.noise(STAR, 0.8)
    )
    star = persistent(moved, 0.35)
    length = world.follower("session_length", star, truth["session_length"], 0.8)
    revenue = world.follower("revenue", star, truth_of("music", "revenue")[STAR], 0.9)
    retention = world.follower("retention", star, truth_of("music", "retention")[STAR], 0.45)
    broken = np.log(BREAK_FACTOR) * world.since(BREAK_WEEK)
    alone = persistent(world.noise("recommendations_played", 3.0), 0.6)
    errors = persistent(world.noise("playback_errors", 6.0), 0.4)
    return world.levels(
        {
            STAR: (MINUTES_A_DAY, LISTENING, star + broken),
            "premium_subscribers": (352_000.0, SUBSCRIBERS, persistent(joined, 0.9)),
            "session_length": (27.6, Course(1.0, 1.5, 15), length),
            "sessions_per_week": (4.05, Course(0.8, 1.8, 10), sessions),
            "songs_shared": (41_000.0, Course(9.0, 5.0, 190), shares),
            "recommendations_played": (518_000.0, Course(6.0, 4.0, 25), alone),
            "new_subscribers": (
                58_000.0,
                Course(4.0, 5.0, 15),
                world.swing("new_subscribers", 0.7),
            ),
            "revenue": (128_000.0, Course(6.5, 1.0, 350), revenue),
            "retention": (0.935, Course(0.2, 0.2, 100), retention),
            "due": (11_600.0, Course(6.0, 2.0, 30), world.swing("due", 1.5)),
            "playback_errors": (6.2, Course(-6.0), errors),
        }
    )


def _plans(world: World) -> tuple[Plan, ...]:
    return (
        Plan(STAR, MINUTES_A_DAY * 1.005, LISTENING, True, world.day_of(BREAK_WEEK), BREAK_FACTOR),
        Plan("premium_subscribers", 352_000.0, SUBSCRIBERS, False),
        Plan("sessions_per_week", 4.06, Course(1.2, 1.8, 10), False),
    )

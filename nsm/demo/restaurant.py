"""The simulated app of a quick-service restaurant: digital orders per customer."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nsm.demo.events import Happening, Holiday, Plan, every, factors, notes, targets, thanksgiving
from nsm.demo.shapes import Course, Simulated, Weekly, World, later, on_days, persistent, without
from nsm.demo.truth import truth_of

STAR = "orders_per_customer"
ORDERS = Course(growth=3.0, year=2.2, year_peak=195, half=0.8, half_peak=85)
ACTIVATION = Course(growth=1.0, year=1.5, year_peak=180)
VISITS = Course(growth=1.2, year=2.0, year_peak=190)
ORDERS_A_MONTH = 2.94
BREAK_WEEK, REORDER_WEEK, FIRST_ORDER_WEEK, REDEFINED_WEEK = 48, 104, 139, 128
BREAK_FACTOR = 1.07

# Monday to Sunday.
LUNCHES = (0.92, 0.94, 0.97, 1.00, 1.15, 1.09, 0.93)
BROWSING = (0.96, 0.96, 0.98, 1.00, 1.08, 1.05, 0.97)
WORKDAYS = (1.09, 1.10, 1.08, 1.06, 1.02, 0.83, 0.82)
EVEN = (1.0,) * 7

HOLIDAYS = (
    Holiday("New Year's Day", every(1, 1), 0.90),
    Holiday("Independence Day", every(7, 4), 0.93),
    Holiday("Thanksgiving", thanksgiving, 0.86),
    Holiday("Christmas Day", every(12, 25), 0.82),
)

HAPPENINGS = (
    Happening(BREAK_WEEK, 0, "Loyalty programme relaunched: the level rises by 7 %", "break", STAR),
    Happening(31, 2, "Ordering log lost on this day", "note", "orders"),
    Happening(REORDER_WEEK, 1, "Reorder in one tap", "work", "visit_frequency"),
    Happening(126, 4, "Offers log lost on this day", "note", "offers_opened"),
    Happening(FIRST_ORDER_WEEK, 2, "First-order guide for new customers", "work", "activation"),
)


def simulate(world: World) -> Simulated:
    """Daily history of every measured metric of the restaurant star, its events and its plan."""
    week = _weekly(world)
    holidays = factors(HOLIDAYS, world.first, world.last)
    customers = world.spread("customers", week["customers"], EVEN, 0.2)
    orders = customers / 30 * on_days(world.spread(STAR, week[STAR], LUNCHES), holidays)
    registrations = world.spread("registrations", week["registrations"], BROWSING, 3.0)
    activated = registrations * world.spread("activation", week["activation"], EVEN, 1.0)
    visitors = world.spread("visitors", week["visitors"], EVEN, 0.3)
    visits = visitors * world.spread("visit_frequency", week["visit_frequency"] / 7, BROWSING)
    offers = world.spread("offers_opened", week["offers_opened"], WORKDAYS, 4.0)
    due = world.spread("due_back", week["due_back"], EVEN, 3.0)
    days = {
        "orders": without(orders, [world.day_of(31, 2)]),
        "customers": customers,
        "registrations": registrations,
        "activated": activated,
        "visits": visits,
        "visitors": visitors,
        "offers_opened": without(offers, [world.day_of(126, 4)]),
        "revenue": world.spread("revenue", week["revenue"], LUNCHES, 1.5),
        "due_back": due,
        "came_back": due * world.spread("retention", week["retention"], EVEN, 0.5),
        "wait_minutes": world.spread("wait_minutes", week["wait_minutes"], LUNCHES, 3.0),
    }
    frame = pd.DataFrame(days).round({key: 2 if key == "wait_minutes" else 0 for key in days})
    return Simulated(
        frame,
        notes(world, HAPPENINGS, HOLIDAYS),
        targets(world, _plans(world)),
        world.day_of(REDEFINED_WEEK),
    )


def _weekly(world: World) -> dict[str, Weekly]:
    """A day's level of every series, week by week: where the truth is made."""
    truth = truth_of("restaurant", STAR)
    welcomed = world.noise("activation", 2.4) + 0.05 * world.only(FIRST_ORDER_WEEK)
    activation = persistent(welcomed, 0.3)
    opened = world.noise("visit_frequency", 2.6) + 0.05 * world.only(REORDER_WEEK)
    visits = persistent(opened, 0.25)
    moved = (
        truth["activation"].effect * later(activation, 3)
        + truth["visit_frequency"].effect * later(visits, 1)
        + world.noise(STAR, 0.8)
    )
    star = persistent(moved, 0.3)
    registrations = world.follower("registrations", star, truth["registrations"], 1.6)
    revenue = world.follower("revenue", star, truth_of("restaurant", "revenue")[STAR], 1.1)
    retention = world.follower("retention", star, truth_of("restaurant", "retention")[STAR], 0.7)
    broken = np.log(BREAK_FACTOR) * world.since(BREAK_WEEK)
    offers = persistent(world.noise("offers_opened", 5.0), 0.5)
    wait = persistent(world.noise("wait_minutes", 2.5), 0.5)
    return world.levels(
        {
            STAR: (ORDERS_A_MONTH, ORDERS, star + broken),
            "customers": (1_120_000.0, Course(8.0, 1.0, 190), world.swing("customers", 0.4)),
            "registrations": (9_300.0, Course(4.0, 5.0, 170), registrations),
            "activation": (0.412, ACTIVATION, activation),
            "visitors": (1_610_000.0, Course(9.0, 1.2, 190), world.swing("visitors", 0.5)),
            "visit_frequency": (1.84, VISITS, visits),
            "offers_opened": (86_000.0, Course(5.0, 4.0, 340), offers),
            "revenue": (4_900_000.0, Course(4.5, 3.0, 195), revenue),
            "retention": (0.612, Course(0.8, 1.0, 190), retention),
            "due_back": (38_000.0, Course(8.0, 1.0, 190), world.swing("due_back", 1.2)),
            "wait_minutes": (6.8, Course(-3.0, 2.0, 195), wait),
        }
    )


def _plans(world: World) -> tuple[Plan, ...]:
    return (
        Plan(STAR, ORDERS_A_MONTH * 1.005, ORDERS, False, world.day_of(BREAK_WEEK), BREAK_FACTOR),
        Plan("activation", 0.415, ACTIVATION, False),
        Plan("visit_frequency", 1.85, VISITS, False),
    )

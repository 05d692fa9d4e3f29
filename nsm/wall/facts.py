"""What the wall shows of one metric, as plain facts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from nsm.model import Better

WEEKS_SHOWN = 13
WEEKS_OF_AN_INPUT = 6
INPUTS_SHOWN = 5
# What takes turns below the star: its weeks, each input, the clearest lead, the next target, the
# work that is running, and what was noted of the week.
Part = Literal["weeks", "inputs", "lead", "target", "work", "notes"]


@dataclass(frozen=True, slots=True)
class Running:
    """The week that is not over: what is there of it (None: nothing can be said yet)."""

    days: int
    expected: int
    so_far: float | None


@dataclass(frozen=True, slots=True)
class Tile:
    """One metric on the wall.

    ``weeks`` are the last complete weeks, oldest first, None for a hole; ``value`` is the newest
    of them that is known and ``week`` its first day. ``change`` is against the week before it, in
    ``change_unit`` ("percent" or "bps"). ``standing`` is "inside", "above" or "below" its usual
    range, "unknown", or for a signal inside the range its rule and side, as "run_above";
    ``record_weeks`` says in how many weeks it is the highest ("above") or lowest ("below").
    ``usual`` holds the usual range of each of ``weeks``. Of an input ``is_other_week`` says that
    ``week`` is not the star's. ``newest`` is the last day there is data for, ``days_late`` how many
    days more was due by the metric's own rhythm.
    """

    key: str
    name: str
    unit: str = ""
    better: Better = Better.UP
    value: float | None = None
    week: dt.date | None = None
    change: float | None = None
    change_unit: str = "percent"
    standing: str = "unknown"
    record_weeks: int = 0
    weeks: tuple[float | None, ...] = ()
    usual: tuple[tuple[float, float] | None, ...] = ()
    is_other_week: bool = False
    target: float | None = None
    running: Running | None = None
    newest: dt.date | None = None
    days_late: int = 0

    @property
    def usual_then(self) -> tuple[float, float] | None:
        """The usual range of the newest week that is known."""
        back = self._back
        return self.usual[-back] if back and back <= len(self.usual) else None

    @property
    def step(self) -> float | None:
        """How far the newest known week is from the one before, in the metric's own unit."""
        back = self._back
        if not back or back == len(self.weeks):
            return None
        before, now = self.weeks[-back - 1], self.weeks[-back]
        return None if before is None or now is None else now - before

    @property
    def _back(self) -> int:
        """The place of the newest known week, counted from the end; 0 where none is known."""
        newest_first = enumerate(reversed(self.weeks), start=1)
        return next((place for place, value in newest_first if value is not None), 0)

    @property
    def is_unusual(self) -> bool:
        return self.standing not in ("inside", "unknown")


@dataclass(frozen=True, slots=True)
class Plan:
    """A target of a star: what its period asks for, and how much of it is there.

    ``actual`` is what came up to the day ``through``, ``planned`` what was planned for until then;
    None where nothing can be compared yet.
    """

    period: str
    start: dt.date
    end: dt.date
    target: float
    actual: float | None = None
    planned: float | None = None
    through: dt.date | None = None

    @property
    def share(self) -> float | None:
        """How much of what was planned for is there, as a share."""
        if self.actual is None or not self.planned:
            return None
        return self.actual / self.planned


@dataclass(frozen=True, slots=True)
class Note:
    """What happened: a day, what was written, and the name of the metric it is about, if any."""

    day: dt.date
    text: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Lead:
    """The clearest lead found, as a sentence and what it rests on; ``data_to`` is its age."""

    headline: str
    evidence: str
    data_to: dt.date | None


@dataclass(frozen=True, slots=True)
class Ahead:
    """What takes the lead test to tell: the clearest lead, and the chance to reach the ``pace``."""

    lead: Lead | None = None
    chance: float | None = None


@dataclass(frozen=True, slots=True)
class Wall:
    """One star on the wall: the star, its inputs, and the first day of the week it tells of.

    ``pace`` is the plan that the review of the week holds the star to. The lead ``ahead``, ``plan``
    (the next target), ``work`` (what was begun within the weeks shown) and ``notes`` (what was
    noted since the week began) take turns below the star, each only when known.
    """

    name: str
    star: Tile
    inputs: tuple[Tile, ...]
    week: dt.date
    simulated: bool = False
    key: str = ""
    pace: Plan | None = None
    plan: Plan | None = None
    work: tuple[Note, ...] = ()
    notes: tuple[Note, ...] = ()
    ahead: Ahead = Ahead()

    @property
    def shown(self) -> tuple[Tile, ...]:
        """The inputs there is room for: all, or the unusual, then the late, then the first."""
        if len(self.inputs) <= INPUTS_SHOWN:
            return self.inputs
        ranked = sorted(
            self.inputs,
            key=lambda tile: (not tile.is_unusual, tile.value is None, tile.days_late <= 0),
        )
        chosen = {tile.key for tile in ranked[:INPUTS_SHOWN]}
        return tuple(tile for tile in self.inputs if tile.key in chosen)

    @property
    def hidden(self) -> int:
        """How many inputs are not shown."""
        return len(self.inputs) - len(self.shown)

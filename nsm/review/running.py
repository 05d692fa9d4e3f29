"""The week that is not over, beside the same days of the week before."""

from __future__ import annotations

import datetime as dt
import math

import pandas as pd

from nsm.history import History, Spans, build_history, grains, newest_begun
from nsm.model import Grain, Metric, Star
from nsm.periods import DAY, WEEK
from nsm.review.figures import SameDays
from nsm.review.known import change, spans_known

# What days can be put together to; anything else is not known from days.
_PUT_TOGETHER = {"sum", "mean", "min", "max", "first", "last"}


def same_days(
    star: Star, weeks: History, days: pd.DataFrame, start: dt.date
) -> dict[str, SameDays]:
    """How do the days so far of the week that starts on ``start`` compare with those a week before?

    One answer for every metric that has some days of it but not all; none where a later week has
    begun. ``days`` (columns metric, date, value) holds the days of both weeks. Formulas are
    evaluated on what the days come to; the days must be the first of the week, without a gap, in
    both weeks - else there is no change but a reason.
    """
    at = pd.Timestamp(start)
    if newest_begun(star, weeks) != at:
        return {}
    keys = [metric.key for metric in star.metrics]
    so_far = weeks.so_far[keys].loc[at].to_numpy().tolist()
    there = weeks.days[keys].loc[at].to_numpy().tolist()
    open_now = {
        key: int(many)
        for key, value, many in zip(keys, so_far, there, strict=True)
        if math.isfinite(value) and many > 0
    }
    grain_of = grains(star)
    found: dict[str, SameDays] = {}
    for many in sorted(set(open_now.values())):
        spans = _first_days(star, days, start, many)
        found |= {
            key: _compared(spans, star, star.metric(key), grain_of[key])
            for key, those in open_now.items()
            if those == many
        }
    return found


def _compared(spans: Spans, star: Star, metric: Metric, grain: Grain) -> SameDays:
    before, now = spans_known(spans, star, metric, grain)
    moved = change(now, before, metric)
    return SameDays(
        days=int(spans.expected[metric.key].iloc[0]),
        before=before.value,
        change=moved.value,
        reason=moved.reason,
    )


def _first_days(star: Star, days: pd.DataFrame, start: dt.date, many: int) -> Spans:
    """What the first so many days of this week and of the one before came to."""
    firsts = (start - WEEK, start)
    spans = tuple((first, first + (many - 1) * DAY) for first in firsts)
    rows = [_rolled_up(star, days, *span) for span in spans]
    part = build_history(star, pd.concat(rows, ignore_index=True), Grain.WEEK, start + many * DAY)
    at = pd.DatetimeIndex(list(firsts))
    there = part.days.reindex(at, fill_value=0)
    return Spans(
        spans=spans,
        values=part.values.combine_first(part.so_far).reindex(at),
        days=there,
        expected=pd.DataFrame(many, index=there.index, columns=there.columns),
    )


def _rolled_up(star: Star, days: pd.DataFrame, first: dt.date, last: dt.date) -> pd.DataFrame:
    """Days from ``first`` to ``last`` as roll-ups of the week that starts on ``first``."""
    known = {
        metric.key
        for metric in star.metrics
        if metric.aggregate is not None and metric.aggregate.value in _PUT_TOGETHER
    }
    inside = days["date"].between(pd.Timestamp(first), pd.Timestamp(last))
    rows = days[inside & days["metric"].isin(known)].sort_values("date")
    by_metric = rows.groupby("metric", observed=True)
    together = by_metric["value"].agg(["count", "sum", "min", "max", "first", "last"])
    return (
        together.rename(columns={"count": "days"})
        .assign(start=pd.Timestamp(first), last_date=by_metric["date"].max())
        .reset_index()
    )

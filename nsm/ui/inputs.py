"""The parts of the Inputs page: which input, the shifted pair, its pictures and its sentence."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import streamlit as st

from nsm.charts.inputs import Pair, cloud, indexed, pair_of, together
from nsm.model import Metric, Role, Star
from nsm.season import FEWEST_WEEKS, without_season
from nsm.segments import segments_of
from nsm.ui import answers
from nsm.ui.replay import kept
from nsm.ui.segments import parts_of_star
from nsm.ui.text import plain
from nsm.ui.week import CHART_CONFIG
from nsm.words.review import ROLE_NAMES, short_name
from nsm.words.segments import of_part
from nsm.words.series import (
    LOOKS_ALIKE,
    found_at,
    no_index,
    no_season_yet,
    not_tested,
    pair_alt,
    scatter_alt,
    shift,
    shifted_on,
)
from nsm.words.sources import filling

LONGEST_LAG = 12


def choosable(star: Star) -> dict[str, str]:
    """The metrics that may stand beside the star, inputs first, by key."""
    others = [*star.having(Role.INPUT), *star.having(Role.CANDIDATE)]
    if others and segments_of(star.star_metric):
        # Beside one of its own parts.
        others.append(star.star_metric)
    return {
        one.key: short_name(one) + ("" if one.role is Role.INPUT else f" ({ROLE_NAMES[one.role]})")
        for one in others
    }


@kept(200)
def pair_of_star(
    star_key: str,
    version: int,
    today: dt.date,
    metric: str,
    lag: int,
    deseasoned: bool,
    segment: str = "",
    part: str = "",
) -> Pair:
    """The star and one metric, or a part of it, ``lag`` weeks before; with the season taken out
    where it can be."""
    known = answers.around(star_key, version, today, metric)
    star, other = known.star, known.star.metric(metric)
    values = known.weeks.values
    weeks = values[[star.north_star, metric]]
    if part:
        by = parts_of_star(star_key, version, today, metric, segment)
        other = of_part(other, part)
        weeks = values[[star.north_star]].assign(**{other.key: by.values[part]})
    if deseasoned:
        weeks = pd.DataFrame(
            {
                name: values if (flat := without_season(values.to_numpy())) is None else flat
                for name, values in weeks.items()
            },
            index=weeks.index,
        )
    return pair_of(weeks, star.star_metric, other, lag)


def draw_together(pair: Pair, star: Star, *, as_index: bool, deseasoned: bool) -> None:
    """Both on one time axis, with what could not be done as asked."""
    shown = indexed(pair) if as_index else None
    notes = [shifted_on(pair.other, pair.lag)] if pair.lag else []
    if as_index and shown is None:
        notes.append(no_index(pair.other if _above_zero(pair.goal) else pair.star))
    if deseasoned:
        notes += [
            no_season_yet(metric, weeks, FEWEST_WEEKS)
            for metric, series in ((pair.star, pair.goal), (pair.other, pair.shifted))
            if (weeks := int(series.notna().sum())) < FEWEST_WEEKS
        ]
    st.plotly_chart(
        together(shown or pair, as_index=shown is not None),
        key="together",
        config=CHART_CONFIG,
        alt=pair_alt(star, pair.other, pair.lag, pair.weeks[0], pair.weeks[-1]),
    )
    if notes:
        st.caption(plain(" ".join(notes), longest=1000))


def draw_cloud(pair: Pair, star: Star) -> None:
    """The shifted pair as a cloud of weeks."""
    weeks = len(pair.both)
    st.plotly_chart(
        cloud(pair),
        key="cloud",
        config=CHART_CONFIG,
        alt=scatter_alt(star, pair.other, pair.lag, weeks),
    )
    st.caption(LOOKS_ALIKE)


def draw_found(star_key: str, version: int, today: dt.date, metric: str, lag: int) -> int | None:
    """What the lead test says of the input, and of this shift; returns the lag it found, if any."""
    # The lead test is not needed to look at the pictures: its page parts load when they are used.
    from nsm.ui.leads import scan_of_star
    from nsm.words.leads import headline

    scan = scan_of_star(star_key, version, today, LONGEST_LAG)
    finding = next((one for one in scan.found if one.metric.key == metric), None)
    if finding is None:
        other = answers.around(star_key, version, today, metric).star.metric(metric)
        st.header(plain(shift(scan.star, other, lag)), anchor=False)
        st.markdown(plain(not_tested(other)))
        return None
    st.header(plain(headline(scan.star, finding)), anchor=False)
    rows = scan.report.same_week if lag == 0 else scan.report.profile
    row = rows[(rows["input"] == metric) & (rows["lag"] == lag)]
    columns = ["coefficient", "low", "high", "p_adjusted"]
    at = tuple(row[columns].iloc[0].astype(float)) if len(row) else (float("nan"),) * 4
    st.markdown(
        plain(
            found_at(scan.star, finding, lag, (at[0], at[1], at[2], at[3]), scan.report.alpha), 1000
        )
    )
    return finding.lag if finding.place else None


def no_choice(star: Star) -> None:
    """That there is nothing to put beside the star, and how to add it."""
    st.header(f"{plain(short_name(star.star_metric))} has no inputs yet", anchor=False)
    st.write(
        "Here the star stands beside what moves it. Give its definition three to five metrics "
        "with `role: input`, and apply it again."
    )
    st.code(f"nsm export {star.key} > star.yaml\nnsm apply star.yaml", language=None)


def no_weeks(star: Star, metric: Metric) -> None:
    """That one of the two has no complete week, and how to load it."""
    st.header(
        plain(f"{short_name(star.star_metric)} and {short_name(metric)} share no week yet"),
        anchor=False,
    )
    st.write("Both lines need complete weeks. Load their history here or on the Data page:")
    st.code(filling(star), language=None)


def _above_zero(series: pd.Series) -> bool:
    known = series.dropna()
    return bool(len(known)) and float(known.iloc[0]) > 0

"""What the lead test says of series whose truth is known."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from nsm.errors import InputError
from nsm.leads import PROFILE_COLUMNS, TABLE_COLUMNS, VERDICTS, find_leads, fit_detail
from nsm.leads.words import label
from tests.calibration.worlds import plant, walk

REAL = Path(__file__).parents[3] / "shared" / "real" / "leads"


def weeks(n: int) -> pd.DatetimeIndex:
    return pd.date_range("2022-01-03", periods=n, freq="7D")


def series(values: np.ndarray, name: str = "star") -> pd.Series:
    return pd.Series(values, index=weeks(len(values)), name=name)


def frame(**columns: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(columns, index=weeks(len(next(iter(columns.values())))))


def noise(seed: int, n: int = 156) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(n)


def led(seed: int, n: int = 156, lag: int = 3, size: float = 0.8) -> tuple[pd.Series, pd.DataFrame]:
    """A star that follows `push` by `lag` weeks, and an unrelated `other`."""
    rng = np.random.default_rng(seed)
    push, other = rng.standard_normal(n + lag), rng.standard_normal(n)
    star = rng.standard_normal(n) + size * push[:n]
    return series(star), frame(push=push[lag:], other=other)


def verdicts(report) -> dict[str, str]:
    return dict(zip(report.table["input"], report.table["verdict"], strict=True))


def row(report, name: str) -> pd.Series:
    return report.table.set_index("input").loc[name]


def test_a_planted_lead_is_found_at_its_week_with_an_interval_around_its_effect():
    star, inputs = led(1)

    report = find_leads(star, inputs)

    assert verdicts(report) == {"push": "leads", "other": "none"}
    push = row(report, "push")
    assert push.lag == 3
    assert push.lag_low <= 3 <= push.lag_high
    assert push.effect_low < 0.8 < push.effect_high
    assert push.effect_low > 0
    assert push.p_adjusted <= 0.05 < push.reverse_p_adjusted


def test_the_same_relation_run_backwards_is_called_following():
    push, inputs = led(2)

    report = find_leads(series(inputs["push"].to_numpy()), frame(after=push.to_numpy()))

    assert verdicts(report) == {"after": "follows"}
    assert row(report, "after").lag == 3
    assert np.isnan(row(report, "after").effect)


def test_a_persistent_leading_input_is_not_called_both():
    rng = np.random.default_rng(5)
    push = np.zeros(263)
    for t in range(1, 263):
        push[t] = 0.9 * push[t - 1] + rng.standard_normal()
    star = 0.6 * push[:260] + rng.standard_normal(260)

    report = find_leads(series(star), frame(push=push[3:]))

    assert verdicts(report) == {"push": "leads"}


def test_moving_in_the_same_week_only_is_called_together():
    rng = np.random.default_rng(3)
    shock = rng.standard_normal(156)
    star, x = shock + rng.standard_normal(156), shock + rng.standard_normal(156)

    report = find_leads(series(star), frame(x=x))

    assert verdicts(report) == {"x": "together"}
    assert row(report, "x").lag == 0
    assert row(report, "x").effect_low > 0
    assert report.same_week["lag"].tolist() == [0]


def test_two_way_feedback_is_called_both():
    rng = np.random.default_rng(4)
    a, b = np.zeros(300), np.zeros(300)
    for t in range(2, 300):
        a[t] = 0.6 * b[t - 2] + rng.standard_normal()
        b[t] = 0.6 * a[t - 1] + rng.standard_normal()

    assert verdicts(find_leads(series(a), frame(b=b))) == {"b": "both"}


def test_table_and_profile_have_the_promised_columns_and_rows():
    star, inputs = led(1)

    report = find_leads(star, inputs, max_lag=5)

    assert tuple(report.table.columns) == TABLE_COLUMNS
    assert tuple(report.profile.columns) == PROFILE_COLUMNS
    assert len(report.profile) == 2 * 5
    assert report.profile.groupby("input")["lag"].apply(list).iloc[0] == [1, 2, 3, 4, 5]
    assert set(report.table["verdict"]) <= set(VERDICTS)
    assert (report.target, report.weeks, report.max_lag, report.alpha) == ("star", 156, 5, 0.05)


def test_band_and_adjusted_p_value_say_the_same():
    star, inputs = led(7)

    profile = find_leads(star, inputs).profile

    outside = (profile["low"] > 0) | (profile["high"] < 0)
    assert outside.any()
    assert (outside == (profile["p_adjusted"] <= 0.05)).all()
    assert (profile["p_adjusted"] >= profile["p"] - 0.01).all()


def test_a_lag_is_told_by_every_week_that_has_it():
    star, inputs = led(1)
    report = find_leads(star, inputs, max_lag=12)
    (used,) = {tuple(rows.items()) for rows in report.provenance["rows_used"].values()}
    lost = {lags: len(star) - count for lags, count in used}
    # Own lags are compared up to eight back beside the augmentation; then the longest lag counts.
    assert lost == {"0-6": 9, "7-9": 11, "10-12": 14}
    for lag in (1, 12):
        assert fit_detail(report, "push", lag).nobs == len(star) - (9 if lag == 1 else 14)


def test_a_star_that_answers_the_change_of_an_input_is_led_by_the_first_of_two_weeks():
    at = 0
    for seed in range(10):
        rng = np.random.default_rng(seed)
        steps = rng.standard_normal((163, 2))
        star = steps[3:, 0] + 0.6 * steps[:-3, 1]
        x = steps[:, 1].cumsum()[3:]
        index = pd.date_range("2022-01-03", periods=160, freq="7D")
        row = find_leads(
            pd.Series(star, index=index, name="star"),
            pd.DataFrame({"x": x}, index=index),
            draws=199,
        ).table.iloc[0]
        at += row["verdict"] in ("leads", "both") and row["lag"] == 3 and row["effect"] > 0

    assert at >= 8


def test_same_seed_gives_the_same_bytes_and_another_seed_other_worlds():
    star, inputs = led(1)

    def text(seed: int) -> str:
        return json.dumps(find_leads(star, inputs, seed=seed).to_json(), allow_nan=False)

    assert text(0) == text(0)
    assert text(0) != text(1)


def test_json_has_exactly_the_promised_keys_and_null_for_unknown():
    star, inputs = led(1)

    answer = find_leads(star, inputs.assign(empty=np.nan)).to_json()

    assert list(answer) == ["target", "weeks", "max_lag", "alpha", "inputs"]
    assert all(tuple(entry) == TABLE_COLUMNS for entry in answer["inputs"])
    empty = answer["inputs"][2]
    assert empty["verdict"] == "insufficient"
    assert empty["p_adjusted"] is None
    assert empty["weeks_needed"] == 40


def test_too_little_history_is_refused_with_the_weeks_needed():
    report = find_leads(series(noise(1, 39)), frame(x=noise(2, 39)))

    assert verdicts(report) == {"x": "insufficient"}
    assert row(report, "x").weeks_needed == 40
    assert "39" in row(report, "x").warnings[0]
    assert verdicts(find_leads(series(noise(1, 40)), frame(x=noise(2, 40)))) == {"x": "none"}


@pytest.mark.parametrize("share", [0.2, 0.5, 1.0])
def test_too_many_missing_weeks_are_refused(share):
    holed = np.where(noise(3) < np.quantile(noise(3), share), np.nan, noise(2))

    report = find_leads(series(noise(1)), frame(x=holed))

    assert verdicts(report) == {"x": "insufficient"}


def test_short_gaps_are_filled_and_named_and_the_lead_is_still_found():
    star, inputs = led(1)
    inputs.loc[inputs.index[[30, 31, 80]], "push"] = np.nan
    star.iloc[[50, 100]] = np.nan

    report = find_leads(star, inputs)

    assert row(report, "push").verdict == "leads"
    assert any("3 missing periods of push" in w for w in row(report, "push").warnings)
    assert any("2 missing periods of star" in w for w in row(report, "push").warnings)
    assert len(report.provenance["filled"]["push"]) == 3


def test_weeks_absent_from_the_index_count_as_missing():
    star, inputs = led(1)
    kept = np.ones(156, dtype=bool)
    kept[[30, 90]] = False

    whole = find_leads(star.where(kept), inputs.where(pd.Series(kept, index=inputs.index), np.nan))
    absent = find_leads(star[kept], inputs[kept])

    pd.testing.assert_frame_equal(whole.profile, absent.profile)


def test_order_of_weeks_does_not_matter():
    star, inputs = led(1)
    mixed = np.random.default_rng(0).permutation(156)

    shuffled = find_leads(star.iloc[mixed], inputs.iloc[mixed])

    assert shuffled.to_json() == find_leads(star, inputs).to_json()


@pytest.mark.parametrize("value", [0.0, 5.0, 1e12])
def test_a_constant_series_leads_nothing_and_says_why(value):
    constant = frame(x=np.full(156, value))

    report = find_leads(series(noise(1)), constant)
    star_constant = find_leads(series(np.full(156, value)), frame(x=noise(1)))

    for one in (report, star_constant):
        assert verdicts(one) == {"x": "none"}
        assert "never changes" in row(one, "x").warnings[0]


def test_the_star_itself_as_an_input_is_never_a_lead():
    star = pd.Series(np.cumsum(noise(1)), index=weeks(156), name="star")

    report = find_leads(star, pd.DataFrame({"copy": star, "scaled": 3 * star + 7}))

    assert set(verdicts(report).values()) == {"none"}


def test_two_identical_inputs_get_the_same_answer():
    star, inputs = led(1)

    report = find_leads(star, pd.DataFrame({"a": inputs["push"], "b": inputs["push"]}))

    a, b = row(report, "a").drop(["effect_unit", "warnings"]), row(report, "b")
    assert (a.dropna() == b[a.dropna().index]).all()


def test_all_missing_and_infinite_values_never_raise():
    star, inputs = led(1)
    inputs["none"] = np.nan
    inputs.iloc[5, 0] = np.inf

    report = find_leads(star, inputs)

    assert row(report, "none").verdict == "insufficient"
    assert row(report, "push").verdict == "leads"
    assert set(verdicts(find_leads(star * np.nan, inputs)).values()) == {"insufficient"}


def test_an_input_of_the_stars_formula_is_refused_as_an_identity():
    star, inputs = led(1)

    report = find_leads(star, inputs, identities={"push"})

    assert verdicts(report)["push"] == "none"
    assert "formula" in row(report, "push").warnings[0]


def test_a_shared_level_shift_is_found_and_is_no_lead():
    rng = np.random.default_rng(11)
    shift = 5.0 * (np.arange(156) >= 80)
    inputs = {f"x{i}": rng.standard_normal(156) + shift for i in range(5)}

    report = find_leads(series(rng.standard_normal(156) + shift), frame(**inputs))

    assert "leads" not in verdicts(report).values()
    assert report.provenance["breaks"] == [weeks(156)[80].date().isoformat()]
    assert any("changed its level" in note for note in report.notes)


def test_a_growth_that_turns_for_all_is_said_and_is_no_lead():
    rng = np.random.default_rng(12)
    week = np.arange(260)
    growth = 0.3 * np.minimum(week, 120) - 0.2 * np.maximum(week - 120, 0)
    inputs = {f"x{i}": rng.standard_normal(260) + growth for i in range(5)}

    report = find_leads(series(rng.standard_normal(260) + growth), frame(**inputs))

    assert "leads" not in verdicts(report).values()
    (turned,) = report.provenance["turns"]
    assert abs((pd.Timestamp(turned) - weeks(260)[120]).days) <= 28
    assert f"The growth of star turned at {turned}." in report.notes


def test_an_odd_week_is_set_aside_by_name():
    star, inputs = led(1)
    star.iloc[70] += 25

    report = find_leads(star, inputs)

    assert report.provenance["set_aside"] == [weeks(156)[70].date().isoformat()]
    assert row(report, "push").verdict == "leads"


def test_known_breaks_and_excluded_weeks_are_used():
    star, inputs = led(1)

    report = find_leads(star, inputs, breaks=[weeks(156)[60]], exclude=[weeks(156)[100]])

    assert weeks(156)[60].date().isoformat() in report.provenance["breaks"]
    assert weeks(156)[100].date().isoformat() in report.provenance["set_aside"]


@pytest.mark.parametrize(
    ("index", "inside", "outside"),
    [
        (weeks(156), "2024-12-29", "2024-12-30"),
        (pd.date_range("2012-01-01", periods=156, freq="MS"), "2024-12-31", "2025-01-01"),
        (pd.RangeIndex(156), 155, 156),
    ],
    ids=["weeks", "months", "numbers"],
)
def test_known_breaks_and_weeks_outside_the_history_are_ignored(index, inside, outside):
    star, inputs = led(1)
    star, inputs = star.set_axis(index), inputs.set_axis(index)
    last = label(index, 155)

    held = find_leads(star, inputs, exclude=[inside], season=None, draws=99)
    after = find_leads(star, inputs, exclude=[outside], breaks=[outside], season=None, draws=99)

    assert last in held.provenance["set_aside"]
    assert last not in after.provenance["set_aside"]
    assert last not in after.provenance["breaks"]


def test_one_missing_period_is_said_in_the_singular():
    star, inputs = led(1)
    inputs.loc[inputs.index[30], "push"] = np.nan

    said = row(find_leads(star, inputs, draws=99), "push").warnings

    assert "1 missing period of push was filled between neighbours." in said


def test_no_season_is_removed_under_two_years_and_the_report_says_so():
    short = find_leads(series(noise(1, 90)), frame(x=noise(2, 90)))
    long = find_leads(series(noise(1, 104)), frame(x=noise(2, 104)))

    assert short.provenance["season"] is None
    assert any("season" in w for w in row(short, "x").warnings)
    assert long.provenance["season"] == 52.18


def test_units_scale_the_effect_and_nothing_else():
    star, inputs = led(1)

    plain = row(find_leads(star, inputs), "push")
    scaled = row(find_leads(star * 1e9 + 5e9, inputs * 1e-6), "push")

    assert scaled.effect == pytest.approx(plain.effect * 1e15, rel=1e-6)
    assert (scaled.verdict, scaled.lag, scaled.p_adjusted) == (
        plain.verdict,
        plain.lag,
        plain.p_adjusted,
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"max_lag": 0}, "Maximum lag"),
        ({"alpha": 0.0}, "Alpha"),
        ({"season": 0.5}, "Season"),
        ({"draws": 10}, "draws"),
    ],
)
def test_arguments_that_cannot_be_used_are_named(arguments, says):
    star, inputs = led(1)

    with pytest.raises(InputError, match=says):
        find_leads(star, inputs, **arguments)


def test_frames_that_cannot_be_used_are_named():
    star, inputs = led(1)

    with pytest.raises(InputError, match="same periods"):
        find_leads(star.iloc[:-1], inputs)
    with pytest.raises(InputError, match="'push'"):
        find_leads(star, inputs[["push", "push"]])
    with pytest.raises(InputError, match="not numbers"):
        find_leads(star, inputs.astype(object).replace(inputs.iloc[0, 0], "many"))


def test_the_scan_does_not_import_statsmodels():
    code = (
        "import sys, numpy as np, pandas as pd; from nsm.leads import find_leads;"
        "r = np.random.default_rng(0); i = pd.RangeIndex(60);"
        "find_leads(pd.Series(r.normal(size=60), i), pd.DataFrame({'x': r.normal(size=60)}, i));"
        "assert 'statsmodels' not in sys.modules and 'scipy.stats' not in sys.modules"
    )

    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


def test_unrelated_random_walks_give_a_false_lead_in_about_one_page_of_twenty():
    worlds = [walk(0.0)(np.random.default_rng(20_000 + i), 156) for i in range(200)]
    led_falsely = 0
    for i, made in enumerate(worlds):
        report = find_leads(made.target, made.inputs, seed=i, draws=399)
        led_falsely += report.table["verdict"].isin(["leads", "both"]).any()

    # 200 tosses of 1 in 20: 2 to 19 in 999 of 1000 cases
    assert 2 <= led_falsely <= 19


def test_a_planted_lead_of_three_weeks_is_found_nearly_always():
    make = plant(0.25, lags=(3, 3))
    found = exact = 0
    for i in range(40):
        made = make(np.random.default_rng(30_000 + i), 156)
        x1 = row(find_leads(made.target, made.inputs, seed=i, draws=399), "x1")
        found += x1.verdict == "leads"
        exact += x1.lag == 3 if x1.verdict == "leads" else 0

    assert found >= 36
    assert exact >= 0.9 * found


def _real(name: str) -> pd.DataFrame | None:
    path = REAL / name
    return pd.read_csv(path) if path.exists() else None


@pytest.mark.parametrize("season", [None, 52.18])
def test_box_and_jenkins_leading_indicator_leads_sales_by_three(season):
    data = _real("bj_sales_lead.csv")
    if data is None:
        return
    data.index = weeks(len(data))

    lead = row(find_leads(data["sales"], data[["lead"]], season=season), "lead")

    assert (lead.verdict, lead.lag) == ("leads", 3)
    assert lead.effect_low > 0


@pytest.mark.parametrize("season", [None, 52.18])
def test_gas_rate_leads_the_furnace_from_three_and_negatively(season):
    data = _real("gas_furnace.csv")
    if data is None:
        return
    data.index = weeks(len(data))

    gas = row(find_leads(data["co2"], data[["gas_rate"]], season=season), "gas_rate")

    assert gas.verdict == "leads"
    assert (gas.lag_low, gas.lag, gas.lag_high) == (3, 5, 5)
    assert gas.reverse_p_adjusted > 0.05
    assert gas.effect_high < 0


def test_the_simulated_peer_case_is_answered_exactly():
    data = _real("sim_peer_200x6.csv")
    if data is None:
        return
    data = data.set_index(pd.to_datetime(data.pop("index")))

    report = find_leads(data.pop("y"), data)

    said = {name.split("_")[0]: verdict for name, verdict in verdicts(report).items()}
    assert said == {"x1": "leads", "x2": "none", "x3": "none", "x4": "follows", "x5": "none"}
    assert row(report, "x1_true_lead3").lag == 3


@pytest.mark.parametrize(("star_size", "input_size"), [(1e300, 1.0), (1.0, 1e-300), (1e90, 1e-90)])
def test_absurd_sizes_never_raise(star_size, input_size):
    star, inputs = led(1)

    answer = find_leads(star * star_size, inputs * input_size).to_json()

    json.dumps(answer, allow_nan=False)


def test_a_stray_date_far_away_does_not_make_centuries_of_holes():
    star, inputs = led(1)
    index = star.index[:-1].append(pd.DatetimeIndex(["2206-01-06"]))

    report = find_leads(star.set_axis(index), inputs.set_axis(index))

    assert report.provenance["periods"] == 156
    assert row(report, "push").verdict == "leads"


@pytest.mark.parametrize("weeks_there", [0, 1, 20])
def test_hardly_any_history_is_an_answer_not_an_error(weeks_there):
    star, inputs = led(1)

    report = find_leads(star.iloc[:weeks_there], inputs.iloc[:weeks_there])

    assert set(verdicts(report).values()) == {"insufficient"}
    assert find_leads(star, inputs[[]]).to_json()["inputs"] == []

"""What is said beside the verdicts: shape, shadows, same news, badges, candidates."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from nsm.errors import InputError
from nsm.leads import find_leads, scan_candidates
from nsm.leads.badges import _forecasts as forecasts
from nsm.leads.badges import stability, usefulness
from nsm.leads.candidates import discovery_rate
from tests.calibration.worlds import autoregression, driver, plant, white


def frame(**columns: np.ndarray) -> pd.DataFrame:
    weeks = len(next(iter(columns.values())))
    return pd.DataFrame(columns, index=pd.date_range("2022-01-03", periods=weeks, freq="7D"))


def push_and_star(seed: int, weeks: int, weights: dict[int, float]) -> pd.DataFrame:
    """A white-noise input and a star that answers it at these lags."""
    rng = np.random.default_rng(seed)
    push = rng.standard_normal(weeks + 20)
    star = rng.standard_normal(weeks)
    for lag, weight in weights.items():
        star += weight * push[20 - lag : weeks + 20 - lag]
    return frame(star=star, push=push[20:])


def line(report, name: str = "push") -> pd.Series:
    return report.table.set_index("input").loc[name]


def test_an_effect_over_several_weeks_has_a_start_a_peak_and_an_end():
    data = push_and_star(1, 260, {3: 0.8, 4: 0.9, 5: 1.1})

    push = line(find_leads(data.pop("star"), data))

    assert (push.lag_low, push.lag, push.lag_high) == (3, 5, 5)


def test_a_smooth_input_with_one_lag_is_not_smeared_over_its_neighbours():
    rng = np.random.default_rng(2)
    push = np.zeros(300)
    for t in range(1, 300):
        push[t] = 0.95 * push[t - 1] + rng.standard_normal()
    star = rng.standard_normal(260) + 1.5 * push[36:296]

    report = find_leads(frame(star=star)["star"], frame(push=push[40:]))

    assert line(report).lag == 4
    assert line(report).lag_high <= 5


def test_a_spread_out_effect_is_found_jointly_and_said_to_be_spread():
    found = []
    for seed in range(30):
        data = push_and_star(seed, 156, dict.fromkeys(range(1, 7), 0.27))
        push = line(find_leads(data.pop("star"), data))
        if "held for" in push.effect_unit:
            found.append(push)

    assert len(found) >= 2
    for push in found:
        assert push.lag_low == 1
        assert push.lag_high in (3, 6)
        assert push.effect > 0.27  # of a push held for weeks, not of one week


def test_the_shadow_of_another_input_is_named():
    made = driver(np.random.default_rng(3), 260)

    report = find_leads(made.target, made.inputs)

    assert line(report, "x1").verdict == "leads"
    assert line(report, "x2").verdict == "leads"
    assert any("shadow of x1" in w for w in line(report, "x2").warnings)
    assert not any("shadow" in w for w in line(report, "x1").warnings)
    assert report.details["x2"]["shadow_of"] == "x1"
    assert abs(report.details["x2"]["beside_others"].t) < 2


def test_inputs_with_the_same_news_are_named():
    data = push_and_star(4, 156, {3: 0.8})
    rng = np.random.default_rng(0)
    data["twin"] = data["push"] + 0.1 * rng.standard_normal(156)
    data["other"] = rng.standard_normal(156)

    report = find_leads(data.pop("star"), data)

    assert any("twin carry nearly the same" in w for w in line(report, "push").warnings)
    assert not any("same information" in w for w in line(report, "other").warnings)
    assert report.details["other"]["variance_inflation"] < 2


def test_a_useful_lead_improves_forecasts_and_noise_does_not():
    data = push_and_star(5, 200, {2: 0.8})
    data["noise"] = np.random.default_rng(9).standard_normal(200)

    working = find_leads(data.pop("star"), data).working

    push = usefulness(working.response, working.inputs[0], 2)
    noise = usefulness(working.response, working.inputs[1], 2)
    assert push is not None
    assert noise is not None
    assert push.gain > 0.2
    assert push.p < 0.01
    assert noise.gain < 0.05


def test_clark_west_compares_only_forecasts_made_without_hindsight():
    data = push_and_star(6, 200, {2: 0.8})
    working = find_leads(data["star"], data[["push"]]).working
    later = data.copy()
    later.iloc[-1, 0] += 3.0  # the last week is only ever a thing to be forecast

    changed = find_leads(later["star"], later[["push"]]).working
    before = usefulness(working.response, working.inputs[0], 2)
    after = usefulness(changed.response, changed.inputs[0], 2)

    assert before is not None
    assert after is not None
    assert before.forecasts == after.forecasts


def test_a_lead_that_ended_is_said_to_have_ended():
    rng = np.random.default_rng(7)
    push = rng.standard_normal(263)
    star = rng.standard_normal(260) + np.where(np.arange(260) < 150, 1.2, 0.0) * push[:260]

    report = find_leads(frame(star=star)["star"], frame(push=push[3:]))

    assert line(report).verdict == "leads"
    assert any("until" in w and "not since" in w for w in line(report).warnings)
    found = report.details["push"]["stability"]
    assert found.changed
    assert abs(found.place - 150) < 15


def test_a_steady_lead_is_rarely_said_to_have_changed():
    changed = 0
    for seed in range(20):
        data = push_and_star(seed, 200, {3: 0.8})
        working = find_leads(data.pop("star"), data, draws=99).working
        found = stability(working.response, working.inputs[0], 3, 3)
        assert found is not None
        changed += found.changed

    assert changed <= 4


def test_badges_never_turn_a_no_into_a_yes():
    made = white(np.random.default_rng(8), 156)

    report = find_leads(made.target, made.inputs)

    for name, verdict in zip(report.table["input"], report.table["verdict"], strict=True):
        if verdict not in ("leads", "both"):
            assert "usefulness" not in report.details[name]


def test_what_could_not_have_been_seen_is_about_what_is_found_four_times_in_five():
    make = plant(0.0, noise=0.0)
    seen = []
    for i in range(20):
        made = make(np.random.default_rng(100 + i), 156)
        table = find_leads(made.target, made.inputs, seed=i, draws=199).table
        size = float(table.loc[0, "smallest_detectable_effect"])
        star = made.target + size * made.inputs["x1"].shift(3).fillna(0.0)
        again = find_leads(star, made.inputs, seed=i, draws=199).table
        seen.append(again.loc[0, "verdict"] in ("leads", "both"))

    assert 12 <= sum(seen) <= 20


def test_candidates_are_listed_under_false_discovery_control():
    rng = np.random.default_rng(11)
    weeks, many = 200, 120
    values = rng.standard_normal((weeks + 5, many))
    star = rng.standard_normal(weeks)
    for j in range(3):
        star += 0.7 * values[5 - 2 : weeks + 3, j]
    candidates = frame(**{f"m{j:03d}": values[5:, j] for j in range(many)})
    candidates["flat"] = 1.0

    table = scan_candidates(frame(star=star)["star"], candidates)

    listed = set(table.loc[table["listed"], "candidate"])
    real = {f"m{j:03d}" for j in range(3)}
    assert listed >= real
    assert len(listed - real) <= 2
    assert len(table) == many + 1
    assert "never changes" in table.set_index("candidate").loc["flat", "reason"]
    assert (table.loc[table["candidate"].isin(listed & real), "lag"] == 2).all()


def test_a_candidate_that_shows_the_same_thing_as_the_star_says_so():
    rng = np.random.default_rng(11)
    weeks = 160
    level = autoregression(rng, weeks, 0.9)[:, :1]
    push = rng.standard_normal(weeks)
    views = level + 0.8 * rng.standard_normal((weeks, 2))
    made = frame(star=views[:, 0] + 1.5 * np.roll(push, 1), view=views[:, 1], push=push)
    noise = {f"noise {j}": rng.standard_normal(weeks) for j in range(30)}
    made = made.assign(**noise)

    table = scan_candidates(made.pop("star"), made, 6)

    found = table.set_index("candidate")
    assert found.loc[["push", "view"], "lag"].tolist() == [1, 1]
    assert set(found.index[found["listed"]]) == {"push", "view"}
    assert (found.loc[list(noise), "reason"] == "").all()
    assert found.loc["view", "reason"] == (
        "The same period of view tells as much: perhaps neither comes first."
    )
    assert found.loc["push", "reason"] == ""


def test_a_candidate_scan_can_be_stopped():
    made = white(np.random.default_rng(0), 80)
    many = pd.concat([made.inputs.add_prefix(f"{i}-") for i in range(12)], axis=1)
    calls: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> bool:
        calls.append((done, total))
        return False

    table = scan_candidates(made.target, many, progress=stop)

    assert calls[0] == (50, 60)
    assert table["reason"].str.contains("stopped").sum() == 10
    with pytest.raises(InputError, match="False share"):
        scan_candidates(made.target, many, false_share=0)


def test_benjamini_hochberg_by_hand():
    q = discovery_rate(np.array([0.01, 0.04, np.nan, 0.03, 0.005]))

    np.testing.assert_allclose(q, [0.02, 0.04, np.nan, 0.04, 0.02])


def test_forecasts_equal_refitting_at_every_week():
    rng = np.random.default_rng(0)
    design = np.column_stack([np.ones(80), rng.standard_normal((80, 3))])
    y = design @ [1.0, 0.5, 0.0, -1.0] + rng.standard_normal(80)

    quick = forecasts(design, y, 50)

    slow = [design[t] @ np.linalg.lstsq(design[:t], y[:t], rcond=None)[0] for t in range(50, 80)]
    np.testing.assert_allclose(quick, slow, rtol=1e-6, atol=1e-8)

"""Beyond the inputs: whether the star leads its results, and which other metrics may lead it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from nsm.inquiry import Answer
from nsm.leads.candidates import NOT_REACHED
from nsm.model import Metric, Star
from nsm.words.figures import count, listed
from nsm.words.findings import Finding, findings, in_names
from nsm.words.leads import findings_table, lead_time, sentence
from nsm.words.review import short_name
from nsm.words.terminal import columns

FALSE_SHARE = 0.10
NAMED_AT_MOST = 3
CANDIDATES_PROMISE = (
    "Another promise than that of the page: of the metrics listed here about one in ten is "
    "expected to be there by chance. A candidate is worth a closer look, no more; make it an "
    "input and the page above will test it."
)
NO_RESULTS = (
    "No result is defined, so nobody can say whether the star is an early sign of success. Give "
    "the definition metrics with “role: result” - revenue, retention - and load their history."
)
RESULTS_KEY = (
    "The same test with the star as the input and each result in the star’s place; all results "
    "together are one page with the promise of one page."
)


def results_summary(star: Star, found: Sequence[tuple[Metric, Finding]]) -> str:
    """Is the star a leading indicator of success, in one sentence?"""
    name = short_name(star.star_metric)
    leading = [(result, one) for result, one in found if one.stands]
    if leading:
        said = [
            f"{short_name(result)} by {lead_time(one)}" for result, one in leading[:NAMED_AT_MOST]
        ]
        if len(leading) > NAMED_AT_MOST:
            said.append(f"{len(leading) - NAMED_AT_MOST} more")
        whole = {1: "its result", 2: "both its results"}.get(len(found), "all its results")
        of = whole if len(leading) == len(found) else f"{len(leading)} of {len(found)} results"
        return f"{name} leads {of}: {listed(said)}."
    if all(one.verdict == "insufficient" for _, one in found):
        return f"There is not enough history yet to say whether {name} leads its results."
    return f"{name} does not clearly lead its {'result' if len(found) == 1 else 'results'}."


def results_table(found: Sequence[tuple[Metric, Finding]]) -> pd.DataFrame:
    """One row a result, in the order of the definition."""
    rows = findings_table([one for _, one in found])
    rows["Input"] = [short_name(result) for result, _ in found]
    return rows.rename(columns={"Input": "Result"}).drop(columns="We believed")


def candidates_summary(table: pd.DataFrame, star: Star) -> str:
    """How many candidates are worth a closer look, in one sentence."""
    tested, listed_ones = int(table["p"].notna().sum()), int(table["listed"].sum())
    name = short_name(star.star_metric)
    if not len(table):
        return "There are no candidates: every metric of this star is its star, input or result."
    stopped = int((table["reason"] == NOT_REACHED).sum())
    rest = f" {count(stopped, 'metric')} were not reached." if stopped else ""
    if not tested:
        return f"None of {count(len(table), 'metric')} could be tested.{rest}"
    if not listed_ones:
        return f"Of {count(tested, 'metric')} tested none shows a link before {name}.{rest}"
    verb = "is" if listed_ones == 1 else "are"
    return (
        f"Of {count(tested, 'metric')} tested {listed_ones:,} {verb} worth a closer look as an "
        f"input for {name}.{rest}"
    )


def candidates_table(
    table: pd.DataFrame, star: Star, names: Mapping[tuple[str, str], Metric]
) -> pd.DataFrame:
    """One row a candidate, most convincing first, in words."""
    metrics = [names[at] for at in zip(table["star"], table["metric"], strict=True)]
    known = {one.key: one for one in star.metrics}
    reasons = zip(table["reason"], metrics, strict=True)
    return pd.DataFrame(
        {
            "Candidate": [short_name(one) for one in metrics],
            "Star": table["star"].to_numpy(),
            "Worth a look": ["→ yes" if one else "– no" for one in table["listed"]],
            "Weeks before": ["" if pd.isna(lag) else f"{lag}" for lag in table["lag"]],
            "Direction": [
                "" if np.isnan(size) else "same" if size > 0 else "opposite"
                for size in table["coefficient"].astype(float)
            ],
            "False share so far": [
                "" if np.isnan(q) else "under 1 %" if q < 0.01 else f"{100 * q:.0f} %"
                for q in table["q"].astype(float)
            ],
            "To know": [in_names(said, known | {one.key: one}) for said, one in reasons],
        }
    )


def results_lines(star: Star, results: Sequence[Answer]) -> list[str]:
    """Whether the star leads its results, for the command line; nothing where there are none."""
    found = [
        (one, findings(one.star, one.report, one.weeks, one.prepared.logged)[0]) for one in results
    ]
    if not found:
        return []
    rows = [(one.star.star_metric, finding) for one, finding in found]
    said = [f"    {sentence(one.star, finding, one.report.weeks)}" for one, finding in found]
    return ["", results_summary(star, rows), *said]


def candidates_lines(
    table: pd.DataFrame, star: Star, names: Mapping[tuple[str, str], Metric]
) -> list[str]:
    """The candidates for the command line: a sentence, a row each, what is promised."""
    lines = [candidates_summary(table, star)]
    if not len(table):
        return lines
    rows = candidates_table(table, star, names)
    cells = [[str(cell) for cell in row] for row in rows.to_numpy()]
    return [
        *lines,
        "",
        *columns([[str(name) for name in rows.columns], *cells]),
        "",
        CANDIDATES_PROMISE,
    ]

"""The measured part of docs/signals.md, from the counts of `make calibrate-signals`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tests.calibration.signals.score import (
    SHIFT,
    SOON,
    best_detector,
    median_week,
    most_powerful,
    soon,
    with_all_known,
)
from tests.calibration.signals.series import MEMORIES, OTHERS, PROMISED

START, END = "<!-- measured: start -->", "<!-- measured: end -->"
GOAL = 0.05
TEXTBOOK = "104"
Results = Mapping[str, Any]


def write(path: Path, results: Results, seed: int) -> None:
    """Put the tables between the marks of the page; what stands around them is written by hand."""
    text = path.read_text(encoding="utf-8")
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    path.write_text(f"{before}{START}\n{measured(results, seed)}{END}{after}", encoding="utf-8")


def measured(results: Results, seed: int) -> str:
    """All tables of one run."""
    unchanged = results.get("unchanged", {})
    lengths = sorted(unchanged, key=int)
    series = sorted(
        {str(counts["series"]) for found in unchanged.values() for counts in found.values()}
    )
    parts = [
        f"Seed {seed}, used for nothing else; {' or '.join(series)} series a cell where nothing "
        "changed, half as many in the other tables. With 100 series 5 % is known to within about 4 "
        "points, the averages to within 1.5, and with 50 a half to within 14.",
        "### Nothing changed: quarters with a false signal",
        "The columns are the weeks known before the quarter; 39 is the last quarter of a 52-week "
        "series.",
        _false(unchanged, lengths),
        _summary(unchanged, lengths),
        "### By rule, and looking back",
        "The first three columns say which rule gave the false signals of the quarter after 104 "
        "weeks (a quarter may have several). Looking back: of the quarters of a 52-week series "
        "that can be judged, weeks 14 to 52, those with a false signal; the early ones rest on 15 "
        "to 26 weeks.",
        _by_rule(results),
        f"### A lasting shift of {SHIFT:g} standard deviations",
        f"Share found within {SOON} weeks, and the week by which half were found.",
        *(_found(results, what, lengths) for what in ("spread", "noise")),
        "What would be found within three weeks if everything about the metric were known, its "
        "shift in standard deviations of the series or of the unforeseeable part. Three rules: at "
        "three standard deviations. Best detector: of CUSUM, EWMA and likelihood-ratio charts, "
        "each made for that very metric and shift, the best, with a false alarm in 5 % of "
        "quarters. No chart above: the most powerful test, which even knows the week.",
        _ceiling(seed),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _table(head: list[str], rows: Iterable[list[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %"


def _share(counts: Mapping[str, int] | None, part: str, whole: str = "series") -> str:
    if not counts or not counts.get(whole):
        return "–"
    return _percent(counts.get(part, 0) / counts[whole])


def _false(unchanged: Results, lengths: list[str]) -> str:
    head = ["series", *(f"{weeks} weeks" for weeks in lengths), f"textbook XmR, {TEXTBOOK} weeks"]
    rows = []
    for name in (*PROMISED, *OTHERS):
        found = [unchanged[weeks].get(name) for weeks in lengths]
        textbook = unchanged.get(TEXTBOOK, {}).get(name)
        if any(found):
            rows.append([name, *(_share(one, "false") for one in found), _share(textbook, "plain")])
    return _table(head, rows)


def _summary(unchanged: Results, lengths: list[str]) -> str:
    lines = []
    for weeks in lengths:
        for kinds, said in ((PROMISED, "AR(0 to .8)"), (OTHERS, "the others")):
            shares = {
                name: counts.get("false", 0) / counts["series"]
                for name, counts in unchanged[weeks].items()
                if name in kinds
            }
            if shares:
                worst = max(shares, key=lambda name: shares[name])
                lines.append(
                    f"- {weeks} weeks, {said}: {_percent(sum(shares.values()) / len(shares))} on "
                    f"average, {_percent(shares[worst])} in the worst ({worst})."
                )
    return "\n".join([*lines, f"- Goal: {GOAL:.0%}.".replace("%", " %")])


def _by_rule(results: Results) -> str:
    late = results.get("unchanged", {}).get("104", {})
    back = results.get("looked back", {}).get("52", {})
    rules = {"outside": "outside", "near_limit": "three of four near", "run": "eight in a row"}
    head = ["series", *rules.values(), "looking back, a quarter", "any in 52 weeks"]
    rows = [
        [
            name,
            *(_share(late.get(name), f"false_{rule}") for rule in rules),
            _share(back.get(name), "false_quarters", "quarters"),
            _share(back.get(name), "false_series"),
        ]
        for name in (*PROMISED, *OTHERS)
        if name in late or name in back
    ]
    return _table(head, rows) if rows else ""


def _found(results: Results, what: str, lengths: list[str]) -> str:
    said = {
        "spread": "of the series, around its season and trend",
        "noise": "of the part of a week that no model can foresee (where that is not the same)",
    }[what]
    counts = results.get(f"shift of {what}", {})
    rows = []
    for name in (*PROMISED, *OTHERS):
        found = [counts.get(weeks, {}).get(name) for weeks in lengths]
        if any(found):
            rows.append([name, *(_cell(one) for one in found)])
    if not rows:
        return ""
    return _table([f"standard deviations {said}", *(f"{weeks} weeks" for weeks in lengths)], rows)


def _cell(counts: dict[str, int] | None) -> str:
    if not counts:
        return "–"
    median = median_week(counts)
    return f"{soon(counts):.0%}; week {median or 'later than 8'}".replace("%", " %")


def _ceiling(seed: int) -> str:
    rows = []
    for memory in MEMORIES:
        row = [f"AR({memory:g})"]
        for size in (SHIFT / (1 - memory**2) ** 0.5, SHIFT):
            shares = (
                with_all_known(memory, size, seed),
                best_detector(memory, size, seed),
                most_powerful(memory, size),
            )
            row += [f"{share:.0%}".replace("%", " %") for share in shares]
        rows.append(row)
    kinds = ("three rules", "best detector", "no chart above")
    head = [f"{kind}, {what}" for what in ("of the series", "unforeseeable") for kind in kinds]
    return _table(["all known", *head], rows)

"""docs/calibration.md and its picture, from the counts of `make calibrate`."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

from tests.calibration.families import NONE_FIRST, NOTHING, SOMETHING

GOAL, WORST = 0.05, 0.08
SHOWN_WEEKS = "156"

HEAD = """# How often is the lead engine right?

Written by `make calibrate` (seeds: {seeds}; used for nothing else); every world can be made again.
Dashboards of one star and five inputs, up to 12 weeks back, 5 % level, both directions. The
families are those of `tests/calibration/families.py`.

The promise: **at most one dashboard in twenty shows a lead that is not there.** Below stands how
near the engine comes, misses included. Shares carry the error of their number of worlds: with 200
worlds 5 % is known to within about 3 points, with 400 to within 2; the averages to within a half.

![Dashboards with a false lead, by kind of world](calibration.svg)
"""


NONE_FIRST_HEAD = """## None moves first: dashboards on which one is said to lead

The promise does not reach these: all inputs show what the star shows, each with noise of its own,
and so last week's input does tell a little of this week's star that the star's own past does not.
The verdict is *together* where the same week tells as much. What is left:
"""


def text(results: dict[str, Any]) -> str:
    """The whole page."""
    parts = [HEAD.format(seeds=_seeds(results.get("seeds", {})))]
    engine, peers = results.get("engine", {}), results.get("peers", {})
    weeks = sorted(engine, key=int)
    parts.append("## Nothing there: dashboards with at least one false lead\n")
    parts.append(_false_leads(engine, weeks, NOTHING))
    parts.append(_summary(engine, weeks))
    parts.append(NONE_FIRST_HEAD)
    parts.append(_false_leads(engine, weeks, NONE_FIRST))
    parts.append("\n## Something there\n")
    for length in weeks:
        if any(name in engine[length] for name in SOMETHING):
            parts.append(f"### {length} weeks\n")
            parts.append(_something(engine[length]))
    if peers:
        parts.append("\n## Other methods on the same worlds\n")
        parts.append(_peers(engine, peers))
    return "\n".join(parts) + "\n"


def _seeds(seeds: dict[str, int]) -> str:
    return ", ".join(f"{seeds[weeks]} at {weeks} weeks" for weeks in sorted(seeds, key=int))


def _table(head: list[str], rows: Iterable[list[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def _share(counts: dict[str, int] | None, part: str, whole: str) -> str:
    if not counts or not counts.get(whole):
        return "–"
    return f"{counts.get(part, 0) / counts[whole]:.1%}".replace("%", " %")


def _false_leads(engine: dict[str, Any], weeks: list[str], families: Iterable[str]) -> str:
    head = [
        "family",
        *(f"{w} weeks" for w in weeks),
        f"false inputs, {SHOWN_WEEKS} weeks",
        "worlds",
    ]
    rows = []
    for name in families:
        found = [engine[w].get(name) for w in weeks]
        shown = engine.get(SHOWN_WEEKS, {}).get(name)
        if any(found):
            worlds = "/".join(str(f["worlds"]) if f else "–" for f in found)
            shares = [_share(f, "false_dashboards", "worlds") for f in found]
            rows.append([name, *shares, _share(shown, "false_inputs", "inputs"), worlds])
    return _table(head, rows)


def _summary(engine: dict[str, Any], weeks: list[str]) -> str:
    lines = []
    for length in weeks:
        shares = {
            name: counts.get("false_dashboards", 0) / counts["worlds"]
            for name, counts in engine[length].items()
            if name in NOTHING
        }
        if shares:
            worst = max(shares, key=lambda name: shares[name])
            mean = sum(shares.values()) / len(shares)
            lines.append(
                f"- {length} weeks: {mean:.1%} on average over {len(shares)} families, "
                f"{shares[worst]:.1%} in the worst ({worst}). Goals: {GOAL:.0%} and {WORST:.0%}."
            )
        follow = engine[length].get("followers")
        if follow:
            lines.append(
                f"- {length} weeks: of inputs that follow the star, "
                f"{_share(follow, 'followers_found', 'followers')} are called followers and "
                f"{_share(follow, 'followers_called_leads', 'followers')} leads."
            )
    return "\n".join(lines) + "\n"


def _something(engine: dict[str, Any]) -> str:
    head = [
        "family",
        "found",
        "exact lag",
        "lag within the range",
        "interval covers the truth",
        "wrong sign",
        "another input falsely",
        "worlds",
    ]
    rows = []
    for name in SOMETHING:
        counts = engine.get(name)
        if counts:
            rows.append(
                [
                    name,
                    _share(counts, "found", "planted"),
                    _share(counts, "exact", "said_single"),
                    _share(counts, "within", "said_single"),
                    _share(counts, "covered", "coverable"),
                    _share(counts, "wrong_sign", "found"),
                    _share(counts, "false_dashboards", "worlds"),
                    str(counts["worlds"]),
                ]
            )
    return _table(head, rows)


def _peers(engine: dict[str, Any], peers: dict[str, Any]) -> str:
    parts = []
    for length, families in peers.items():
        names = sorted(
            {key.split("|")[0] for counts in families.values() for key in counts} - {"worlds"}
        )
        seen = sorted({counts["worlds"] for counts in families.values()})
        parts.append(
            f"The other methods saw the first {' or '.join(map(str, seen))} worlds of each family; "
            "each is read as it usually is: any lag up to 12 weeks of any input below 5 %, after "
            "the correction that its name tells, if any.\n"
        )
        for group, key, title in (
            ([*NOTHING, *NONE_FIRST], "false_dashboards", "dashboards with a false lead"),
            (SOMETHING, "found", "planted lead found"),
        ):
            rows = []
            for family in group:
                counts, own = families.get(family), engine.get(length, {}).get(family)
                if counts:
                    shares = [_share(counts, f"{peer}|{key}", "worlds") for peer in names]
                    rows.append([family, _share(own, key, "worlds"), *shares])
            if rows:
                parts.append(_table([f"{title}, {length} weeks", "nsm", *names], rows))
    return "\n".join(parts)


def picture(results: dict[str, Any]) -> str:
    """Dots on one line a family: false-lead dashboards, beside the two goals (SVG)."""
    engine = results.get("engine", {}).get(SHOWN_WEEKS, {})
    shares = {
        name: engine[name].get("false_dashboards", 0) / engine[name]["worlds"]
        for name in NOTHING
        if name in engine
    }
    left, scale, line = 210, 2200, 20
    height = 60 + line * len(shares)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="760" height="{height}" '
        'font-family="sans-serif" font-size="12" role="img">',
        f"<title>Share of dashboards with a false lead, {SHOWN_WEEKS} weeks</title>",
        f'<rect width="760" height="{height}" fill="white"/>',
    ]
    for goal, words in ((GOAL, "promise, 5 %"), (WORST, "worst family, 8 %")):
        x = left + goal * scale
        out.append(
            f'<line x1="{x:.0f}" x2="{x:.0f}" y1="30" y2="{height - 16}" stroke="#888" '
            f'stroke-dasharray="4 3"/><text x="{x + 4:.0f}" y="24" fill="#555">{words}</text>'
        )
    for i, (name, share) in enumerate(shares.items()):
        y, x = 46 + line * i, left + min(share, 0.24) * scale
        error = (share * (1 - share) / engine[name]["worlds"]) ** 0.5 * 1.96 * scale
        out.append(
            f'<text x="{left - 10}" y="{y + 4}" text-anchor="end" fill="#222">{escape(name)}</text>'
            f'<line x1="{max(left, x - error):.1f}" x2="{x + error:.1f}" y1="{y}" y2="{y}" '
            f'stroke="#7aa6d8" stroke-width="2"/>'
            f'<circle cx="{x:.1f}" cy="{y}" r="4" fill="#1f5fa8"/>'
        )
    return "\n".join([*out, "</svg>"]) + "\n"

"""At which setting the lead test was asked, how often one has looked, and the text to paste."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from nsm.leads import LeadReport
from nsm.leads.setting import Setting
from nsm.model import Star
from nsm.words.figures import day, listed
from nsm.words.findings import Finding
from nsm.words.leads import MEANING, promise, scope, sentence, summary
from nsm.words.review import short_name

NAMED_AT_MOST = 3
MANY = 20  # looks from which on a false lead somewhere is to be expected at one in twenty each


def setting_words(setting: Setting, star: Star, logged: Collection[str] = ()) -> str:
    """How this version differs from the usual one; empty when it does not."""
    said = []
    if setting.first:
        said.append(f"weeks from {_date(setting.first)}")
    if setting.last:
        said.append(f"weeks to {_date(setting.last)}")
    if setting.logs:
        said.append(_logs(star, logged))
    if not setting.seasonal:
        said.append("the yearly season left in")
    if setting.exclude:
        named = [_date(one) for one in setting.exclude[:NAMED_AT_MOST]]
        more = len(setting.exclude) - NAMED_AT_MOST
        named += [f"{more} more"] if more > 0 else []
        said.append(
            f"without the {'week' if len(setting.exclude) == 1 else 'weeks'} of {listed(named)}"
        )
    return "; ".join(said)


def versions_said(versions: int, alpha: float) -> str:
    """What it does to the promise that somebody looked at several versions; empty for one."""
    if versions <= 1:
        return ""
    said = (
        f"You have looked at {versions:,} versions of this page. The promise holds for each one "
        "alone, not for the best of them: "
    )
    if versions * alpha >= 1:
        said += "with so many, a lead that is not there is to be expected in one of them."
    else:
        most = round(100 * versions * alpha)
        said += f"where nothing leads, up to {most} in 100 would show a lead in one of {versions}."
    return f"{said} Settle on a version before looking, or believe what stays in most of them."


def paragraph(
    star: Star,
    report: LeadReport,
    found: Sequence[Finding],
    setting: str,
    versions: str,
    results: Sequence[str] = (),
    last: dt.date | None = None,
) -> str:
    """The answer as text to paste into a mail or a document, with what it promises and does not."""
    until = f", to {_date(last)}" if last else ""
    made = f"{star.name}: {scope(report)}{until}" + (f"; {setting}" if setting else "") + "."
    lines = [
        summary(star, report, found),
        *(f"- {sentence(star, one, report.weeks)}" for one in found),
        *(f"- {said}" for said in results),
        "",
        f"{made} {promise(report.alpha)}",
        *([versions] if versions else []),
        f"{MEANING[0]} {MEANING[1]}",
    ]
    if star.simulated:
        lines.append("Simulated data.")
    return "\n".join(lines)


def _logs(star: Star, logged: Collection[str]) -> str:
    if not logged:
        return "logarithms were asked for, but no metric allows them: values as they are"
    keys = [star.north_star, *(one.key for one in star.inputs)]
    plain = [short_name(star.metric(key)) for key in dict.fromkeys(keys) if key not in logged]
    rest = plain[:NAMED_AT_MOST]
    rest += [f"{len(plain) - NAMED_AT_MOST} more"] if len(plain) > NAMED_AT_MOST else []
    return f"logarithms, but {listed(rest)} as it is" if rest else "logarithms"


def _date(one: dt.date) -> str:
    return day(one, weekday=False, year=True)

"""What is said beside a verdict once all verdicts are known: shadows, same news, badges."""

from __future__ import annotations

from typing import Any

from nsm.leads.badges import Stability, stability, usefulness
from nsm.leads.report import Working
from nsm.leads.series import Series
from nsm.leads.together import SAME_NEWS, inflation, joint_model, shadows
from nsm.leads.words import label


def second_look(
    working: Working, rows: list[dict[str, Any]], details: dict[str, dict[str, Any]]
) -> None:
    """Add warnings and details, in place. No verdict and no number of the table changes."""
    leading = [
        (i, working.inputs[i], int(row["lag"]))
        for i, row in enumerate(rows)
        if row["verdict"] in ("leads", "both")
    ]
    found = [(x, lag) for _, x, lag in leading]
    beside = joint_model(working.response, found) if len(found) > 1 else []
    named = shadows(working.response, found)
    for place, (i, x, lag) in enumerate(leading):
        detail, warnings = details[x.name], rows[i]["warnings"]
        low, high = int(rows[i]["lag_low"]), int(rows[i]["lag_high"])
        useful = usefulness(working.response, x, lag)
        stable = stability(working.response, x, low, high)
        detail |= {"usefulness": useful, "stability": stable}
        if beside:
            detail["beside_others"] = beside[place]
        if x.name in named:
            detail["shadow_of"] = named[x.name]
            warnings.insert(
                0,
                f"{x.name} adds nothing beside {named[x.name]}: its lead may be only the shadow "
                f"of {named[x.name]}.",
            )
        if stable is not None and stable.changed:
            warnings.insert(0, _changed(working, x, stable))
        if useful is not None and useful.gain <= 0:
            warnings.append(
                f"Knowing {x.name} would not have made past forecasts of {working.star.name} "
                "better: the lead is real at best, but small."
            )
    for name, (factor, nearest) in inflation(working.news).items():
        details[name]["variance_inflation"] = factor
        if factor >= SAME_NEWS:
            row = next(r for r in rows if r["input"] == name)
            row["warnings"].append(
                f"{name} and {nearest} carry nearly the same information "
                f"(variance inflation {factor:.1f}): the data cannot say which of them it is."
            )


def _changed(working: Working, x: Series, found: Stability) -> str:
    when = label(working.index, found.place)
    if found.held_before and not found.held_after:
        return f"{x.name} led {working.star.name} until {when}, not since."
    if found.held_after and not found.held_before:
        return f"{x.name} leads {working.star.name} only since {when}, not before."
    return f"The effect of {x.name} on {working.star.name} is not the same before and after {when}."

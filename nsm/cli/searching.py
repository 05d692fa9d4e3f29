"""The command that looks for inputs nobody thought of: candidates."""

from __future__ import annotations

import math
from typing import Any

import click

from nsm.cli.group import JSON, STAR, nsm, star_today, store
from nsm.cli.printing import progress_bar, say, say_json


@nsm.command()
@STAR
@click.option(
    "--max-lag",
    type=click.IntRange(1, 104),
    default=12,
    show_default=True,
    help="How many weeks back to look.",
)
@click.option("--everywhere", is_flag=True, help="Scan the metrics of all other stars too.")
@JSON
def candidates(star_key: str, max_lag: int, everywhere: bool, as_json: bool) -> None:
    """Scan metrics that are no inputs yet for those worth a closer look."""
    from nsm import answers
    from nsm.inquiry import candidates_of
    from nsm.leads.setting import Setting
    from nsm.store.stars import star_versions
    from nsm.words.beyond import FALSE_SHARE, candidates_lines

    engine = store()
    today = star_today(engine, star_key)
    stars = [star_key, *(key for key in star_versions(engine) if everywhere and key != star_key)]
    own, *others = (answers.histories(engine, key, today) for key in stars)
    with progress_bar("Scanning") as bar:

        def progress(done: int, all_there_are: int) -> bool:
            if bar is not None:
                bar(done / all_there_are)
            return True

        table = candidates_of(
            answers.tested(own),
            Setting(max_lag),
            [answers.tested(other) for other in others],
            progress,
        )
    if as_json:
        rows = [_plain(row) for row in table.to_dict(orient="records")]
        told = {"star": star_key, "target": own.star.north_star, "max_lag": max_lag}
        say_json({**told, "false_share": FALSE_SHARE, "candidates": rows})
        return
    names = {
        (one.star.key, metric.key): metric for one in (own, *others) for metric in one.star.metrics
    }
    for text in candidates_lines(table, own.star, names):
        say(text)


def _plain(row: dict[Any, Any]) -> dict[str, Any]:
    """A row as JSON values, numbers to ten digits; what is not known is null."""
    import pandas as pd

    return {
        str(name): None
        if pd.isna(value)
        else float(f"{value:.10g}")
        if isinstance(value, float) and math.isfinite(value)
        else value
        for name, value in row.items()
    }

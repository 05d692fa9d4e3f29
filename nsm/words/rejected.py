"""What the command line says of values that a load refused: equal reasons together."""

from __future__ import annotations

from collections.abc import Sequence

from nsm.model import RejectedRow, Star
from nsm.words.figures import count

LINES_NAMED, VALUES_NAMED = 6, 3
GROUPS_SHOWN = 20
KNOWN_NAMED = 12
LONGEST_VALUE = 60


def rejected_lines(rows: Sequence[RejectedRow], total: int) -> list[str]:
    """One line for each reason in each column, in the order of the file, then what is not listed.

    ``rows`` are the first of ``total``: "lines 4, 7 and 9, orders: 'x', '--' is not a number".
    """
    groups: dict[tuple[str, str], list[RejectedRow]] = {}
    for row in rows:
        groups.setdefault((row.column, row.reason), []).append(row)
    said = [_group(group) for group in list(groups.values())[:GROUPS_SHOWN]]
    hidden = total - sum(len(group) for group in list(groups.values())[:GROUPS_SHOWN])
    return [*said, f"... and {hidden:,} more"] if hidden else said


def refused_line(source: str, rows: Sequence[RejectedRow], total: int, stopped_at: int) -> str:
    """That nothing was loaded, how much was wrong, and where it begins: the list says the rest."""
    values = f"{count(total, 'value')} {'was' if total == 1 else 'were'} rejected"
    stopped = f", reading stopped at line {stopped_at:,}" if stopped_at else ""
    first = f"{'first in ' if total > 1 else ''}line {rows[0].line}"
    column = f", column {rows[0].column}" if rows[0].column else ""
    return f"{source}: {values}{stopped} and nothing was loaded ({first}{column})."


def known_metrics(star: Star) -> str:
    """What could have stood where a file names no metric: "shop has the metrics orders."."""
    keys = [metric.key for metric in star.metrics if not metric.formula]
    more = f" and {len(keys) - KNOWN_NAMED:,} more" if len(keys) > KNOWN_NAMED else ""
    return f"{star.key} has the metrics {', '.join(keys[:KNOWN_NAMED])}{more}."


def _group(rows: Sequence[RejectedRow]) -> str:
    lines = list(dict.fromkeys(row.line for row in rows))
    values = [_quoted(value) for value in dict.fromkeys(row.value for row in rows)]
    what = ", ".join(values[:VALUES_NAMED]) + (" ..." if len(values) > VALUES_NAMED else "")
    where = f"{'line' if len(lines) == 1 else 'lines'} {_some(lines)}"
    return f"{where}, {rows[0].column or '-'}: {what} {rows[0].reason}"


def _quoted(value: str) -> str:
    return f"'{value[:LONGEST_VALUE]}{'…' if len(value) > LONGEST_VALUE else ''}'"


def _some(lines: Sequence[int]) -> str:
    """ "4", "4 and 7", "4, 7, 9, 12, 13, 20 and 100 more"."""
    named = [str(line) for line in lines[:LINES_NAMED]]
    more = len(lines) - len(named)
    if more:
        return f"{', '.join(named)} and {more:,} more"
    return " and ".join([", ".join(named[:-1]), named[-1]] if len(named) > 1 else named)

"""The digest as one HTML file: no script, nothing to load, two pages of A4; opens in ten years.

Exceptions come first, then the star with its picture, why it moved and what is coming; the second
page holds every metric, what was said, and what is open. Every word that comes from data is escaped
here and cut to a length that leaves room for the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape as escape_all

from nsm.digest.gathering import Digest
from nsm.digest.pictures import small_picture, star_picture, weekly_target
from nsm.digest.style import STYLE
from nsm.standing import Standing, newer_weeks
from nsm.wall.text import escape
from nsm.words.digest import (
    PICTURE_KEY,
    SIMULATED_TAG,
    TARGET_KEY,
    counted,
    open_week,
    subject,
    to_date_cell,
)
from nsm.words.figures import change, day, number, week_of
from nsm.words.habit import asking, follow_up, habit_line, said_of
from nsm.words.outlook import how_known, outlook_sentence, plan_sentence
from nsm.words.review import (
    ROLE_NAMES,
    behind,
    capital,
    headline,
    judgement,
    note_text,
    plan_share,
    short_name,
    to_date,
    usual_words,
)
from nsm.words.segments import split_name, split_sentence
from nsm.words.why import why_introduction, why_missing, why_sentence

# What fits on two pages; what is left out is counted.
MOST_SIGNALS, MOST_METRICS, MOST_PLANS, MOST_SAID, MOST_NOTES, MOST_SPLITS = 4, 12, 3, 4, 3, 1
LONGEST, LONGEST_NOTE, LONGEST_WHY, LONGEST_SPLIT = 240, 100, 360, 120
# Characters that the log has room for: few entries are told at length, many in short.
LOG_ROOM, SHORTEST_SAID, LONGEST_SAID = 1_600, 100, 480
AGAINST = {"week": "Why it moved since the week before", "year": "And since last year"}


def document(digest: Digest) -> str:
    """The whole file; the same digest is the same text, byte for byte."""
    star = digest.standings[digest.star.north_star]
    title = escape(subject(digest.star, digest.week, star), LONGEST)
    body = "".join(
        [
            _head(digest),
            _exceptions(digest),
            _star(digest, star),
            _why(digest),
            _coming(digest),
            _metrics(digest),
            _log(digest),
            _foot(digest),
        ]
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{title}</title><style>{STYLE}</style></head><body><main>{body}</main>"
        "</body></html>\n"
    )


def _head(digest: Digest) -> str:
    tag = f' <span class="tag">{SIMULATED_TAG}</span>' if digest.star.simulated else ""
    star, weeks = digest.star, digest.known.weeks
    if newer := newer_weeks(star, weeks, digest.week, digest.today):
        tag += f' <span class="tag">{behind(*newer)}</span>'
    return (
        f"<header><p><bdi>{escape(digest.star.name)}</bdi> · "
        f"{week_of(digest.week, year=True)}{tag}</p></header>"
    )


def _exceptions(digest: Digest) -> str:
    """What is unusual, first; a quiet week says so."""
    shown = list(digest.standings.values())
    unusual = [one for one in shown if one.signal.is_unusual]
    star = digest.standings[digest.star.north_star]
    lines = [headline(one, digest.week) for one in unusual if one is not star]
    return (
        f"<h1>{escape(headline(star, digest.week), LONGEST)}</h1>"
        f'<p class="count"><b>{capital(counted(shown))}</b></p>{_items(lines, MOST_SIGNALS, "odd")}'
    )


def _star(digest: Digest, one: Standing) -> str:
    figures, unit = one.review, one.metric.unit
    numbers = [
        (capital(week_of(digest.week)), number(figures.last_week, unit, short=True)),
        ("On the week before", change(figures.wow, figures.change_unit)),
        ("On last year", change(figures.yoy, figures.change_unit)),
        ("Usual range", usual_words(one) or "–"),
    ]
    if one.pace is not None:
        numbers.append((f"Of plan, {one.pace.period} to date", plan_share(one.pace)))
    cells = "".join(
        f"<div><p>{escape(name)}</p><b>{_exact(value)}</b></div>" for name, value in numbers
    )
    said = ". ".join(filter(None, (to_date(one), open_week(one))))
    key = PICTURE_KEY if weekly_target(one) is None else f"{PICTURE_KEY} {TARGET_KEY}"
    notes = [note_text(note, _names(digest)) for note in digest.notes]
    return (
        f'<section><div class="numbers">{cells}</div>{star_picture(digest)}'
        f'<p class="small">{escape(key, 400)} {escape(said, 600)}</p>'
        f"{_items(notes, MOST_NOTES, 'small', LONGEST_NOTE)}</section>"
    )


def _why(digest: Digest) -> str:
    parts = []
    for why in digest.whys:
        said = why_sentence(digest.star, why)
        about = " ".join(
            filter(None, (why_introduction(digest.star, why), why_missing(digest.star, why)))
        )
        splits = [
            f"{split_name(digest.star, split)}, {split_sentence(digest.star, split)}"
            for split in digest.splits
            if split.against == why.against and split.parts
        ]
        longest = LONGEST_WHY
        if splits and said:  # What tells how the parts were found gives way to a split.
            longest, about = LONGEST, why_missing(digest.star, why)
        told = [f"<p>{escape(said, longest)}</p>"] if said else []
        told += [f'<p class="small">{escape(about, longest)}</p>'] if about else []
        told += [_items(splits, MOST_SPLITS, longest=LONGEST_SPLIT)]
        if any(told):
            parts.append(f"<div><h2>{AGAINST[why.against]}</h2>{''.join(told)}</div>")
    return f'<section class="two">{"".join(parts)}</section>'


def _coming(digest: Digest) -> str:
    ahead, star = digest.prospect, digest.star
    own = [plan for plan in ahead.plans if plan.metric == star.north_star]
    lines = [plan_sentence(star, plan, ahead.week_ending) for plan in own]
    return (
        f"<section><h2>What is coming</h2><p>{escape(outlook_sentence(star, ahead), 400)}</p>"
        f"{_items(lines, MOST_PLANS, 'plans')}"
        f'<p class="small">{escape(how_known(star, ahead.outlook), 500)}</p></section>'
    )


def _metrics(digest: Digest) -> str:
    """Every metric in a row: the signals first, then in the order of the definition."""
    rows = sorted(digest.standings.values(), key=lambda one: not one.signal.is_unusual)
    heads = (
        "Metric",
        "13 weeks",
        "Week",
        "On the week before",
        "On last year",
        "Usual range",
        "Month to date",
        "Quarter",
        "Year",
    )
    body = "".join(_row(digest, one) for one in rows[:MOST_METRICS])
    return (
        '<section class="page"><h2>Every metric</h2><table class="all"><thead><tr>'
        f"{''.join(f'<th>{name}</th>' for name in heads)}</tr></thead><tbody>{body}</tbody></table>"
        f"{_more(len(rows) - MOST_METRICS)}"
        '<p class="small">Month, quarter and year to date, in brackets on the same dates of last '
        "year. – : not known, mostly because days are missing on one side.</p></section>"
    )


def _row(digest: Digest, one: Standing) -> str:
    figures, unit = one.review, one.metric.unit
    state = judgement(one.signal)
    to_dates = (
        to_date_cell(figures.mtd, figures.mtd_yoy, one),
        to_date_cell(figures.qtd, figures.qtd_yoy, one),
        to_date_cell(figures.ytd, figures.ytd_yoy, one),
    )
    cells = (
        number(figures.last_week, unit, short=True),
        change(figures.wow, figures.change_unit),
        change(figures.yoy, figures.change_unit),
        usual_words(one) or "–",
        *to_dates,
    )
    kind = ' class="odd"' if one.signal.is_unusual else ""
    return (
        f"<tr{kind}><th><bdi>{escape(short_name(one.metric, 30))}</bdi>"
        f"<small>{ROLE_NAMES[one.metric.role]} · {escape(state, 60)}</small></th>"
        f'<td class="spark">{small_picture(digest, one)}</td>'
        f"{''.join(f'<td>{_exact(cell)}</td>' for cell in cells)}</tr>"
    )


def _log(digest: Digest) -> str:
    star, habit = digest.star, digest.habit
    asked = [asking(digest.standings[key]) for key in habit.asked]
    lists = (
        ("Explanations asked", asked),
        ("Said of this week", [said_of(star, one) for one in habit.said]),
        ("Said of the week before", [said_of(star, one) for one in habit.said_before]),
        ("Open follow-ups", [follow_up(star, one, digest.today) for one in habit.open]),
    )
    entries = sum(min(len(lines), MOST_SAID) for _, lines in lists)
    longest = min(max(LOG_ROOM // max(entries, 1), SHORTEST_SAID), LONGEST_SAID)
    parts = "".join(
        f"<div><h3>{title}</h3>{_items(lines, MOST_SAID, longest=longest)}</div>"
        for title, lines in lists
        if lines
    )
    return (
        f'<section class="log"><h2>What we say about it</h2><p>{habit_line(habit)}</p>'
        f'<div class="two">{parts}</div></section>'
    )


def _foot(digest: Digest) -> str:
    return (
        f'<footer class="small">Written on {day(digest.today, year=True)} from the data known '
        "then. “Usual” is judged from each metric's own past weeks; “leads” means prediction, not "
        "cause.</footer>"
    )


def _items(lines: Sequence[str], most: int, kind: str = "", longest: int = LONGEST) -> str:
    if not lines:
        return ""
    items = "".join(f"<li>{escape(text, longest)}</li>" for text in lines[:most])
    return f'<ul class="{kind}">{items}</ul>{_more(len(lines) - most)}'


def _exact(figure: str) -> str:
    """A figure as its words made it: a number and its unit stay on one line."""
    return escape_all(figure[:80])


def _more(left_out: int) -> str:
    return f'<p class="small">and {left_out:,} more on the dashboard</p>' if left_out > 0 else ""


def _names(digest: Digest) -> dict[str, str]:
    return {key: short_name(one.metric) for key, one in digest.standings.items()}

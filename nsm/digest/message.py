"""The digest as words: the mail's plain text, and the few lines that a channel shows."""

from __future__ import annotations

from dataclasses import dataclass

from nsm.digest.document import document
from nsm.digest.gathering import Digest
from nsm.wall.text import cut
from nsm.words.digest import SIMULATED_TAG, counted, subject
from nsm.words.habit import asking, follow_up, habit_line, said_of
from nsm.words.outlook import outlook_sentence, plan_sentence
from nsm.words.review import headline
from nsm.words.terminal import review_lines
from nsm.words.why import why_missing, why_sentence

LONGEST_LINE = 300


@dataclass(frozen=True, slots=True)
class Message:
    """A digest ready to go: one line of subject, the short and the long text, the file."""

    subject: str
    summary: str
    text: str
    html: str
    file_name: str


def message_of(digest: Digest) -> Message:
    """What is sent; nothing in it is markup but ``html``."""
    star = digest.standings[digest.star.north_star]
    summary = _summary(digest)
    figures = review_lines(digest.star, digest.review, digest.standings)[2:]
    return Message(
        subject=cut(subject(digest.star, digest.week, star), 160),
        summary="\n".join(summary),
        text="\n".join([*summary, "", *_log(digest), "", *figures]) + "\n",
        html=document(digest),
        file_name=f"{digest.star.key}-{digest.review.week_ending}.html",
    )


def _summary(digest: Digest) -> list[str]:
    star, shown = digest.star, list(digest.standings.values())
    lines = [headline(digest.standings[star.north_star], digest.week), f"{counted(shown)}."]
    lines += [
        f"! {headline(one, digest.week)}"
        for one in shown
        if one.signal.is_unusual and one.metric.key != star.north_star
    ]
    if digest.whys:
        why = digest.whys[0]
        lines.append(why_sentence(star, why) or why_missing(star, why))
    lines.append(outlook_sentence(star, digest.prospect))
    lines += [
        plan_sentence(star, plan, digest.prospect.week_ending)
        for plan in digest.prospect.plans
        if plan.metric == star.north_star
    ]
    lines.append(f"{habit_line(digest.habit)}.")
    if star.simulated:
        lines.append(SIMULATED_TAG.capitalize() + ".")
    return [cut(line, LONGEST_LINE) for line in lines if line]


def _log(digest: Digest) -> list[str]:
    star, habit = digest.star, digest.habit
    lines: list[str] = []
    for title, texts in (
        ("Explanations asked:", [asking(digest.standings[key]) for key in habit.asked]),
        ("Said of this week:", [said_of(star, one) for one in habit.said]),
        ("Said of the week before:", [said_of(star, one) for one in habit.said_before]),
        ("Open follow-ups:", [follow_up(star, one, digest.today) for one in habit.open]),
    ):
        if texts:
            lines += [title, *(f"- {cut(text, LONGEST_LINE)}" for text in texts)]
    return lines

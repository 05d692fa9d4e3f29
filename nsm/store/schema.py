"""The tables. Portable SQL types only; the migrations in ``migrations/`` make exactly these."""

from __future__ import annotations

import sqlalchemy as sa

# MariaDB cannot index unbounded text; keys are short by the rules of the definitions.
KEY = sa.String(64)
NAME = sa.Text()

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

star = sa.Table(
    "star",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", KEY, nullable=False, unique=True),
    sa.Column("name", NAME, nullable=False),
    sa.Column("description", NAME, nullable=False),
    sa.Column("week_start", sa.Integer, nullable=False),
    sa.Column("timezone", sa.String(64), nullable=False),
    sa.Column("fiscal_year_end", sa.Integer, nullable=False),
    sa.Column("simulated", sa.Boolean, nullable=False),
    # Counts every write to the star, so that a page knows by one number whether its picture is old.
    sa.Column("version", sa.Integer, nullable=False),
)

metric = sa.Table(
    "metric",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("star_id", sa.ForeignKey("star.id", ondelete="CASCADE"), nullable=False),
    sa.Column("key", KEY, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("name", NAME, nullable=False),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("aggregate", sa.String(8)),
    sa.Column("formula", NAME),
    sa.Column("unit", sa.String(64), nullable=False),
    sa.Column("better", sa.String(4), nullable=False),
    sa.Column("grain", sa.String(8)),
    # What the loader found in the dates, for a metric whose definition does not say its grain.
    sa.Column("grain_found", sa.String(8)),
    sa.Column("dimension", NAME, nullable=False),
    sa.Column("owner", NAME, nullable=False),
    sa.Column("description", NAME, nullable=False),
    sa.Column("lateness_days", sa.Integer, nullable=False),
    sa.Column("believed_lead_weeks", sa.Integer),
    sa.Column("believed_direction", sa.String(4)),
    sa.Column("believed_confidence", sa.String(8)),
    # The star's id for its north star, else NULL: unique, so a star has at most one.
    sa.Column("north_star_of", sa.Integer, unique=True),
    # A metric that left the definition keeps its history but is shown nowhere.
    sa.Column("retired", sa.Boolean, nullable=False),
    sa.UniqueConstraint("star_id", "key"),
)

# A database that metrics of a star come from: where its address is, never the address.
source = sa.Table(
    "source",
    metadata,
    sa.Column("star_id", sa.ForeignKey("star.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("key", KEY, primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("url_env", sa.String(128), nullable=False),
)

# How the values of a metric are asked from a source; a metric without a row comes from files.
metric_query = sa.Table(
    "metric_query",
    metadata,
    sa.Column("metric_id", sa.ForeignKey("metric.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("source", KEY, nullable=False),
    sa.Column("date", sa.String(128), nullable=False),
    sa.Column("take", sa.String(16), nullable=False),
    sa.Column("column", sa.String(128), nullable=False),
    sa.Column("sql", NAME, nullable=False),
    sa.Column("table", NAME, nullable=False),
    sa.Column("where", NAME, nullable=False),
    # Names of columns, one a line.
    sa.Column("segments", NAME, nullable=False),
    sa.Column("empty_is_zero", sa.Boolean, nullable=False),
)

definition_change = sa.Table(
    "definition_change",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("metric_id", sa.ForeignKey("metric.id", ondelete="CASCADE"), nullable=False),
    sa.Column("date", sa.Date, nullable=False),
    sa.Column("field", sa.String(32), nullable=False),
    sa.Column("old", NAME, nullable=False),
    sa.Column("new", NAME, nullable=False),
)

load = sa.Table(
    "load",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("star_id", sa.ForeignKey("star.id", ondelete="CASCADE"), nullable=False),
    sa.Column("source", NAME, nullable=False),
    sa.Column("loaded_by", NAME, nullable=False),
    sa.Column("loaded_at", sa.DateTime, nullable=False),
    # The day on which these values were known, in the star's time zone.
    sa.Column("as_of", sa.Date, nullable=False),
    # The fingerprint of what a source was asked; NULL: a file brought it.
    sa.Column("asked", sa.String(64)),
    sa.Column("new", sa.Integer, nullable=False),
    sa.Column("changed", sa.Integer, nullable=False),
    sa.Column("unchanged", sa.Integer, nullable=False),
    sa.Column("rejected", sa.Integer, nullable=False),
)

rejected_row = sa.Table(
    "rejected_row",
    metadata,
    sa.Column("load_id", sa.ForeignKey("load.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("line", sa.Integer, nullable=False),
    sa.Column("column", NAME, nullable=False),
    sa.Column("value", NAME, nullable=False),
    sa.Column("reason", NAME, nullable=False),
)

# One metric, one date, one value. A weekly value stands on the first day of its week.
observation = sa.Table(
    "observation",
    metadata,
    sa.Column("metric_id", sa.ForeignKey("metric.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("date", sa.Date, primary_key=True),
    sa.Column("value", sa.Double, nullable=False),
    # The load that wrote it. No foreign key: it would be looked up for each of a million rows,
    # and loads go only together with their star.
    sa.Column("load_id", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)

restatement = sa.Table(
    "restatement",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column(
        "metric_id", sa.ForeignKey("metric.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    sa.Column("date", sa.Date, nullable=False),
    sa.Column("old_value", sa.Double, nullable=False),
    # NULL: nothing is known of the day any more.
    sa.Column("new_value", sa.Double),
    sa.Column("old_load_id", sa.ForeignKey("load.id"), nullable=False),
    sa.Column("load_id", sa.ForeignKey("load.id"), nullable=False),
)

# Maintained with every load: what the observations of a metric add up to in a week or a month.
# `days` counts the final observations in the period (a weekly source has one a week); any
# aggregate follows from the rest.
rollup = sa.Table(
    "rollup",
    metadata,
    sa.Column("metric_id", sa.ForeignKey("metric.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("grain", sa.String(8), primary_key=True),
    sa.Column("start", sa.Date, primary_key=True),
    sa.Column("days", sa.Integer, nullable=False),
    sa.Column("sum", sa.Double, nullable=False),
    sa.Column("min", sa.Double, nullable=False),
    sa.Column("max", sa.Double, nullable=False),
    sa.Column("first", sa.Double, nullable=False),
    sa.Column("last", sa.Double, nullable=False),
    sa.Column("last_date", sa.Date, nullable=False),
    sqlite_with_rowid=False,
)

# What the source itself says a whole week or month came to, for metrics whose days do not add up.
# The roll-ups of such a metric take their values from here.
asked_period = sa.Table(
    "asked_period",
    metadata,
    sa.Column("metric_id", sa.ForeignKey("metric.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("grain", sa.String(8), primary_key=True),
    sa.Column("start", sa.Date, primary_key=True),
    sa.Column("value", sa.Double, nullable=False),
    sa.Column("load_id", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)

# The history of a metric by what its rows have in a column: country, plan, platform. As the
# source last said it.
segment_value = sa.Table(
    "segment_value",
    metadata,
    sa.Column("metric_id", sa.ForeignKey("metric.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("segment", sa.String(128), primary_key=True),
    sa.Column("grain", sa.String(8), primary_key=True),
    sa.Column("start", sa.Date, primary_key=True),
    # A number for each part: databases do not agree on which texts are the same.
    sa.Column("part_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("value", sa.Double, nullable=False),
    # Of a mean: of how many rows.
    sa.Column("weight", sa.Double),
    # The load from which this value is known; NULL where that was not kept yet.
    sa.Column("load_id", sa.Integer),
    sqlite_with_rowid=False,
)

segment_part = sa.Table(
    "segment_part",
    metadata,
    sa.Column("metric_id", sa.ForeignKey("metric.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("segment", sa.String(128), primary_key=True),
    sa.Column("part_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("part", NAME, nullable=False),
)

# What a source said of a whole week or month, or of a part of a metric, before it said otherwise:
# the restatements of asked_period (segment empty, part_id 0) and of segment_value.
period_restatement = sa.Table(
    "period_restatement",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column(
        "metric_id", sa.ForeignKey("metric.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    sa.Column("segment", sa.String(128), nullable=False),
    sa.Column("part_id", sa.Integer, nullable=False),
    sa.Column("grain", sa.String(8), nullable=False),
    sa.Column("start", sa.Date, nullable=False),
    sa.Column("old_value", sa.Double, nullable=False),
    # NULL: the part has no rows there any more.
    sa.Column("new_value", sa.Double),
    sa.Column("old_load_id", sa.ForeignKey("load.id"), nullable=False),
    sa.Column("load_id", sa.ForeignKey("load.id"), nullable=False),
)

# The last time each metric was asked from its source, and the last time that failed.
sync = sa.Table(
    "sync",
    metadata,
    sa.Column("metric_id", sa.ForeignKey("metric.id", ondelete="CASCADE"), primary_key=True),
    # The day of the last sync that worked, in the star's time zone; NULL before the first.
    sa.Column("as_of", sa.Date),
    sa.Column("synced_at", sa.DateTime),
    # What was asked, as a digest: another question asks for everything again.
    sa.Column("asked", sa.String(64), nullable=False),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("load_id", sa.Integer),
    # One line about the failure since then; empty when there was none.
    sa.Column("error", NAME, nullable=False),
    sa.Column("failed_at", sa.DateTime),
)

target = sa.Table(
    "target",
    metadata,
    sa.Column("metric_id", sa.ForeignKey("metric.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("period", sa.String(8), primary_key=True),
    sa.Column("start", sa.Date, primary_key=True),
    sa.Column("value", sa.Double, nullable=False),
    # The day on which it was written down, in the star's time zone; NULL where nobody can say.
    sa.Column("since", sa.Date),
)

annotation = sa.Table(
    "annotation",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("star_id", sa.ForeignKey("star.id", ondelete="CASCADE"), nullable=False),
    sa.Column("metric_id", sa.ForeignKey("metric.id", ondelete="CASCADE")),
    sa.Column("date", sa.Date, nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("text", NAME, nullable=False),
    # As of a target.
    sa.Column("since", sa.Date),
)

# What somebody decided about the usual range of a metric: learn it from these weeks and keep it.
# `first` NULL begins at the last recorded change, `last` NULL lets every week teach again. The last
# row of a metric counts, and the others say what was decided before.
limit_lock = sa.Table(
    "limit_lock",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("metric_id", sa.ForeignKey("metric.id", ondelete="CASCADE"), nullable=False),
    sa.Column("first", sa.Date),
    sa.Column("last", sa.Date),
    sa.Column("set_by", NAME, nullable=False),
    sa.Column("set_at", sa.DateTime, nullable=False),
    sa.Column("why", NAME, nullable=False),
)

# What the review of a week said of a metric. Entries are added and closed, never rewritten.
review_entry = sa.Table(
    "review_entry",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column(
        "metric_id", sa.ForeignKey("metric.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    # The first day of the week under review.
    sa.Column("week", sa.Date, nullable=False),
    sa.Column("explanation", NAME, nullable=False),
    # False: "we do not know yet".
    sa.Column("known", sa.Boolean, nullable=False),
    sa.Column("decision", NAME, nullable=False),
    sa.Column("owner", NAME, nullable=False),
    sa.Column("due", sa.Date),
    sa.Column("written_by", NAME, nullable=False),
    sa.Column("written_at", sa.DateTime, nullable=False),
    sa.Column("closed_by", NAME, nullable=False),
    sa.Column("closed_at", sa.DateTime),
    sa.Column("outcome", NAME, nullable=False),
)

# Which digests went out. The address itself stays in the settings: `channel` names its kind and a
# fingerprint. A row is claimed before the sending, so that two programs do not send the same.
digest = sa.Table(
    "digest",
    metadata,
    sa.Column("star_id", sa.ForeignKey("star.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("week", sa.Date, primary_key=True),
    sa.Column("channel", sa.String(64), primary_key=True),
    sa.Column("claimed_at", sa.DateTime, nullable=False),
    # NULL while it is being sent.
    sa.Column("sent_at", sa.DateTime),
)

# Keys of screens: who holds the token may see the wall; the token itself is nowhere.
screen = sa.Table(
    "screen",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", NAME, nullable=False),
    sa.Column("query", NAME, nullable=False),
    sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("created_at", sa.DateTime, nullable=False),
    sa.Column("revoked_at", sa.DateTime),
)

"""Keep that a source says nothing of a day any more, and which loads a source was asked for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    asked = sa.Column("asked", sa.String(64), nullable=True)
    # SQLite cannot alter a column, and would hang a new one onto the text of its table.
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("restatement", recreate="always") as table:
            table.alter_column("new_value", existing_type=sa.Double(), nullable=True)
        with op.batch_alter_table("load", recreate="always") as table:
            table.add_column(asked)
    else:
        op.alter_column("restatement", "new_value", existing_type=sa.Double(), nullable=True)
        op.add_column("load", asked)
    load = sa.table("load", *(sa.column(name) for name in ("star_id", "source", "asked")))
    metric = sa.table("metric", *(sa.column(name) for name in ("id", "star_id", "key")))
    query = sa.table("metric_query", sa.column("metric_id"), sa.column("source"))
    # So the loads of sources are named; what they were asked is not known.
    name = sa.cast(query.c.source, sa.Text()) + ": " + sa.cast(metric.c.key, sa.Text())
    by_source = sa.exists().where(
        metric.c.star_id == load.c.star_id, query.c.metric_id == metric.c.id, load.c.source == name
    )
    op.execute(sa.update(load).where(by_source).values(asked=""))

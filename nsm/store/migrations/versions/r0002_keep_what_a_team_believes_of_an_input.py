"""Keep what a team believes of an input: its direction and how sure they are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    # SQLite would hang the columns onto the text of its table: it is made again instead, in order.
    # Servers take new columns at the end, and refuse to be told where.
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("metric", recreate="always") as metric:
            metric.add_column(_direction(), insert_after="believed_lead_weeks")
            metric.add_column(_confidence(), insert_after="believed_direction")
    else:
        op.add_column("metric", _direction())
        op.add_column("metric", _confidence())


def _direction() -> sa.Column[str]:
    return sa.Column("believed_direction", sa.String(length=4), nullable=True)


def _confidence() -> sa.Column[str]:
    return sa.Column("believed_confidence", sa.String(length=8), nullable=True)

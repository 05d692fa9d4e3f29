"""Keep what a team believes of an input: its direction and how sure they are."""

from __future__ import annotations

from typing import Literal

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    # SQLite would hang the columns onto the text of its table: it is made again instead, in order.
    again: Literal["always", "never"] = (
        "always" if op.get_bind().dialect.name == "sqlite" else "never"
    )
    with op.batch_alter_table("metric", recreate=again) as metric:
        metric.add_column(
            sa.Column("believed_direction", sa.String(length=4), nullable=True),
            insert_after="believed_lead_weeks",
        )
        metric.add_column(
            sa.Column("believed_confidence", sa.String(length=8), nullable=True),
            insert_after="believed_direction",
        )

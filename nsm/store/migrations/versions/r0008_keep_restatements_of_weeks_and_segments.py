"""Keep what sources said earlier of whole weeks and of segments, and of how many rows means are."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    columns: tuple[sa.Column[Any], ...] = (
        sa.Column("weight", sa.Double(), nullable=True),
        sa.Column("load_id", sa.Integer(), nullable=True),
    )
    # SQLite would hang the columns onto the text of its table: it is made again instead.
    if op.get_bind().dialect.name == "sqlite":
        how = {"sqlite_with_rowid": False}
        with op.batch_alter_table("segment_value", recreate="always", table_kwargs=how) as table:
            for column in columns:
                table.add_column(column)
    else:
        for column in columns:
            op.add_column("segment_value", column)
    # What is there was said at the last sync at the latest.
    op.execute(
        "UPDATE segment_value SET load_id = "
        "(SELECT sync.load_id FROM sync WHERE sync.metric_id = segment_value.metric_id)"
    )
    op.create_table(
        "period_restatement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("metric_id", sa.Integer(), nullable=False),
        sa.Column("segment", sa.String(length=128), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=False),
        sa.Column("grain", sa.String(length=8), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("old_value", sa.Double(), nullable=False),
        sa.Column("new_value", sa.Double(), nullable=True),
        sa.Column("old_load_id", sa.Integer(), nullable=False),
        sa.Column("load_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["metric_id"],
            ["metric.id"],
            name=op.f("fk_period_restatement_metric_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["old_load_id"], ["load.id"], name=op.f("fk_period_restatement_old_load_id")
        ),
        sa.ForeignKeyConstraint(
            ["load_id"], ["load.id"], name=op.f("fk_period_restatement_load_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_period_restatement")),
    )
    op.create_index(op.f("ix_period_restatement_metric_id"), "period_restatement", ["metric_id"])

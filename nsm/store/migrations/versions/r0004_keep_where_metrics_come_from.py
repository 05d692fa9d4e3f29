"""Keep where metrics come from, and what their sources said."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "source",
        sa.Column("star_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("url_env", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(
            ["star_id"], ["star.id"], name=op.f("fk_source_star_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("star_id", "key", name=op.f("pk_source")),
    )
    op.create_table(
        "metric_query",
        sa.Column("metric_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("date", sa.String(length=128), nullable=False),
        sa.Column("take", sa.String(length=16), nullable=False),
        sa.Column("column", sa.String(length=128), nullable=False),
        sa.Column("sql", sa.Text(), nullable=False),
        sa.Column("table", sa.Text(), nullable=False),
        sa.Column("where", sa.Text(), nullable=False),
        sa.Column("segments", sa.Text(), nullable=False),
        sa.Column("empty_is_zero", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["metric_id"], ["metric.id"], name=op.f("fk_metric_query_metric_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("metric_id", name=op.f("pk_metric_query")),
    )
    op.create_table(
        "asked_period",
        sa.Column("metric_id", sa.Integer(), nullable=False),
        sa.Column("grain", sa.String(length=8), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("load_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["metric_id"], ["metric.id"], name=op.f("fk_asked_period_metric_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("metric_id", "grain", "start", name=op.f("pk_asked_period")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sync",
        sa.Column("metric_id", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("synced_at", sa.DateTime(), nullable=True),
        sa.Column("asked", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("load_id", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("failed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["metric_id"], ["metric.id"], name=op.f("fk_sync_metric_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("metric_id", name=op.f("pk_sync")),
    )

"""Keep since when targets and annotations are known; of those there are nobody can say."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    for name in ("target", "annotation"):
        # SQLite would hang the column onto the text of its table: it is made again instead.
        if op.get_bind().dialect.name == "sqlite":
            with op.batch_alter_table(name, recreate="always") as table:
                table.add_column(sa.Column("since", sa.Date(), nullable=True))
        else:
            op.add_column(name, sa.Column("since", sa.Date(), nullable=True))

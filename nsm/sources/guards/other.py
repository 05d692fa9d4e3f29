"""Engines without guards of their own here: the gate, a limit on rows, and the account's grants.

Their drivers talk over connections that cannot be cut from outside; the account must only be able
to read (docs/sources.md).
"""

from __future__ import annotations

import sqlalchemy as sa

from nsm.sources.deadline import Deadline


def guarded(url: sa.URL, deadline: Deadline) -> sa.Engine:
    """An engine as its dialect makes it, without a pool."""
    return sa.create_engine(url, poolclass=sa.NullPool)

"""DuckDB: the file is opened read-only, files and networks are out of reach, settings are locked.

``read_only`` by itself still reads and writes any file beside the database (COPY, read_csv).
A Parquet file, or a folder of them, is a source too: each file is a table of its name, and nothing
but these files can be read.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from nsm.errors import SourceUnavailable
from nsm.plaintext import harmless
from nsm.sources.deadline import Deadline

_MEMORY = "2GB"


def guarded(url: sa.URL, deadline: Deadline) -> sa.Engine:
    """An engine whose connections can only read this file, or these Parquet files."""
    path = Path(url.database or "")
    if not path.exists():
        raise SourceUnavailable(f"There is no DuckDB database or Parquet file {harmless(path)}.")
    parquet = path.is_dir() or path.suffix == ".parquet"

    def connect() -> Any:
        import duckdb
        from duckdb_engine import ConnectionWrapper

        connection = duckdb.connect(
            ":memory:" if parquet else str(path), read_only=not parquet, config=_config()
        )
        deadline.cut(connection.interrupt)
        if parquet:
            _add_tables(connection, path)
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        return ConnectionWrapper(connection)

    return sa.create_engine("duckdb://", creator=connect, poolclass=sa.NullPool)


def _config() -> dict[str, Any]:
    return {
        "memory_limit": _MEMORY,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        # Nothing that does not fit is written beside the database.
        "max_temp_directory_size": "0B",
    }


def _add_tables(connection: Any, path: Path) -> None:
    files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    if not files:
        raise SourceUnavailable(f"There is no Parquet file in the folder {harmless(path)}.")
    allowed = ", ".join(_quoted(str(file.absolute())) for file in files)
    connection.execute(f"SET allowed_paths = [{allowed}]")
    for file in files:
        name = '"' + file.stem.replace('"', '""') + '"'
        connection.execute(
            f"CREATE VIEW {name} AS SELECT * FROM read_parquet({_quoted(str(file.absolute()))})"  # noqa: S608
        )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"

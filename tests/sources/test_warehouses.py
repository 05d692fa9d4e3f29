"""SQL for engines that no test can start: read in their dialect, translated, and run on DuckDB."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
import sqlalchemy as sa
import sqlglot
from sqlalchemy.dialects import mssql
from sqlalchemy.engine.default import DefaultDialect

from nsm.errors import SourceError
from nsm.model import Grain, Metric, Role, SourceQuery, Star, Take
from nsm.sources.calendar_sql import DATE, MOMENT, TEXT
from nsm.sources.statement import Shape, Window, roll_up
from tests.sources.plays import expected, make_source
from tests.sources.test_same_days import END


class Backticks(DefaultDialect):
    """Names are quoted `like this`."""

    class preparer(sa.sql.compiler.IdentifierPreparer):
        def __init__(self, dialect: sa.Dialect) -> None:
            super().__init__(dialect, initial_quote="`")


WAREHOUSES = {
    "bigquery": ("bigquery", Backticks()),
    "snowflake": ("snowflake", DefaultDialect()),
    "trino": ("trino", DefaultDialect()),
    "databricks": ("databricks", Backticks()),
    "hive": ("spark", Backticks()),
    "mssql": ("tsql", mssql.dialect()),
}


@pytest.fixture(scope="module")
def plays(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    url = make_source("duckdb", tmp_path_factory.mktemp("warehouse"), request)
    return Path(url.removeprefix("duckdb:///"))


@pytest.mark.parametrize("warehouse", WAREHOUSES)
def test_its_sql_finds_the_same_periods(warehouse: str, plays: Path) -> None:
    spoken, dialect = WAREHOUSES[warehouse]
    with duckdb.connect(str(plays), read_only=True) as connection:
        for kind, column in ((MOMENT, "at"), (DATE, "day")):
            for take, grain in ((Take.SUM, Grain.DAY), (Take.MEAN, Grain.WEEK)):
                query = SourceQuery("lake", column, take, "seconds", table="plays")
                star = Star("s", "s", "m", (Metric("m", "m", Role.INPUT),), 6, "Europe/Berlin")
                shape = Shape({column: column, "seconds": "seconds"}, kind)
                for asked in (grain, Grain.MONTH):
                    statement = roll_up(query, star, warehouse, asked, Window(None, END), shape)
                    text = str(statement.compile(dialect=dialect))
                    [translated] = sqlglot.transpile(text, read=spoken, write="duckdb")
                    rows = connection.execute(translated).fetchall()
                    found = {
                        (row[0].date() if hasattr(row[0], "date") else row[0]): row[1]
                        / (row[2] if take is Take.MEAN else 1)
                        for row in rows
                    }
                    zone = star.timezone if kind == MOMENT else "UTC"
                    assert found == expected(take, asked, zone, 6), (text, translated)


@pytest.mark.parametrize("warehouse", ["bigquery", "snowflake", "trino", "databricks", "mssql"])
def test_texts_that_say_when_are_refused_where_nobody_tried_them(warehouse: str) -> None:
    query = SourceQuery("lake", "at", Take.COUNT, table="plays")
    star = Star("s", "s", "m", (Metric("m", "m", Role.INPUT),))
    with pytest.raises(SourceError, match="holds texts"):
        roll_up(query, star, warehouse, Grain.DAY, Window(None, END), Shape({"at": "at"}, TEXT))

"""The servers of the tests are what they say: empty databases, killed and up again."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.engines.servers import DatabaseServer


@pytest.mark.parametrize("name", ["postgresql_server", "mariadb_server"])
def test_a_server_gives_empty_databases_and_comes_back_after_a_power_cut(
    name: str, request: pytest.FixtureRequest
) -> None:
    server: DatabaseServer = request.getfixturevalue(name)
    url = server.new_database()
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        assert sa.inspect(connection).get_table_names() == []
        connection.exec_driver_sql("create table word (text varchar(20))")
        connection.execute(sa.text("insert into word values (:text)"), {"text": "söndag 🌊"})
    server.kill()
    with pytest.raises(sa.exc.OperationalError):
        engine.connect()
    server.start()
    with engine.connect() as connection:
        assert connection.scalar(sa.text("select text from word")) == "söndag 🌊"

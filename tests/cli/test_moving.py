"""A whole store copied, backed up and restored from the command line."""

from __future__ import annotations

import json

import sqlalchemy as sa

from tests.cli.conftest import Shell, definition
from tests.engines.servers import DatabaseServer


def test_a_store_moves_to_a_server_and_back_from_its_backup(
    shell: Shell, postgresql_server: DatabaseServer
) -> None:
    shell.write("shop.yaml", definition("shop", "orders", ["visits"]))
    shell.write("a.csv", "date,orders,visits\n2026-01-05,12,90\n2026-01-06,15,80\n")
    shell.ok("apply", "shop.yaml")
    shell.ok("load", "a.csv", "--star", "shop")
    stars = json.loads(shell.ok("stars", "--json"))
    url = postgresql_server.new_database()

    said = shell.ok("copy", "--to", url)

    assert "observation: 4 rows, the same" in said
    password = sa.make_url(url).password
    assert str(password) not in said
    assert "is not empty" in (again := shell.refused("copy", "--to", url))
    assert str(password) not in again
    assert json.loads(there(shell, url, "stars", "--json")) == stars

    assert "1 star, 2 metrics, 4 values" in there(shell, url, "backup", "all.backup")
    shell.write("b.csv", "date,orders\n2026-01-07,99\n")
    shell.ok("load", "b.csv", "--star", "shop")
    done = shell.run("restore", "all.backup")
    assert done.returncode == 1
    assert "5 values" in done.stdout
    assert "4 values" in done.stdout
    assert "--yes" in done.stderr
    assert len(list(shell.folder.glob("backups/*"))) == 0

    assert "Restored 1 star, 2 metrics, 4 values" in shell.ok("restore", "all.backup", "--yes")

    assert json.loads(shell.ok("stars", "--json")) == stars
    (kept,) = (shell.folder / "backups").iterdir()
    assert "5 values" in shell.run("restore", kept).stdout
    assert "there already" in shell.refused("backup", "all.backup")
    assert "no file" in shell.refused("restore", "nothing.backup")


def there(shell: Shell, url: str, *arguments: str) -> str:
    """The answer of a command that works on another store."""
    done = shell.run(*arguments, NSM_DATABASE_URL=url)
    assert done.returncode == 0, done.stderr
    return done.stdout

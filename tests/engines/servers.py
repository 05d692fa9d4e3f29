"""Private database servers on free ports of this machine, for as long as a test session.

They write without waiting for the disk (a killed server loses nothing), know one administrator, and
end with the process that started them, however it ends.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tests.e2e.serving import free_port
from tests.engines.packages import program

ADMIN, PASSWORD = "keeper", "kept-from-nobody"


@dataclass
class DatabaseServer:
    """A server that tests may fill, stop, kill and start again.

    ``dialect`` is the head of its SQLAlchemy addresses; ``url`` makes one for any of its databases
    and accounts, ``new_database`` a new database, ``run`` lets the administrator say something.
    """

    name: str
    dialect: str
    main_database: str
    port: int
    folder: Path
    command: list[str]
    account: str | None
    stop_signal: signal.Signals
    query: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    made: int = 0

    def url(self, database: str, user: str = ADMIN, password: str = PASSWORD) -> str:
        """The SQLAlchemy address of one of its databases, password included."""
        return sa.URL.create(
            self.dialect, user, password, "127.0.0.1", self.port, database, self.query
        ).render_as_string(hide_password=False)

    def new_database(self, *statements: str) -> str:
        """The address of a database of its own for one test, empty but for these statements."""
        self.made += 1
        name = f"test_{os.getpid()}_{self.made}"
        self.run(f"create database {name}")
        self.run(*statements, database=name)
        return self.url(name)

    def run(self, *statements: str, database: str = "") -> list[Any]:
        """The administrator's statements, each committed; the rows of the last one, if any."""
        engine = sa.create_engine(
            self.url(database or self.main_database), poolclass=sa.NullPool
        ).execution_options(isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            rows: list[Any] = []
            for statement in statements:
                found = connection.exec_driver_sql(statement)
                rows = list(found) if found.returns_rows else []
            return rows

    def start(self, seconds: float = 60) -> None:
        """Start it and wait until it answers."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                user=self.account,
                group=self.account,
                extra_groups=[] if self.account else None,
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                cwd=self.folder,
                preexec_fn=_ends_with_parent(self.stop_signal),
            )
        deadline = time.monotonic() + seconds
        while True:
            try:
                self.run("select 1")
                return
            except sa.exc.OperationalError as error:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"{self.name} did not start:\n{self.log()}") from error
            time.sleep(0.05)

    def stop(self) -> None:
        """End it at once, its children included; what is in its folder stays."""
        if self.process is None:
            return
        self.process.send_signal(self.stop_signal)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=20)
        self.kill()

    def kill(self) -> None:
        """End it as a power cut would: SIGKILL to it and to every child it has."""
        if self.process is None:
            return
        children = _children(self.process.pid)
        for pid in (self.process.pid, *children):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(timeout=20)
        self.process = None

    def log(self) -> str:
        """What it wrote so far."""
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")


@contextmanager
def postgresql() -> Iterator[DatabaseServer]:
    """A PostgreSQL cluster of our own, up; NotInstalled where there is none to be had."""
    initdb = program("initdb")
    postgres = program("postgres")
    with _folder("postgres") as (folder, account):
        password = folder / "password"
        password.write_text(PASSWORD)
        password.chmod(0o644)
        options = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        _prepare(
            [initdb, "-D", f"{folder}/data", "-U", ADMIN, f"--pwfile={password}", *options],
            folder,
            account,
        )
        port = free_port()
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": folder,
            "fsync": "off",
            "full_page_writes": "off",
            "shared_buffers": "32MB",
            "max_connections": 40,
            "log_statement": "none",
        }
        server = DatabaseServer(
            name="PostgreSQL",
            dialect="postgresql+psycopg",
            main_database="postgres",
            port=port,
            folder=folder,
            command=[
                *(postgres, "-D", f"{folder}/data"),
                *(part for key, value in settings.items() for part in ("-c", f"{key}={value}")),
            ],
            account=account,
            stop_signal=signal.SIGQUIT,
        )
        yield from _up(server)


@contextmanager
def mariadb() -> Iterator[DatabaseServer]:
    """A MariaDB of our own, up; NotInstalled where there is none to be had."""
    install = program("mariadb-install-db")
    mariadbd = program("mariadbd")
    with _folder("mysql") as (folder, account):
        data = f"--datadir={folder}/data"
        # What the first start runs: SQL that makes the administrator.
        (folder / "init.sql").write_text(
            f"create user if not exists {ADMIN}@'127.0.0.1' identified by '{PASSWORD}';\n"
            f"grant all on *.* to {ADMIN}@'127.0.0.1' with grant option;\n"
        )
        _prepare([install, "--no-defaults", data, "--skip-test-db"], folder, account)
        port = free_port()
        server = DatabaseServer(
            name="MariaDB",
            dialect="mariadb+pymysql",
            main_database="mysql",
            port=port,
            folder=folder,
            command=[
                *(mariadbd, "--no-defaults", data, f"--port={port}"),
                *(f"--init-file={folder}/init.sql", f"--socket={folder}/socket"),
                *("--bind-address=127.0.0.1", "--skip-name-resolve", "--skip-log-bin"),
                *("--character-set-server=utf8mb4", "--innodb-buffer-pool-size=32M"),
                *("--innodb-flush-log-at-trx-commit=2", "--innodb-log-file-size=16M"),
                "--skip-innodb-doublewrite",
            ],
            account=account,
            stop_signal=signal.SIGTERM,
            query={"charset": "utf8mb4"},
        )
        yield from _up(server)


def _up(server: DatabaseServer) -> Iterator[DatabaseServer]:
    server.start()
    try:
        yield server
    finally:
        server.kill()


@contextmanager
def _folder(account: str) -> Iterator[tuple[Path, str | None]]:
    """A folder that the server's account owns; servers refuse to run as root."""
    # Not pytest's: only its owner may enter that one. Short, because sockets have short names.
    folder = Path(tempfile.mkdtemp(prefix="nsm-"))
    owner: str | None = None
    if os.geteuid() == 0:
        owner = account
        shutil.chown(folder, pwd.getpwnam(account).pw_uid, pwd.getpwnam(account).pw_gid)
    try:
        yield folder, owner
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _prepare(command: list[str], folder: Path, account: str | None) -> None:
    done = subprocess.run(
        command,
        user=account,
        group=account,
        extra_groups=[] if account else None,
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=120,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}\n{done.stderr}")


def _ends_with_parent(number: signal.Signals) -> Callable[[], None]:
    """What a child runs first, so that no server outlives a killed test session."""
    libc = ctypes.CDLL(None)
    parent_death_signal = 1

    def ask() -> None:
        libc.prctl(parent_death_signal, int(number))

    return ask


def _children(pid: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            # The name, in parentheses, may hold spaces; the parent is the second field after it.
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[1]) == pid:
                found.append(int(stat.parent.name))
    return found

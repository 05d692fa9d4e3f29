"""The digest under way: TLS and a login at a real mail server, waits, and two processes at once."""

from __future__ import annotations

import asyncio
import datetime as dt
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from nsm.config import DigestSettings
from nsm.digest import Message, channels_of, deliver
from nsm.errors import DeliveryError
from nsm.periods import week_end
from nsm.store.engine import open_store
from tests.cli.conftest import Shell, definition
from tests.cli.test_digest import LAST, Mailbox, filled, sent_rows

NOW = dt.datetime.fromisoformat("2026-11-16T07:10")
MESSAGE = Message("Subject", "Summary", "Text\n", "<p>Text</p>", "shop.html")
USER, PASSWORD = "digest@example.com", "a:b/c@d e"


class Guarded(Mailbox):
    """A mailbox behind a login; keeps who tried, and whether the line was private."""

    def __init__(self) -> None:
        super().__init__()
        self.logins: list[tuple[bool, bytes, bytes]] = []
        self.release: threading.Event | None = None

    def login(self, server: Any, session: Any, envelope: Any, kind: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((session.ssl is not None, data.login, data.password))
        right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=right)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.release is not None:
            await asyncio.get_running_loop().run_in_executor(None, self.release.wait, 60)
        return await super().handle_DATA(server, session, envelope)


def listening(box: Mailbox, **options: Any) -> tuple[Controller, int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port, **options)
    controller.start()
    return controller, port


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that nobody trusts by himself, and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificate")
    folder = tmp_path_factory.mktemp("tls")
    made, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-keyout", key, "-out", made, "-subj", "/CN=127.0.0.1"),
            *("-addext", "subjectAltName=IP:127.0.0.1"),
        ],
        check=True,
        capture_output=True,
    )
    return made, key


@pytest.fixture
def guarded(certificate: tuple[Path, Path]) -> Iterator[tuple[Guarded, int]]:
    """A server that takes mail only over TLS and after a login."""
    box, context = Guarded(), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    controller, port = listening(
        box,
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=box.login,
    )
    yield box, port
    controller.stop()


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with forty weeks of a star that has nothing beside it."""
    shell = Shell(tmp_path_factory.mktemp("loaded"))
    filled(shell, definition("shop", "orders"), until=week_end(LAST))
    return shell.folder / "nsm.db"


@pytest.fixture
def shop(loaded: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setenv("NSM_DIGEST_TO", "team@example.com")
    monkeypatch.setenv("NSM_DIGEST_FROM", "digest@example.com")
    shutil.copyfile(loaded, shell.folder / "nsm.db")
    return shell


@pytest.fixture
def go(shop: Shell) -> Iterator[Callable[..., list[bool]]]:
    """Send a digest to one address; returns of each channel whether it had it before."""
    engine = open_store(f"sqlite:///{shop.folder / 'nsm.db'}")

    def run(url: str, waits: Sequence[float] = (), sleep: Any = time.sleep) -> list[bool]:
        settings = DigestSettings(to=("team@example.com",), smtp_url=url, sender=USER)
        channels = channels_of(settings)
        done = deliver(engine, "shop", LAST, MESSAGE, channels, lambda: NOW, sleep, waits)
        return [one.before for one in done]

    yield run
    engine.dispose()


def test_a_password_goes_over_tls_alone_and_only_to_a_server_that_is_trusted(
    shop, go, guarded, certificate, monkeypatch
):
    box, port = guarded
    right, wrong = (
        f"smtp://{quote(USER, safe='')}:{quote(word, safe='')}@127.0.0.1:{port}"
        for word in (PASSWORD, "wrong")
    )

    with pytest.raises(DeliveryError, match=r"(?i)certificate"):
        go(right)
    assert (box.logins, box.mails) == ([], [])

    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    with pytest.raises(DeliveryError, match=r"refused user and password \(535\)") as refused:
        go(wrong, (60.0,))
    assert "wrong" not in str(refused.value)
    # Another try cannot help: each of the two ways to log in was tried once.
    assert {one[2] for one in box.logins} == {b"wrong"}
    assert len(box.logins) <= 2
    assert sent_rows(shop) == []

    assert go(right) == [False]
    assert box.logins[-1] == (True, USER.encode(), PASSWORD.encode())
    assert all(private for private, _, _ in box.logins)
    assert [one.rcpt_tos for one, _ in box.mails] == [["team@example.com"]]


def test_it_waits_as_told_between_tries_and_stops_where_a_try_cannot_help(go):
    box, slept = Mailbox(), list[float]()
    controller, port = listening(box)
    url = f"smtp://127.0.0.1:{port}"
    try:
        box.answers = ["451 later", "421 busy", "451 later"]
        with pytest.raises(DeliveryError, match="451"):
            go(url, (1.5, 7.0), slept.append)
        assert (slept, box.asked) == ([1.5, 7.0], 3)
        box.answers = ["550 no such place", "550 no such place"]
        with pytest.raises(DeliveryError, match="550"):
            go(url, (1.5, 7.0), slept.append)
        assert (len(slept), box.asked) == (2, 4)
        box.answers = ["451 later"]
        assert go(url, (0.25,), slept.append) == [False]
        assert (slept[-1], len(box.mails)) == (0.25, 1)
        assert go(url) == [True]
        assert len(box.mails) == 1
    finally:
        controller.stop()


def test_two_processes_at_the_same_moment_send_one_mail(shop, monkeypatch):
    box = Guarded()
    box.release = threading.Event()
    controller, port = listening(box)
    monkeypatch.setenv("NSM_SMTP_URL", f"smtp://127.0.0.1:{port}")
    command = [sys.executable, "-m", "nsm", "digest", "--star", "shop", "--send"]
    running = [
        subprocess.Popen(
            command,
            cwd=shop.folder,
            env=shop.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    try:
        # The server keeps the first waiting until the second has looked and gone.
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and all(one.poll() is None for one in running):
            time.sleep(0.05)
        box.release.set()
        said = [one.communicate(timeout=60) for one in running]
    finally:
        box.release.set()
        for one in running:
            one.kill()
            one.wait()
        controller.stop()

    assert [one.returncode for one in running] == [0, 0], said
    assert len(box.mails) == 1
    assert len(sent_rows(shop)) == 1
    assert sorted("is being sent" in text for text, _ in said) == [False, True]

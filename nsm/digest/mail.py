"""Mail over SMTP: plain text, the digest as HTML, and the digest as a file to keep."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from nsm.digest.message import Message
from nsm.errors import ConfigError
from nsm.plaintext import harmless

SECONDS = 20
PORTS = {"smtp": 25, "smtps": 465}
LOCAL = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server; ``smtps`` speaks TLS from the start, ``smtp`` as soon as it is offered."""

    secure: bool
    host: str
    port: int
    user: str
    password: str

    @property
    def place(self) -> str:
        """How messages name it: never with the password."""
        return harmless(f"{self.host}:{self.port}")


def server_of(url: str) -> Server:
    """The server that NSM_SMTP_URL names; ConfigError, which never repeats the address."""
    hint = "It is smtp://user:password@mail.example.com:587, or smtps:// for TLS from the start."
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:
        raise ConfigError("NSM_SMTP_URL is no address of a mail server.", hint) from None
    if parts.scheme not in PORTS or not parts.hostname:
        raise ConfigError("NSM_SMTP_URL is no address of a mail server.", hint)
    return Server(
        secure=parts.scheme == "smtps",
        host=parts.hostname,
        port=port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def mailer(server: Server, sender: str, to: str) -> Callable[[Message, str], None]:
    """What mails a message to one address, under an identity that stays the same when repeated.

    It raises OSError, of which the errors of smtplib are, when the server does not take it.
    """

    def send(message: Message, identity: str) -> None:
        mail = mail_of(message, sender, to, identity)
        with _connected(server) as connection:
            connection.send_message(mail, from_addr=sender, to_addrs=[to])

    return send


def mail_of(message: Message, sender: str, to: str, identity: str) -> EmailMessage:
    """The mail as it goes over the wire."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = message.subject
    mail["Message-ID"] = f"<{identity}@nsm.invalid>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    mail.add_alternative(message.html, subtype="html")
    # Some programs show no pictures inside a mail: the file has them all.
    mail.add_attachment(message.html, subtype="html", filename=message.file_name)
    return mail


def _connected(server: Server) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.secure:
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=SECONDS, context=context
        )
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
    try:
        _introduced(connection, server, context)
    except BaseException:
        with suppress(OSError):
            connection.close()
        raise
    return connection


def _introduced(connection: smtplib.SMTP, server: Server, context: ssl.SSLContext) -> None:
    connection.ehlo()
    private = server.secure or server.host in LOCAL
    if not server.secure and connection.has_extn("starttls"):
        connection.starttls(context=context)
        connection.ehlo()
        private = True
    if server.user:
        if not private:
            raise smtplib.SMTPNotSupportedError("it offers no TLS, and a password needs it")
        connection.login(server.user, server.password)

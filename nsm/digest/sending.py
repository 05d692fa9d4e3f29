"""Sends a digest: once for each week and address, with another try while that may help."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import re
import smtplib
import ssl
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nsm.answers import Engine
from nsm.config import DigestSettings
from nsm.digest.mail import mailer, server_of
from nsm.digest.message import Message
from nsm.errors import ConfigError, DeliveryError
from nsm.plaintext import harmless
from nsm.store.digests import claim, give_back, sent

# Seconds between tries: four in all, over less than three minutes.
WAITS = (5.0, 30.0, 120.0)
_MAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\/]+")

Send = Callable[[Message, str], None]


@dataclass(frozen=True, slots=True)
class Channel:
    """One place that digests go to.

    ``key`` is what the store remembers of it: kind and fingerprint, never the address. ``label`` is
    how messages name it: a mail address, or the kind of the service alone.
    """

    key: str
    label: str
    send: Send


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of one channel: sent now, or ``before`` (or by another program just now)."""

    label: str
    before: bool


class NotTaken(OSError):
    """A service did not take a message and does not say why."""


def channels_of(settings: DigestSettings) -> tuple[Channel, ...]:
    """Every place the settings name; ConfigError when there is none, or one cannot be used."""
    if not settings.to:
        raise ConfigError(
            "NSM_DIGEST_TO names nobody to send the digest to.",
            "Give it mail addresses or apprise addresses, separated by blanks.",
        )
    return tuple(
        _service(text) if "://" in text else _mail(text, settings, place)
        for place, text in enumerate(settings.to, start=1)
    )


def deliver(
    engine: Engine,
    star_key: str,
    week: dt.date,
    message: Message,
    channels: Sequence[Channel],
    now: Callable[[], dt.datetime],
    sleep: Callable[[float], None],
    waits: Sequence[float] = WAITS,
) -> tuple[Delivered, ...]:
    """Send to every channel that has not had this week's digest yet.

    A channel that fails keeps none of the others from theirs; then DeliveryError names all that
    failed, nothing is recorded of them, and the next call tries them again.
    """
    done: list[Delivered] = []
    failed: list[str] = []
    for channel in channels:
        if not claim(engine, star_key, week, channel.key, now()):
            done.append(Delivered(channel.label, before=True))
            continue
        identity = f"{star_key}.{week}.{channel.key.replace(':', '.')}"
        try:
            _tried(channel, message, identity, sleep, waits)
        except OSError as error:
            give_back(engine, star_key, week, channel.key)
            failed.append(f"{channel.label}: {_reason(error)}")
        except BaseException:
            give_back(engine, star_key, week, channel.key)
            raise
        else:
            sent(engine, star_key, week, channel.key, now())
            done.append(Delivered(channel.label, before=False))
    if failed:
        raise DeliveryError(
            f"The digest of {star_key} did not go out to {'; '.join(failed)}.",
            "It is not recorded as sent: the next call tries again.",
        )
    return tuple(done)


def _tried(
    channel: Channel,
    message: Message,
    identity: str,
    sleep: Callable[[float], None],
    waits: Sequence[float],
) -> None:
    for wait in (*waits, None):
        try:
            channel.send(message, identity)
        except OSError as error:
            if wait is None or _is_final(error):
                raise
            sleep(wait)
        else:
            return


def _is_final(error: OSError) -> bool:
    """Whether another try cannot help: a refused password, address or certificate."""
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code >= 500
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, (smtplib.SMTPNotSupportedError, ssl.SSLCertVerificationError))


def _reason(error: OSError) -> str:
    """What went wrong in a few words, without address and password."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()))
        return f"refused with {code} ({_text(said)})"
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"the mail server refused user and password ({error.smtp_code})"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"the mail server answered {error.smtp_code} ({_text(error.smtp_error)})"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return _text(error.strerror or str(error) or type(error).__name__)


def _text(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return harmless(" ".join(text.split()), 160).rstrip(".")


def _mail(address: str, settings: DigestSettings, place: int) -> Channel:
    if not _MAIL.fullmatch(address) or not address.isascii():
        raise ConfigError(
            f"Address {place} of NSM_DIGEST_TO is neither a mail address nor an apprise address.",
            "Separate several by blanks.",
        )
    if not settings.smtp_url:
        raise ConfigError(
            "NSM_DIGEST_TO has a mail address, and NSM_SMTP_URL names no mail server.",
            "It is smtp://user:password@mail.example.com:587.",
        )
    server = server_of(settings.smtp_url)
    sender = settings.sender or (server.user if _MAIL.fullmatch(server.user) else address)
    if not _MAIL.fullmatch(sender) or not sender.isascii():
        raise ConfigError("NSM_DIGEST_FROM is no mail address.", "Like digest@example.com.")
    return Channel(f"mail:{_fingerprint(address)}", address, mailer(server, sender, address))


def _service(url: str) -> Channel:
    """A service that apprise knows. Its addresses are passwords: nothing of them is ever said."""
    kind = re.sub(r"[^a-z0-9]", "", url.partition("://")[0].lower())[:20] or "unknown"
    with warnings.catch_warnings():
        # It imports what later versions of Python lack.
        warnings.simplefilter("ignore", DeprecationWarning)
        import apprise

        logger = logging.getLogger("apprise")
        logger.addHandler(logging.NullHandler())
        logger.propagate = False
        service = apprise.Apprise(asset=apprise.AppriseAsset(app_id="nsm", async_mode=False))
        if not service.add(url):
            raise ConfigError(
                f"NSM_DIGEST_TO has a {kind}:// address that apprise cannot use.",
                "Its documentation has the form of every service.",
            )

    def send(message: Message, identity: str) -> None:
        taken = service.notify(
            title=message.subject, body=message.summary, body_format=apprise.NotifyFormat.TEXT
        )
        if not taken:
            raise NotTaken("the service did not take it")

    return Channel(f"{kind}:{_fingerprint(url)}", kind, send)


def _fingerprint(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()[:32]

"""Settings: the environment, then ``.streamlit/secrets.toml``, then the default."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nsm.errors import ConfigError

ROOT = Path(__file__).resolve().parent.parent
WALL_ACCESS = ("open", "token")
DEFAULT_DATABASE_URL = f"sqlite:///{ROOT / 'data' / 'nsm.db'}"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the installation decides.

    ``database_url`` is where metric history lives (``NSM_DATABASE_URL``); ``allowed_hosts`` are the
    host names the server answers to (``NSM_ALLOWED_HOSTS``, comma separated, ``*`` for any);
    ``wall_access`` is who may see the wall and the plain routes (``NSM_WALL_ACCESS``): "open" for
    everybody, "token" for who holds a key that the Screens page made.
    """

    database_url: str
    allowed_hosts: tuple[str, ...]
    wall_access: str = "open"


def read_settings(
    environment: Mapping[str, str] | None = None, secrets: Path | None = None
) -> Settings:
    """Which database and hosts this installation uses; ConfigError for bad secrets."""
    environment = os.environ if environment is None else environment
    secrets = secrets or ROOT / ".streamlit" / "secrets.toml"
    url = (
        environment.get("NSM_DATABASE_URL", "").strip()
        or _url_in(secrets, "nsm")
        or DEFAULT_DATABASE_URL
    )
    hosts = environment.get("NSM_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
    access = environment.get("NSM_WALL_ACCESS", "").strip().lower() or "open"
    if access not in WALL_ACCESS:
        raise ConfigError(
            f"NSM_WALL_ACCESS cannot be {access[:40]!r}.", f"It is {' or '.join(WALL_ACCESS)}."
        )
    return Settings(
        wall_access=access,
        database_url=url,
        allowed_hosts=tuple(host.strip() for host in hosts.split(",") if host.strip()),
    )


@dataclass(frozen=True, slots=True)
class DigestSettings:
    """Where digests go: ``to`` are mail addresses and apprise addresses (``NSM_DIGEST_TO``, by
    blanks or commas), ``smtp_url`` the mail server (``NSM_SMTP_URL``), ``sender`` the address that
    a mail comes from (``NSM_DIGEST_FROM``). They hold passwords: never shown, never stored."""

    to: tuple[str, ...]
    smtp_url: str
    sender: str


def read_digest_settings(environment: Mapping[str, str] | None = None) -> DigestSettings:
    """Where digests of this installation go; nothing is checked here."""
    environment = os.environ if environment is None else environment
    # An apprise address may hold commas, and then no blank stands behind them.
    texts = re.split(r"\s+|,(?=\s|[^,\s]+@|[a-z0-9]+://)", environment.get("NSM_DIGEST_TO", ""))
    return DigestSettings(
        to=tuple(dict.fromkeys(text.strip(",") for text in texts if text.strip(","))),
        smtp_url=environment.get("NSM_SMTP_URL", "").strip(),
        sender=environment.get("NSM_DIGEST_FROM", "").strip(),
    )


def connection_url(
    name: str,
    variable: str = "",
    environment: Mapping[str, str] | None = None,
    secrets: Path | None = None,
) -> str:
    """Where is the database ``name``? The environment variable says so, or, where none is named,
    ``[connections.NAME]`` of the secrets; empty when neither does. ConfigError for bad secrets."""
    if variable:
        return (os.environ if environment is None else environment).get(variable, "").strip()
    return _url_in(secrets or ROOT / ".streamlit" / "secrets.toml", name)


def wants_debugging(environment: Mapping[str, str] | None = None) -> bool:
    """Shall the command line show the whole trace of a fault (``NSM_DEBUG``)?"""
    return bool((os.environ if environment is None else environment).get("NSM_DEBUG"))


def _url_in(secrets: Path, name: str) -> str:
    if not secrets.is_file():
        return ""
    try:
        found = tomllib.loads(secrets.read_text(encoding="utf-8"))
        return str(found.get("connections", {}).get(name, {}).get("url", ""))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, AttributeError) as error:
        raise ConfigError(
            f"{secrets} is not readable as TOML: {type(error).__name__}.",
            f'It needs [connections.{name}] and a line url = "...".',
        ) from error

"""Settings: the environment, then ``.streamlit/secrets.toml``, then the default."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nsm.errors import ConfigError

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_DATABASE_URL = f"sqlite:///{ROOT / 'data' / 'nsm.db'}"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the installation decides.

    ``database_url`` is where metric history lives (``NSM_DATABASE_URL``); ``allowed_hosts`` are the
    host names the server answers to (``NSM_ALLOWED_HOSTS``, comma separated, ``*`` for any).
    """

    database_url: str
    allowed_hosts: tuple[str, ...]


def read_settings(
    environment: Mapping[str, str] | None = None, secrets: Path | None = None
) -> Settings:
    """Which database and hosts this installation uses; ConfigError for bad secrets."""
    environment = os.environ if environment is None else environment
    secrets = secrets or ROOT / ".streamlit" / "secrets.toml"
    url = (
        environment.get("NSM_DATABASE_URL", "").strip() or _url_in(secrets) or DEFAULT_DATABASE_URL
    )
    hosts = environment.get("NSM_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
    return Settings(
        database_url=url,
        allowed_hosts=tuple(host.strip() for host in hosts.split(",") if host.strip()),
    )


def _url_in(secrets: Path) -> str:
    if not secrets.is_file():
        return ""
    try:
        found = tomllib.loads(secrets.read_text(encoding="utf-8"))
        return str(found.get("connections", {}).get("nsm", {}).get("url", ""))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, AttributeError) as error:
        raise ConfigError(
            f"{secrets} is not readable as TOML: {type(error).__name__}.",
            'It needs [connections.nsm] and a line url = "...".',
        ) from error

"""Where a source is: the address that its environment variable or the secrets hold."""

from __future__ import annotations

import sqlalchemy as sa

from nsm.config import connection_url
from nsm.errors import ConfigError
from nsm.model import Source, Star


def address_of(star: Star, source: str) -> sa.URL:
    """The address of a source of this star; ConfigError, without any of its text, if unusable."""
    declared = next((one for one in star.sources if one.key == source), Source(source))
    text = connection_url(source, declared.url_env)
    place = declared.url_env or f"[connections.{source}] in .streamlit/secrets.toml"
    if not text:
        raise ConfigError(
            f"The source {source} has no address: {place} is empty or not there.",
            "It holds one like postgresql+psycopg://reader:password@host/name.",
        )
    try:
        url = sa.make_url(text)
        url.get_dialect()
    except (sa.exc.ArgumentError, ValueError, ImportError):
        raise ConfigError(
            f"The source {source} has an address that this program cannot use: {place}.",
            "Write it like postgresql+psycopg://reader:password@host/name, and install its driver.",
        ) from None
    return url

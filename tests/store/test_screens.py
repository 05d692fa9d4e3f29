"""Keys of screens: the store knows hashes alone, and a revoked key stays revoked."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from nsm.errors import InputError
from nsm.store.engine import open_store
from nsm.store.screens import add_screen, hash_of, list_screens, open_keys, revoke_screen

NOW = dt.datetime(2026, 11, 18, 8, 41)  # noqa: DTZ001 -- the store keeps UTC without a zone


def test_the_token_is_nowhere_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "nsm.db"
    engine = open_store(f"sqlite:///{file}")
    token = add_screen(engine, "Kitchen", "stars=shop", NOW)
    engine.dispose()

    assert len(token) >= 40
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert token.encode() not in stored
    assert hash_of(token).encode() in stored


def test_a_revoked_key_is_good_no_more_and_keeps_its_day(tmp_path: Path) -> None:
    engine = open_store(f"sqlite:///{tmp_path / 'nsm.db'}")
    first, second = (add_screen(engine, name, f"stars={name}", NOW) for name in ("a", "b"))
    assert open_keys(engine) == {hash_of(first): "stars=a", hash_of(second): "stars=b"}

    key = next(one for one in list_screens(engine) if one.name == "a")
    revoke_screen(engine, key.id, NOW)
    revoke_screen(engine, key.id, NOW + dt.timedelta(days=1))

    assert open_keys(engine) == {hash_of(second): "stars=b"}
    assert [one.revoked_at for one in list_screens(engine)] == [None, NOW]


@pytest.mark.parametrize("name", ["", "  ", "n" * 101, "a\x00b", "a\ud800"])
def test_a_name_that_cannot_be_kept_is_refused_in_words(tmp_path: Path, name: str) -> None:
    engine = open_store(f"sqlite:///{tmp_path / 'nsm.db'}")
    with pytest.raises(InputError):
        add_screen(engine, name, "", NOW)
    assert list_screens(engine) == ()

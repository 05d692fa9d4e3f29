"""What becomes of faults: one line and a code, in the process itself."""

from __future__ import annotations

import pytest

from nsm.cli import main, nsm
from nsm.errors import InputError


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    return int(caught.value.code or 0)


def failing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def fail(**_: object) -> None:
        raise error

    monkeypatch.setattr(nsm.commands["stars"], "callback", fail)


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (KeyError("secret"), 2, "KeyError"),
        (InputError("No\nsuch  thing.", "Try another."), 1, "No such thing. Try another."),
        (KeyboardInterrupt(), 130, "Stopped"),
        (PermissionError(13, "Permission denied"), 1, "Permission denied"),
        (RecursionError(), 2, "RecursionError"),
        (MemoryError(), 2, "MemoryError"),
    ],
)
def test_every_failure_is_one_line_on_stderr(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    code: int,
    says: str,
) -> None:
    failing(monkeypatch, error)

    assert run("stars") == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert says in err
    assert "secret" not in err


def test_a_fault_is_shown_whole_to_who_asks_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, KeyError("where"))
    monkeypatch.setenv("NSM_DEBUG", "1")

    with pytest.raises(KeyError, match="where"):
        main(["stars"])


def test_a_message_of_any_length_stays_one_readable_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(monkeypatch, InputError("\x1b[2J\u202e" + "x" * 100_000))

    assert run("stars") == 1
    err = capsys.readouterr().err
    assert len(err) < 3_000
    assert err.isprintable() or err.rstrip("\n").isprintable()

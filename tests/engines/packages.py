"""Find the programs of a database server, or install the distribution's package where allowed."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path


class NoServer(Exception):
    """Raised when a server's programs are not here and may not be installed."""


def program(name: str, package: str, *folders: str) -> str:
    """The path of a server's program, from the path, these folders, or Debian's ``package``."""
    return _find(name, folders) or _install(name, package, folders) or _none(name, package)


def _find(name: str, folders: tuple[str, ...]) -> str | None:
    # Debian keeps PostgreSQL's programs out of the path, one folder a version: the newest counts.
    places = sorted(
        (place for pattern in folders for place in Path("/").glob(pattern.lstrip("/"))),
        key=lambda place: [int(part) for part in place.parts if part.isdigit()],
        reverse=True,
    )
    for place in places:
        if (place / name).is_file():
            return str(place / name)
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def _install(name: str, package: str, folders: tuple[str, ...]) -> str | None:
    if os.name != "posix" or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return None
    # One at a time: the test workers start together.
    with (Path(tempfile.gettempdir()) / "nsm-servers.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for step in (["update"], ["install", "--yes", "--no-install-recommends", package]):
            if found := _find(name, folders):
                return found
            subprocess.run(
                ["apt-get", "-qq", *step],
                env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=240,
                check=False,
            )
    return _find(name, folders)


def _none(name: str, package: str) -> str:
    raise NoServer(f"No {name} here, and it may not be installed. Try: apt-get install {package}")

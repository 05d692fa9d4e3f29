"""Find the programs that tests need, or install the distribution's package where allowed.

`python3 -m tests.engines.packages` installs all of them at once, for who knows that they will be
needed; whoever needs one meanwhile waits for it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

# By program: Debian's package, and where it puts it besides the path, one folder a version.
PACKAGES = {
    "chromium-headless-shell": ("chromium-headless-shell", ()),
    "chromium": ("chromium", ()),
    "initdb": ("postgresql", ("/usr/lib/postgresql/*/bin",)),
    "postgres": ("postgresql", ("/usr/lib/postgresql/*/bin",)),
    "mariadb-install-db": ("mariadb-server", ()),
    "mariadbd": ("mariadb-server", ()),
    "java": ("openjdk-17-jre-headless", ("/usr/lib/jvm/java-17-openjdk-*/bin",)),
}


class NotInstalled(Exception):
    """Raised when a program is not here and may not be installed."""


def program(name: str) -> str:
    """The path of a program of PACKAGES, installed if it must and may be."""
    found = _find(name)
    if found is None:
        install(name)
        found = _find(name)
    if found is None:
        package, _ = PACKAGES[name]
        raise NotInstalled(
            f"No {name} here, and it may not be installed. Try: apt-get install {package}"
        )
    return found


def install(*names: str) -> None:
    """The packages of those programs that are missing, where this process may install them."""
    if os.name != "posix" or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    # One at a time: the test workers start together.
    with (Path(tempfile.gettempdir()) / "nsm-packages.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        missing = sorted({PACKAGES[name][0] for name in names if _find(name) is None})
        if missing:
            _apt_get("update")
        for package in missing:
            _apt_get("install", "--yes", "--no-install-recommends", package)


def _apt_get(*arguments: str) -> None:
    subprocess.run(
        ["apt-get", "-qq", *arguments],
        env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=480,
        check=False,
    )


def _find(name: str) -> str | None:
    # Debian keeps PostgreSQL's programs out of the path: the newest version counts.
    places = sorted(
        (place for pattern in PACKAGES[name][1] for place in Path("/").glob(pattern.lstrip("/"))),
        key=lambda place: [int(part) for part in place.parts if part.isdigit()],
        reverse=True,
    )
    for place in places:
        if (place / name).is_file():
            return str(place / name)
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


if __name__ == "__main__":
    install(*(name for name in PACKAGES if name != "chromium"))

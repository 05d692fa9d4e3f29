"""The house is what docs/architecture.md says: which room may import which."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

GROUND = {"model", "errors"}


def table(heading: str) -> dict[str, tuple[str, ...]]:
    """First and last column of the table below a heading of docs/architecture.md."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    section = page.split(f"## {heading}")[1].split("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| `")]
    return {
        row[0].strip(" `"): tuple(name.strip() for name in row[-1].split(",") if name.strip())
        for row in rows
    }


ALLOWED = table("Rooms of `nsm/` and the rooms they may import")
KEPT_IN = table("Packages that stay in their room")


def sources() -> list[Path]:
    return [
        ROOT / "app.py",
        *sorted((ROOT / "pages").glob("*.py")),
        *sorted((ROOT / "nsm").rglob("*.py")),
    ]


def imports_of(path: Path) -> set[str]:
    """Every module a file imports, at its head or inside a function, for run time or for types."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found.add(node.module or "")
            if node.module == "nsm":
                found.update(f"nsm.{alias.name}" for alias in node.names)
    return found


def room_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if parts[0] == "nsm" and len(parts) > 1 else ""


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_follow_the_arrows(path: Path) -> None:
    place = path.relative_to(ROOT).as_posix()
    room = place.removesuffix(".py").split("/")[1] if place.startswith("nsm/") else ""
    if room in ALLOWED:
        rooms = {room_of(module) for module in imports_of(path)} - {"", room} - GROUND
        crossing = rooms - set(ALLOWED[room])
        assert not crossing, f"{place} must not import {sorted(crossing)}"


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_each_outside_package_is_kept_in_its_room(path: Path) -> None:
    place = path.relative_to(ROOT).as_posix()
    for module in imports_of(path):
        homes = KEPT_IN.get(module.split(".")[0])
        assert homes is None or place.startswith(homes), f"{place} must not import {module}"


def test_every_room_is_on_the_map() -> None:
    screens = {"__init__", "__main__", "router", "ui", "server"}
    rooms = {path.stem for path in (ROOT / "nsm").iterdir() if not path.name.startswith("__py")}
    assert rooms - screens <= set(ALLOWED), "a new room: give it its arrows here"
    assert set(ALLOWED) <= rooms, "a room that is gone is still on the map"


def test_no_module_carries_a_standard_library_name() -> None:
    taken = set(sys.stdlib_module_names)
    for path in sources():
        assert path.stem.startswith("__") or path.stem not in taken, path


def test_nothing_writes_unsafe_html_or_evaluates_text() -> None:
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword):
                assert node.arg != "unsafe_allow_html", path
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in {"eval", "exec"}, path

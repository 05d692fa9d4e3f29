"""The house as ARCHITECTURE in docs/architecture.md draws it: which room may import which."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Room -> the rooms of nsm it may import besides itself and the ground floor (model, errors).
ALLOWED: dict[str, set[str]] = {
    "model": set(),
    "errors": set(),
    "config": set(),
    "export": set(),
    "season": set(),
    "signals": set(),
    "periods": set(),
    "formula": set(),
    "rows": {"periods"},
    "leads": set(),
    "history": {"periods", "formula"},
    "review": {"periods", "formula", "history"},
    "definitions": {"formula", "periods"},
    "store": {"rows", "periods"},
    "ingest": {"store", "rows", "periods"},
    "answers": {"store", "history", "review", "leads", "formula", "periods"},
    "demo": {"definitions", "ingest", "store", "rows", "periods", "formula"},
    "words": {"history", "review", "leads", "periods", "signals"},
    "charts": {"history", "review", "leads", "periods", "signals", "words"},
    "wall": {"words", "history", "review", "periods", "signals"},
    "cli": {
        "answers",
        "config",
        "definitions",
        "demo",
        "ingest",
        "periods",
        "review",
        "store",
        "words",
    },
}
GROUND = {"model", "errors"}

# Outside package -> the places that may know it.
KEPT_IN: dict[str, tuple[str, ...]] = {
    "streamlit": ("app.py", "pages/", "nsm/router.py", "nsm/ui/", "nsm/server/"),
    "starlette": ("app.py", "nsm/server/"),
    "plotly": ("nsm/charts/",),
    "sqlalchemy": ("nsm/store/", "nsm/ingest/"),
    "alembic": ("nsm/store/",),
    "statsmodels": ("nsm/leads/",),
    "pydantic": ("nsm/definitions.py",),
    "yaml": ("nsm/definitions.py",),
    "click": ("nsm/cli.py", "nsm/cli/", "nsm/__main__.py"),
}


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
        assert rooms <= ALLOWED[room], f"{place} must not import {sorted(rooms - ALLOWED[room])}"


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

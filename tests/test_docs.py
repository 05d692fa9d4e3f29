"""Nothing a user can type is undocumented, and the documents point at things that exist."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import click
import pytest

from nsm import errors
from nsm.cli import nsm as command_group

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_every_command_and_option_is_documented() -> None:
    page = read("docs/commands.md")
    for name, command in command_group.commands.items():
        assert f"nsm {name}" in page, f"docs/commands.md does not tell of `nsm {name}`"
        section = re.split(rf"^#+ .*nsm {name}\b", page, flags=re.M)[-1].split("\n## ")[0]
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                for option in (*parameter.opts, *parameter.secondary_opts):
                    assert option in section, f"`nsm {name} {option}` is not documented"


def test_every_command_explains_itself() -> None:
    for name, command in command_group.commands.items():
        assert command.help, name
        for parameter in command.params:
            if isinstance(parameter, click.Option) and parameter.name != "help":
                assert parameter.help, f"nsm {name} {parameter.opts[0]} has no help"


def test_every_setting_is_documented() -> None:
    page = read("docs/settings.md")
    code = "".join(
        path.read_text(encoding="utf-8")
        for path in [ROOT / "app.py", *(ROOT / "nsm").rglob("*.py")]
    )
    settings = set(re.findall(r"\"(NSM_[A-Z_]+)\"", code))
    assert settings, "no setting found: the pattern is wrong"
    for name in settings:
        assert name in page, f"docs/settings.md does not tell of {name}"


def test_every_key_of_a_definition_is_documented() -> None:
    from nsm.definitions import METRIC_KEYS, STAR_KEYS

    page = read("docs/definitions.md")
    for key in (*STAR_KEYS, *METRIC_KEYS):
        assert f"`{key}`" in page, f"docs/definitions.md does not tell of `{key}`"


def test_every_error_is_in_the_tree_and_says_when_it_is_raised() -> None:
    tree = errors.__doc__ or ""
    for name, error in inspect.getmembers(errors, inspect.isclass):
        if issubclass(error, errors.NsmError):
            assert re.search(rf"\b{name}\b", tree), f"{name} is missing in the tree"
            assert (error.__doc__ or "").startswith("Raised when"), name


def test_the_readme_starts_with_the_two_commands_and_a_picture() -> None:
    top = read("README.md")[:1500]
    assert 0 < top.index("make run") < top.index("make test")
    picture = re.search(r"!\[[^\]]+\]\(([^)]+)\)", read("README.md")[:2500])
    assert picture
    assert (ROOT / picture[1]).is_file()


def test_make_help_lists_every_target() -> None:
    makefile = read("Makefile")
    for target in re.findall(r"^\.PHONY: (.*)$", makefile, flags=re.M)[0].split():
        assert re.search(rf"^{target}:.*## ", makefile, flags=re.M), f"make {target} has no help"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_point_at_files_that_exist(page: Path) -> None:
    for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if not link.startswith(("http://", "https://")):
            assert (page.parent / link).exists(), f"{page.name} points at {link}"

"""What is kept is looked up by the text of its arguments, so that text must say all of them."""

from __future__ import annotations

import ast
import dataclasses
import datetime as dt
from pathlib import Path

from nsm.leads.setting import Setting
from nsm.model import Role
from nsm.why import Question

ROOT = Path(__file__).resolve().parents[2]
SAID_WHOLE = {"str", "int", "bool", "None", "tuple", "dt.date", "..."}
SAID_WHOLE |= {"Setting", "Role", "Question"}  # the tests below hold that their texts differ
KEEPERS = {"kept", "replayed"}


def _parts(annotation: ast.expr) -> set[str]:
    """The types that an annotation is made of."""
    if isinstance(annotation, ast.BinOp):
        return _parts(annotation.left) | _parts(annotation.right)
    if isinstance(annotation, ast.Subscript):
        return _parts(annotation.value) | _parts(annotation.slice)
    if isinstance(annotation, ast.Tuple):
        return {part for each in annotation.elts for part in _parts(each)}
    return {ast.unparse(annotation)}


def _kept_functions() -> list[tuple[str, ast.FunctionDef]]:
    found = []
    for path in [*(ROOT / "nsm").rglob("*.py"), *(ROOT / "pages").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and KEEPERS & {
                ast.unparse(each.func if isinstance(each, ast.Call) else each).split(".")[-1]
                for each in node.decorator_list
            }:
                found.append((f"{path.relative_to(ROOT)}:{node.name}", node))
    return found


def test_arguments_of_what_is_kept_are_said_whole_by_their_text() -> None:
    functions = _kept_functions()
    assert len(functions) > 30
    for where, function in functions:
        every = function.args
        given = [*every.posonlyargs, *every.args, *every.kwonlyargs, every.vararg, every.kwarg]
        for argument in filter(None, given):
            assert argument.annotation is not None
            assert _parts(argument.annotation) <= SAID_WHOLE, f"{where}: {argument.arg}"


def test_the_text_of_a_setting_says_every_field() -> None:
    plain = Setting()
    day = dt.date(2026, 3, 2)
    other = {"max_lag": 5, "first": day, "last": day, "logs": True, "seasonal": False}
    other |= {"exclude": (day, day + dt.timedelta(1))}
    assert set(other) == {field.name for field in dataclasses.fields(Setting)}
    texts = {repr(dataclasses.replace(plain, **{name: value})) for name, value in other.items()}
    assert len(texts | {repr(plain)}) == len(other) + 1


def test_the_text_of_a_role_says_which() -> None:
    assert len({repr(role) for role in Role}) == len(Role)


def test_the_text_of_a_question_says_its_metric_and_its_segment() -> None:
    asked = [Question(metric, segment) for metric in ("a", "b") for segment in ("a", "b")]
    assert {field.name for field in dataclasses.fields(Question)} == {"metric", "segment"}
    assert len({repr(question) for question in asked}) == len(asked)

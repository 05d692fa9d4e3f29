"""The gate before every engine: a query is exactly one question and asks for rows alone.

The text was written by somebody else. sqlglot reads it in the dialect of its source; what is no
SELECT, is more than one, locks, writes, or calls what reads files, waits or opens connections is
refused before the engine is asked. The engine's own guards (`nsm.sources.guards`) stand behind.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from nsm.errors import QueryRefused
from nsm.plaintext import harmless, shown
from nsm.sources.denied import is_denied_attribute, is_denied_function, is_denied_table

# It would print the query it does not understand.
logging.getLogger("sqlglot").setLevel(logging.CRITICAL)

LONGEST = 20_000
# PostgreSQL and others read U&"..." as a name that the gate would not recognise.
_ESCAPED_NAME = re.compile(r"\bu&['\"]", re.IGNORECASE)
_DIALECTS = {
    "postgresql": "postgres",
    "mariadb": "mysql",
    "clickhousedb": "clickhouse",
    "hive": "spark",
    "mssql": "tsql",
}
# What may stand in a tree and still changes, locks, loads or sets something.
_FORBIDDEN: tuple[type[exp.Expr], ...] = (
    exp.DML,
    exp.DDL,
    exp.Command,
    exp.Into,
    exp.Lock,
    exp.Pragma,
    exp.Set,
    exp.SetItem,
    exp.Use,
    exp.Copy,
    exp.LoadData,
    exp.Attach,
    exp.Detach,
    exp.Kill,
    exp.Describe,
    exp.Show,
    exp.Summarize,
    exp.Parameter,
    exp.SessionParameter,
    exp.Placeholder,
    # Spark's SELECT TRANSFORM ... USING runs a program of its machine.
    exp.QueryTransform,
)
# Comments that a server may run (/*! ... */) and comments are stripped alike: none reaches it.
_FORBIDDEN_TOKENS = {TokenType.SEMICOLON: "a semicolon", TokenType.COLON_EQ: "an assignment"}


@lru_cache(maxsize=256)
def checked_query(sql: str, backend: str) -> str:
    """The same query without comments, when it is one harmless SELECT; else QueryRefused.

    ``backend`` is SQLAlchemy's name of the engine. The text that comes back consists of exactly
    the tokens that were looked at, so a comment that only the server would run is gone.
    """
    _refuse_length(sql)
    _refuse_other_statements(_one_tree(sql, backend))
    text, tokens = _tokens(sql, backend)
    tree = _one_tree(text, backend)
    _refuse_other_statements(tree)
    _refuse_forbidden(tree, tokens, backend)
    return text


@lru_cache(maxsize=256)
def checked_condition(condition: str, backend: str) -> str:
    """The same condition without comments, when it is one and nothing more; else QueryRefused."""
    _refuse_length(condition)
    text, tokens = _tokens(condition, backend)
    depth = 0
    for token in tokens:
        depth += (token.token_type is TokenType.L_PAREN) - (token.token_type is TokenType.R_PAREN)
        if depth < 0:
            break
    around = "select 1 from t where ({})"
    tree = _one_tree(around.format(text), backend)
    where = tree.args.get("where")
    if depth or where is None or not isinstance(where.this, exp.Paren):
        raise QueryRefused(f"The condition {shown(condition)} has parentheses that do not match.")
    _refuse_forbidden(tree, tokens, backend)
    return text


def checked_table(table: str, backend: str) -> tuple[str, ...]:
    """The parts of a table's name (database, schema, table), when it is one that may be read."""
    parts = tuple(part.strip() for part in table.split("."))
    if not 1 <= len(parts) <= 3 or not all(re.fullmatch(r"[^\W\d][\w$ -]*", p) for p in parts):
        raise QueryRefused(f"{shown(table)} is not the name of a table.", "Write schema.table.")
    if is_denied_table(parts[-1], parts[:-1], backend):
        raise QueryRefused(f"The table {shown(table)} belongs to the database itself.")
    return parts


def _refuse_length(sql: str) -> None:
    if len(sql) > LONGEST:
        raise QueryRefused(f"The query is longer than {LONGEST:,} characters.")
    if "\0" in sql:
        raise QueryRefused("The query has a NUL character in it.")
    if _ESCAPED_NAME.search(sql):
        raise QueryRefused(
            "The query has text or names in Unicode escapes (U&).", "Write them out."
        )


def _refuse_other_statements(tree: exp.Expr) -> None:
    if not isinstance(tree, exp.Select | exp.SetOperation | exp.Subquery):
        raise QueryRefused("The query is not a SELECT.", "A metric asks for rows, nothing else.")


def _tokens(sql: str, backend: str) -> tuple[str, list[Token]]:
    """The text without comments and a last semicolon, and its tokens."""
    dialect = sqlglot.Dialect.get_or_raise(_dialect(backend))
    try:
        tokens = dialect.tokenize(sql)
        while tokens and tokens[-1].token_type is TokenType.SEMICOLON:
            tokens.pop()
        text = " ".join(_written(sql, tokens))
        again = dialect.tokenize(text)
    except SqlglotError as error:
        raise _unread(error) from error
    if not tokens:
        raise QueryRefused("The query is empty.")
    if [(one.token_type, one.text) for one in again] != [
        (one.token_type, one.text) for one in tokens
    ]:
        raise QueryRefused("The query reads differently without its comments.", "Remove them.")
    return text, tokens


def _written(sql: str, tokens: list[Token]) -> Iterator[str]:
    """The text of the query piece by piece: tokens that touched stay together."""
    begin = 0
    for place, token in enumerate(tokens):
        touches = place + 1 < len(tokens) and tokens[place + 1].start == token.end + 1
        if not touches:
            yield sql[tokens[begin].start : token.end + 1]
            begin = place + 1


def _one_tree(text: str, backend: str) -> exp.Expr:
    try:
        trees = sqlglot.parse(text, dialect=_dialect(backend))
    except (SqlglotError, RecursionError) as error:
        raise _unread(error) from error
    if len(trees) != 1 or trees[0] is None:
        raise QueryRefused(
            f"There are {len(trees)} statements in the query.", "A metric has one query."
        )
    return trees[0]


def _refuse_forbidden(tree: exp.Expr, tokens: list[Token], backend: str) -> None:
    for token in tokens:
        if token.token_type in _FORBIDDEN_TOKENS:
            raise QueryRefused(f"The query has {_FORBIDDEN_TOKENS[token.token_type]} in it.")
    named = {cte.alias.casefold() for cte in tree.find_all(exp.CTE)}
    for node in tree.walk():
        if isinstance(node, _FORBIDDEN):
            what = harmless(type(node).__name__.upper(), 20)
            raise QueryRefused(f"The query has {what} in it.", "A metric asks for rows alone.")
        if isinstance(node, exp.Func):
            _refuse_function(node, backend)
        elif isinstance(node, exp.Dot) or (isinstance(node, exp.Column) and node.table):
            if is_denied_attribute(node.name, backend):
                raise _called(node.name)
        elif isinstance(node, exp.Table):
            _refuse_table(node, named, backend)
        elif isinstance(node, exp.Query) and (node.args.get("settings") or node.args.get("format")):
            raise QueryRefused("The query changes settings or the format of its answer.")


def _refuse_function(node: exp.Func, backend: str) -> None:
    for name in _names(node):
        if is_denied_function(name, backend):
            raise _called(name)


def _called(name: str) -> QueryRefused:
    return QueryRefused(
        f"The query calls {harmless(name, 40)}, which no metric needs.",
        "Functions that read files, wait, lock or open connections are refused.",
    )


def _refuse_table(node: exp.Table, named: set[str], backend: str) -> None:
    above = tuple(part for part in (node.catalog, node.db) if part)
    own_name = not above and node.name.casefold() in named
    if not own_name and node.name and is_denied_table(node.name, above, backend):
        raise QueryRefused(f"The query reads {harmless(node.name, 40)}, which is no table of data.")


def _names(node: exp.Func) -> set[str]:
    """Every name under which the engine may know this function."""
    if isinstance(node, exp.Anonymous | exp.AnonymousAggFunc):
        return {node.name.casefold()}
    return {name.casefold() for name in (*node.sql_names(), node.name or node.key) if name}


def _dialect(backend: str) -> str:
    return _DIALECTS.get(backend, backend)


def _unread(error: Exception) -> QueryRefused:
    # sqlglot's message shows the place in colours of a terminal; the first line says what.
    said = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).strip().splitlines() or ["too deep"]
    return QueryRefused(f"The query could not be read: {harmless(said[0], 200).rstrip('.')}.")

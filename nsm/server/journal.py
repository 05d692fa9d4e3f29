"""The server's log: one line an event on standard error, with the trace of what broke."""

from __future__ import annotations

import logging
import re
from urllib.parse import quote, unquote, urlsplit

_KEY = re.compile(r"/k/[^\s/?#\"]+")
LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class Discreet(logging.Formatter):
    """Writes *** for the password of the database, wherever a library put it."""

    def __init__(self, database_url: str) -> None:
        super().__init__(LINE)
        self.secrets = secrets_of(database_url)

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        for secret in self.secrets:
            line = line.replace(secret, "***")
        return line


def keep_journal(database_url: str) -> None:
    """Send the log of this program to standard error; again changes nothing."""
    logger = logging.getLogger("nsm")
    if not any(isinstance(handler.formatter, Discreet) for handler in logger.handlers):
        handler = logging.StreamHandler()
        handler.setFormatter(Discreet(database_url))
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False
        logging.getLogger("uvicorn.access").addFilter(KeyLess())


def count_lines(counter: logging.Handler) -> None:
    """Let a counter see every line of this program's log that is a warning or worse."""
    logging.getLogger("nsm").addHandler(counter)


class KeyLess(logging.Filter):
    """Takes the key out of the addresses that a server writes into its log of requests."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                _KEY.sub("/k/***", one) if isinstance(one, str) else one for one in record.args
            )
        return True


def secrets_of(database_url: str) -> tuple[str, ...]:
    """The password of a database address, as it is written there and as it is meant."""
    login = urlsplit(database_url).netloc.rpartition("@")[0]
    password = login.partition(":")[2]
    spelled = {password, unquote(password), quote(unquote(password), safe="")}
    return tuple(sorted(spelled - {""}, key=len, reverse=True))

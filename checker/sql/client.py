"""The client's own commands: which of psql's and sqlite3's do something to the database, and what.

The manual's page of psql, "Meta-Commands"; sqlite.org/cli.html. Whatever is not listed here prints, formats
or asks, and leaves the database alone.
"""

from __future__ import annotations

from checker.sql.cursor import Unexpected
from checker.sql.dml import read_dml
from checker.sql.nodes import At, Node, Unreadable, Utility
from checker.sql.tokens import tokenize
from checker.statement import Statement

_INCLUDED = "runs the file {0}, which is not read"
_ELSEWHERE = "from here on the statements go to another database"
_STOPS = "the client stops here: what follows does not run"
_SHELL = "runs a program, whose effect is not known"

_PSQL: dict[str, str] = {
    **dict.fromkeys((r"\i", r"\ir", r"\include", r"\include_relative"), _INCLUDED),
    **dict.fromkeys((r"\c", r"\connect"), _ELSEWHERE),
    **dict.fromkeys((r"\q", r"\quit"), _STOPS),
    r"\gexec": "runs what the query before it returns",
    r"\if": "which branch runs is known to psql alone; all of them are taken to run",
    r"\!": _SHELL,
}
_SQLITE: dict[str, str] = {
    ".read": _INCLUDED,
    **dict.fromkeys((".open", ".connection"), _ELSEWHERE),
    **dict.fromkeys((".quit", ".exit"), _STOPS),
    **dict.fromkeys((".shell", ".system"), _SHELL),
    ".restore": "puts the backup {0} in the place of the database",
    ".import": "fills a table from the file {0}, and creates it where it is missing",
}


def read_command(statement: Statement, dialect: str) -> Node:
    """What the command does to the database: mostly nothing; what cannot be seen is an `Unreadable`."""
    word, _, rest = statement.text.partition(" ")
    word, at = word.strip().lower(), (statement.start, statement.end)
    if word == r"\copy":
        return _copy(statement, dialect, at)
    reason = (_PSQL if dialect == "postgres" else _SQLITE).get(word)
    if reason is None:
        return Utility(word, at=at)
    first = (rest.split() or ("",))[0]
    return Unreadable(f"{word}: {reason.format(first)}".replace("  ", " "), at=at)


def connects(statement: Statement) -> bool:
    r"""True at psql's `\connect`, which `pg_dump --create` writes too."""
    return statement.text.split(None, 1)[0].lower() in (r"\c", r"\connect")


def _copy(statement: Statement, dialect: str, at: At) -> Node:
    r"""`\copy` is the server's COPY with the file on the client's side."""
    tokens = tokenize(statement.text[1:], dialect, statement.start + 1)
    try:
        node = read_dml(statement.source.text, tokens, dialect)
    except (Unexpected, IndexError):
        node = None
    return node or Unreadable(r"\copy: neither a table nor a query to copy", at=at)

"""Transactions, settings and everything that leaves the schema alone, on PostgreSQL and SQLite."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from checker.sql.cursor import Cursor
from checker.sql.ddl_drop import read_kind, read_signature
from checker.sql.nodes import (
    Name,
    Node,
    ObjectKind,
    SetConstraints,
    SetSetting,
    TransactionControl,
    Unreadable,
    Utility,
)

# Transactions


def read_begin(c: Cursor, first: int) -> Node:
    """BEGIN and START TRANSACTION with their modes."""
    c.rest()
    return TransactionControl("begin", at=c.span(first))


def read_commit(c: Cursor, first: int) -> Node:
    """COMMIT and END; COMMIT PREPARED ends another transaction than this one."""
    if c.accept("PREPARED"):
        c.string()
        return Utility("commit prepared", at=c.span(first))
    return _end(c, "commit", first)


def read_rollback(c: Cursor, first: int) -> Node:
    """ROLLBACK, ABORT, ROLLBACK TO and ROLLBACK PREPARED."""
    if c.accept("PREPARED"):
        c.string()
        return Utility("rollback prepared", at=c.span(first))
    c.accept_any(("WORK", "TRANSACTION"))
    if c.accept("TO"):
        c.accept("SAVEPOINT")
        return _finish(c, TransactionControl("rollback to", c.ident(), c.span(first)))
    return _end(c, "rollback", first)


def _end(c: Cursor, action: Literal["commit", "rollback"], first: int) -> Node:
    """AND CHAIN begins another transaction at once."""
    c.accept_any(("WORK", "TRANSACTION"))
    chain = c.at("AND", "CHAIN")
    c.rest()
    return TransactionControl(action, chain=chain, at=c.span(first))


def read_savepoint(c: Cursor, first: int) -> Node:
    """SAVEPOINT name."""
    return _finish(c, TransactionControl("savepoint", c.ident(), c.span(first)))


def read_release(c: Cursor, first: int) -> Node:
    """RELEASE [SAVEPOINT] name."""
    if not c.at("SAVEPOINT", ""):  # a savepoint may be called so
        c.accept("SAVEPOINT")
    return _finish(c, TransactionControl("release", c.ident(), c.span(first)))


def _finish(c: Cursor, node: Node) -> Node:
    c.end()
    return node


def read_prepare(c: Cursor, first: int) -> Node:
    """PREPARE TRANSACTION; PREPARE name AS statement is not followed."""
    if c.accept("TRANSACTION"):
        c.string()
        return _finish(c, TransactionControl("prepare", at=c.span(first)))
    c.rest()
    return Unreadable(
        "PREPARE: the statement runs where EXECUTE stands, which is not followed", at=c.span(first)
    )


# Settings


def read_set(c: Cursor, first: int) -> Node:
    """SET, SET LOCAL, SET SESSION; TIME ZONE, ROLE and the like become the settings that they are."""
    local = c.accept("LOCAL")
    if not local and not c.at("SESSION", "AUTHORIZATION") and not c.at("SESSION", "CHARACTERISTICS"):
        c.accept("SESSION")
    special = _special_setting(c, local, first)
    if special is not None:
        return special
    name = _setting_name(c)
    if not c.accept("=") and not c.accept("TO") and not c.accept("FROM", "CURRENT"):
        raise c.unexpected("= or TO")
    values = c.many(lambda: _value(c)) if not c.done else ()
    c.end()
    return SetSetting(name, () if values == ("DEFAULT",) else values, local, c.span(first))


def _special_setting(c: Cursor, local: bool, first: int) -> Node | None:
    if c.accept("CONSTRAINTS"):
        return _set_constraints(c, first)
    for words in _NO_SETTINGS:
        if c.accept(*words):
            c.rest()
            return Utility("set " + " ".join(words).lower(), at=c.span(first))
    for words, name in _SPECIAL:
        if c.at(*words) and not (len(words) == 1 and c.words[c.i + 1] in ("=", "TO", ".")):
            c.i += len(words)
            start = c.i
            c.rest()
            values = tuple(_value_at(c, i) for i in range(start, c.i))
            reset = values == ("DEFAULT",) or (name == "role" and values == ("none",))
            return SetSetting(name, () if reset else values, local, c.span(first))
    return None


def _set_constraints(c: Cursor, first: int) -> SetConstraints:
    names = () if c.accept("ALL") else c.names()
    mode = c.accept_any(("DEFERRED", "IMMEDIATE"))
    if mode is None:
        raise c.unexpected("DEFERRED or IMMEDIATE")
    c.end()
    return SetConstraints(names, mode == "DEFERRED", c.span(first))


_NO_SETTINGS: tuple[tuple[str, ...], ...] = (("TRANSACTION",), ("SESSION", "CHARACTERISTICS"))
_SPECIAL: tuple[tuple[tuple[str, ...], str], ...] = (
    (("TIME", "ZONE"), "timezone"), (("SESSION", "AUTHORIZATION"), "session_authorization"), (("ROLE",), "role"),
    (("NAMES",), "client_encoding"), (("SCHEMA",), "search_path"), (("XML", "OPTION"), "xmloption"),
)  # fmt: skip


def _setting_name(c: Cursor) -> str:
    parts = [c.label()]
    while c.accept("."):
        parts.append(c.label())
    return ".".join(parts).lower()


def _value(c: Cursor) -> str:
    """One value: a string, a number with its sign, or a word as the server folds it (DEFAULT in capitals)."""
    sign = "-" if c.accept("-") else ""
    c.i += c.at("+")
    if c.done:
        raise c.unexpected("a value")
    value = _value_at(c, c.i)
    c.i += 1
    return sign + value


def _value_at(c: Cursor, i: int) -> str:
    token = c.tokens[i]
    stop, c.i = c.i, i
    if token.upper == "DEFAULT":
        value = "DEFAULT"
    elif token.kind == "string":
        value = c.string()
    else:
        value = c.label() if token.kind in ("word", "quoted") else token.text
    c.i = stop
    return value


def read_reset(c: Cursor, first: int) -> Node:
    """RESET name, RESET ALL: a setting without values."""
    for words, name in _SPECIAL[:3]:
        if c.accept(*words):
            return _finish(c, SetSetting(name, at=c.span(first)))
    name = _setting_name(c)
    return _finish(c, SetSetting(name, at=c.span(first)))


def read_pragma(c: Cursor, first: int) -> Node:
    """PRAGMA [schema.]name, `= value` or `(value)`; a question has no values."""
    name = _setting_name(c)
    values: tuple[str, ...] = ()
    if c.accept("="):
        values = (_value(c),)
    elif c.at("("):
        values = c.parens(lambda: _value(c))
    return _finish(c, SetSetting(name, values, at=c.span(first)))


# Objects without effect on the catalog


def read_comment(c: Cursor, first: int) -> Node:
    """COMMENT ON object IS …; the object must exist."""
    c.expect("ON")
    if c.accept("COLUMN"):
        column = c.name()
        node = Utility("comment on column", None, (column,))
    elif c.accept("CONSTRAINT"):
        node = _comment_on_constraint(c)
    elif c.accept("LARGE", "OBJECT"):
        c.skip_to(("IS",))
        node = Utility("comment on large object")
    else:
        kind = read_kind(c)
        if kind is None:
            raise c.unexpected("a kind of object")
        node = _commented(c, kind)
    c.expect("IS")
    if not c.accept("NULL"):
        c.string()
    c.end()
    return replace(node, at=c.span(first))


def _comment_on_constraint(c: Cursor) -> Utility:
    constraint = c.ident()
    c.expect("ON")
    domain = c.accept("DOMAIN")
    owner = c.name()
    kind: ObjectKind = "domain" if domain else "table"
    return Utility("comment on constraint", kind, (owner, Name((constraint,))))


_WITHOUT_NAME = ("cast", "operator", "operator class", "operator family", "transform")


def _commented(c: Cursor, kind: ObjectKind) -> Utility:
    words = f"comment on {kind}"
    if kind in ("function", "procedure", "routine", "aggregate"):
        signature = read_signature(c)
        return Utility(words, kind, (signature.name,), arguments=signature.arguments)
    if kind in _WITHOUT_NAME:
        c.skip_to(("IS",))
        return Utility(words, kind)
    name = c.name()
    if kind in ("trigger", "policy", "rule") and c.accept("ON"):
        return Utility(words, kind, (c.name(), name))
    return Utility(words, kind, (name,))


def read_grant(c: Cursor, first: int, words: str = "grant") -> Node:
    """GRANT and REVOKE; `names` are the relations, schemas … that must exist (None for roles)."""
    c.skip_to(("ON", "TO", "FROM"))
    kind: ObjectKind | None = None
    names: tuple[Name, ...] = ()
    if c.accept("ON") and not c.accept("ALL"):
        kind = read_kind(c) or "table"
        if c.is_name and kind not in ("function", "procedure", "routine"):
            names = c.names()
    c.rest()
    return Utility(words, kind, names, c.span(first))


def read_revoke(c: Cursor, first: int) -> Node:
    """REVOKE, like GRANT."""
    return read_grant(c, first, "revoke")


def read_lock(c: Cursor, first: int) -> Node:
    """LOCK; the mode is among the words: `lock access exclusive`."""
    c.accept("TABLE")

    def table() -> Name:
        c.accept("ONLY")
        name = c.name()
        c.accept("*")
        return name

    names = c.many(table)
    mode = "access exclusive"
    if c.accept("IN"):
        start = c.i
        c.skip_to(("MODE",))
        mode = c.words_between(start)
        c.expect("MODE")
    c.accept("NOWAIT")
    return _finish(c, Utility(f"lock {mode}", "table", names, c.span(first)))


def read_vacuum(c: Cursor, first: int) -> Node:
    """VACUUM with the options of either form; `vacuum full` where it rewrites."""
    return _maintenance(c, first, "vacuum", ("FULL", "FREEZE", "VERBOSE", "ANALYZE", "ANALYSE"))


def read_analyze(c: Cursor, first: int) -> Node:
    """ANALYZE; SQLite's names a table, an index or a schema."""
    return _maintenance(c, first, "analyze", ("VERBOSE",))


def _maintenance(c: Cursor, first: int, words: str, options: tuple[str, ...]) -> Node:
    start = c.i
    if c.at("("):
        c.skip_parens()
    while c.accept_any(options):
        pass
    full = "FULL" in c.words[start : c.i] and words == "vacuum"
    names: list[Name] = []
    while c.is_name:
        names.append(c.name())
        if c.at("("):
            c.skip_parens()
        if not c.accept(","):
            break
    if c.accept("INTO"):
        c.rest()
    kind: ObjectKind | None = "table" if names and c.dialect == "postgres" else None
    return _finish(c, Utility(f"{words} full" if full else words, kind, tuple(names), c.span(first)))


def read_cluster(c: Cursor, first: int) -> Node:
    """CLUSTER [table [USING index]], and the old `index ON table`."""
    if c.at("("):
        c.skip_parens()
    c.accept("VERBOSE")
    if c.done:
        return Utility("cluster", at=c.span(first))
    name = c.name()
    if c.accept("ON"):
        name = c.name()
    elif c.accept("USING"):
        c.ident()
    return _finish(c, Utility("cluster", "table", (name,), c.span(first)))


def read_reindex(c: Cursor, first: int) -> Node:
    """REINDEX; `reindex concurrently` in both of its forms."""
    start = c.i
    if c.at("("):
        c.skip_parens()
    system = c.accept("SYSTEM")
    kind = None if system else read_kind(c)
    if kind is None and not system and c.dialect == "postgres":
        raise c.unexpected("a kind of object")
    c.accept("CONCURRENTLY")
    concurrently = "CONCURRENTLY" in c.words[start : c.i]
    names = (c.name(),) if c.is_name else ()
    words = "reindex concurrently" if concurrently else "reindex"
    return _finish(c, Utility(words, kind, names, c.span(first)))


def read_refresh(c: Cursor, first: int) -> Node:
    """REFRESH MATERIALIZED VIEW."""
    c.expect("MATERIALIZED", "VIEW")
    concurrently = c.accept("CONCURRENTLY")
    name = c.name()
    if not c.accept("WITH", "NO", "DATA"):
        c.accept("WITH", "DATA")
    words = "refresh materialized view" + (" concurrently" if concurrently else "")
    return _finish(c, Utility(words, "materialized view", (name,), c.span(first)))


# Code that is not here


def read_call(c: Cursor, first: int) -> Node:
    """CALL: what the procedure does is not seen."""
    name = c.name()
    c.rest()
    return Unreadable(f"CALL {name}: what the procedure does is not followed", at=c.span(first))


def read_execute(c: Cursor, first: int) -> Node:
    """EXECUTE of a prepared statement."""
    name = c.label()
    c.rest()
    return Unreadable(f"EXECUTE {name}: what the prepared statement does is not followed", at=c.span(first))


def _plain(words: str) -> Callable[[Cursor, int], Node]:
    def read(c: Cursor, first: int) -> Node:
        c.rest()
        return Utility(words, at=c.span(first))

    return read


def _security_label(c: Cursor, first: int) -> Node:
    c.expect("LABEL")
    c.rest()
    return Utility("security label", at=c.span(first))


def _import(c: Cursor, first: int) -> Node:
    """The foreign tables that it makes are known to the other server only."""
    c.rest()
    return Unreadable("IMPORT FOREIGN SCHEMA: the tables of the other server are not known", at=c.span(first))


def _load(c: Cursor, first: int) -> Node:
    c.string()
    return _finish(c, Utility("load", at=c.span(first)))


UTILITIES: dict[str, Callable[[Cursor, int], Node]] = {
    "BEGIN": read_begin, "START": read_begin, "COMMIT": read_commit, "END": read_commit,
    "ROLLBACK": read_rollback, "ABORT": read_rollback, "SAVEPOINT": read_savepoint, "RELEASE": read_release,
    "PREPARE": read_prepare, "SET": read_set, "RESET": read_reset, "COMMENT": read_comment,
    "GRANT": read_grant, "REVOKE": read_revoke, "LOCK": read_lock, "VACUUM": read_vacuum,
    "ANALYZE": read_analyze, "ANALYSE": read_analyze, "CLUSTER": read_cluster, "REINDEX": read_reindex,
    "REFRESH": read_refresh, "CALL": read_call, "EXECUTE": read_execute, "SECURITY": _security_label,
    "IMPORT": _import, "LOAD": _load, "REASSIGN": _plain("reassign owned"),
    **{word: _plain(word.lower()) for word in (
        "DECLARE", "DEALLOCATE", "DISCARD", "NOTIFY", "LISTEN", "UNLISTEN", "SHOW", "CHECKPOINT", "CLOSE", "FETCH", "MOVE",
    )},
}  # fmt: skip
"""What PostgreSQL's other statements are read by, from their first word on."""

SQLITE_UTILITIES: dict[str, Callable[[Cursor, int], Node]] = {
    "BEGIN": read_begin, "COMMIT": read_commit, "END": read_commit, "ROLLBACK": read_rollback,
    "SAVEPOINT": read_savepoint, "RELEASE": read_release, "PRAGMA": read_pragma, "VACUUM": read_vacuum,
    "ANALYZE": read_analyze, "REINDEX": read_reindex, "ATTACH": _plain("attach"), "DETACH": _plain("detach"),
}  # fmt: skip
"""The same for SQLite."""

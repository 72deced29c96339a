"""CREATE FUNCTION, PROCEDURE, AGGREGATE and TRIGGER of PostgreSQL; bodies are kept as text."""

from __future__ import annotations

from checker.catalog import Expr
from checker.sql.cursor import Cursor
from checker.sql.ddl_drop import read_arguments, read_parameters
from checker.sql.nodes import CreateFunction, CreateTrigger, Name, Signature
from checker.sql.types import read_type
from checker.sqltype import SqlType


def read_create_function(c: Cursor, first: int, procedure: bool, or_replace: bool) -> CreateFunction:
    """What follows CREATE FUNCTION or PROCEDURE: the options come in any order."""
    name = c.name()
    arguments, parameters = read_parameters(c)
    returns, columns = _returns(c)
    body, language = "", ""
    while not c.done:
        if c.accept("LANGUAGE"):
            language = (c.string() if c.is_string else c.label()).lower()
        elif c.accept("AS"):
            body = c.string()
            if c.accept(","):
                c.string()
        elif c.word in ("RETURN", "BEGIN"):
            start = c.i
            c.rest()
            body, language = c.slice(start), language or "sql"
        elif not _pass_option(c):
            raise c.unexpected("an option of a function")
    return CreateFunction(
        Signature(name, arguments), "procedure" if procedure else "function", returns, or_replace, body, language,
        (*parameters, *columns), c.span(first),
    )  # fmt: skip


def _returns(c: Cursor) -> tuple[SqlType | None, tuple[str, ...]]:
    """What a function returns, and the columns of RETURNS TABLE."""
    if not c.accept("RETURNS"):
        return None, ()
    if not c.accept("TABLE"):
        return read_type(c), ()

    def column() -> str:
        name = c.label()
        read_type(c)
        return name

    return SqlType("record"), c.parens(column)


_OPTIONS: tuple[tuple[str, ...], ...] = (
    ("IMMUTABLE",), ("STABLE",), ("VOLATILE",), ("WINDOW",), ("STRICT",), ("LEAKPROOF",), ("NOT", "LEAKPROOF"),
    ("CALLED", "ON", "NULL", "INPUT"), ("RETURNS", "NULL", "ON", "NULL", "INPUT"),
    ("EXTERNAL", "SECURITY", "DEFINER"), ("EXTERNAL", "SECURITY", "INVOKER"),
    ("SECURITY", "DEFINER"), ("SECURITY", "INVOKER"),
)  # fmt: skip
_OPTION_HEADS = frozenset(words[0] for words in _OPTIONS)
_NEXT_OPTION = _OPTION_HEADS | {"LANGUAGE", "AS", "PARALLEL", "COST", "ROWS", "SUPPORT", "SET", "TRANSFORM"}


def _pass_option(c: Cursor) -> bool:
    if c.word in _OPTION_HEADS:
        return any(c.accept(*words) for words in _OPTIONS)
    if c.accept_any(("PARALLEL", "COST", "ROWS")):
        c.i += 1
        return True
    if c.accept("SUPPORT"):
        c.name()
        return True
    if c.accept("TRANSFORM"):
        c.skip_to(_NEXT_OPTION)
        return True
    if c.accept("WITH"):
        c.skip_parens()
        return True
    if c.accept("SET"):
        c.i += 1
        c.skip_to(_NEXT_OPTION | {"BEGIN", "RETURN"})
        return True
    return False


def pass_routine_options(c: Cursor) -> None:
    """The options of ALTER FUNCTION, RESET and RESTRICT among them."""
    while not c.done:
        if c.accept("RESET"):
            c.label()
        elif not c.accept("RESTRICT") and not _pass_option(c):
            raise c.unexpected("an option of a function")


def read_create_aggregate(c: Cursor, first: int, or_replace: bool) -> CreateFunction:
    """What follows CREATE AGGREGATE; the old form names its argument as BASETYPE."""
    name = c.name()
    start = c.i
    arguments: tuple[SqlType, ...] | None = None
    c.skip_parens()
    if not c.done:
        stop, c.i = c.i, start
        arguments = read_arguments(c)
        c.i = stop
        c.skip_parens()
    c.end()
    return CreateFunction(Signature(name, arguments), "aggregate", None, or_replace, at=c.span(first))


def read_create_trigger(c: Cursor, first: int, or_replace: bool) -> CreateTrigger:
    """What follows CREATE [CONSTRAINT] TRIGGER."""
    name = Name((c.ident(),))
    timing = "instead of" if c.accept("INSTEAD", "OF") else (c.accept_any(("BEFORE", "AFTER")) or "").lower()
    if not timing:
        raise c.unexpected("BEFORE, AFTER or INSTEAD OF")
    events, columns = read_events(c)
    c.expect("ON")
    table = c.name()
    when = _trigger_options(c)
    c.expect("EXECUTE")
    if not c.accept_any(("FUNCTION", "PROCEDURE")):
        raise c.unexpected("FUNCTION")
    function = c.name()
    c.skip_parens()
    c.end()
    return CreateTrigger(
        name, table, function, timing, events, columns, or_replace, when=when, at=c.span(first)
    )


def _trigger_options(c: Cursor) -> Expr | None:
    """FROM, DEFERRABLE, REFERENCING, FOR EACH and WHEN, in the grammar's order; the condition of WHEN."""
    if c.accept("FROM"):
        c.name()
    while c.accept("NOT", "DEFERRABLE") or c.accept("DEFERRABLE") or c.accept("INITIALLY"):
        c.accept_any(("DEFERRED", "IMMEDIATE"))
    if c.accept("REFERENCING"):
        while c.accept_any(("OLD", "NEW")):
            c.accept_any(("TABLE", "ROW"))
            c.accept("AS")
            c.ident()
    if c.accept("FOR"):
        c.accept("EACH")
        if not c.accept_any(("ROW", "STATEMENT")):
            raise c.unexpected("ROW or STATEMENT")
    return c.expr_in_parens() if c.accept("WHEN") else None


def read_events(c: Cursor) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """`INSERT OR UPDATE OF a, b`: the events in lower case, and the columns of UPDATE OF."""
    events: list[str] = []
    columns: tuple[str, ...] = ()
    while True:
        event = c.accept_any(("INSERT", "UPDATE", "DELETE", "TRUNCATE"))
        if event is None:
            raise c.unexpected("an event")
        events.append(event.lower())
        if event == "UPDATE" and c.accept("OF"):
            columns = c.many(c.ident)
        if not c.accept("OR"):
            return tuple(events), columns

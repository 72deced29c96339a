"""SQL for constraints that let the rows be which are there already."""

from __future__ import annotations

from checker.catalog import Check, ForeignKey, Table
from checker.spelling import comment, in_parens, names, qualified, quoted, script


def add_unverified(table: Table, constraint: Check | ForeignKey) -> str:
    """The constraint as NOT VALID, for new and changed rows alone; `""` where PostgreSQL has no such thing."""
    if table.kind != "table" and isinstance(constraint, ForeignKey):
        return ""
    place, name = qualified(table.name), quoted(constraint.name)
    match constraint:
        case Check(expr=expr, no_inherit=lonely):
            text = f"CHECK {in_parens(expr.text)}" + (" NO INHERIT" if lonely else "")
        case ForeignKey():
            text = foreign_key(constraint)
    return script(
        "-- or it can stand for new rows alone, until the old ones are in order",
        f"ALTER TABLE {place} ADD CONSTRAINT {name} {text} NOT VALID;",
        comment(f"and then: ALTER TABLE {place} VALIDATE CONSTRAINT {name};"),
    )


def foreign_key(key: ForeignKey) -> str:
    """FOREIGN KEY … as it stands in a table."""
    parts = [
        f"FOREIGN KEY ({names(key.columns)}) REFERENCES {qualified(key.target)} ({names(key.references)})",
        "MATCH FULL" if key.match == "full" else "",
        f"ON DELETE {key.on_delete.upper()}" if key.on_delete != "no action" else "",
        f"ON UPDATE {key.on_update.upper()}" if key.on_update != "no action" else "",
        "DEFERRABLE" if key.deferrable else "",
        "INITIALLY DEFERRED" if key.initially_deferred else "",
    ]
    return " ".join(filter(None, parts))

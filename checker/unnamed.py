"""Names for constraints that have none on the server: SQLite keeps no automatic names.

In the catalog every constraint has a name, so the live loader and the simulator both give an
unnamed constraint the same one, made of what it says:

    PRIMARY KEY (a)               pk
    UNIQUE (a, b)                 unique(a,b)
    FOREIGN KEY (a) REFERENCES t  fk(a)->t
    CHECK (a < b)                 check(a,b)      the columns that it reads, in name order
    NOT NULL on a                 not null(a)

A second one that would have the same name is told apart by its place: `check(a)`, `check(a)#2`, in
the order of the table's constraints. The order of a SQLite table's constraints is that of its
CREATE TABLE text: those of the columns first, column by column, then the table's own.

The names follow their columns: after a column or a target table was renamed, `named` over all
constraints of the table gives the new ones.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from checker.catalog import Check, Constraint, Exclusion, ForeignKey, NotNull, PrimaryKey, QName, Unique
from checker.values import replace

_MADE_UP = re.compile(r"pk|(?:unique|check|exclude|not null)\(.*\)(?:#\d+)?|fk\(.*\)->.*", re.DOTALL)


def is_made_up(name: str) -> bool:
    """True where `named` gave this name, or would: an unnamed constraint may also still have `""`.

    >>> is_made_up("unique(a,b)"), is_made_up(""), is_made_up("users_pkey")
    (True, True, False)
    """
    return not name or _MADE_UP.fullmatch(name) is not None


def base_name(constraint: Constraint) -> str:
    """What an unnamed constraint is called by what it says, before equal names are told apart."""
    columns = ",".join(constraint.columns)
    match constraint:
        case PrimaryKey():
            return "pk"
        case Unique():
            return f"unique({columns})"
        case ForeignKey():
            return f"fk({columns})->{constraint.target.name}"
        case Check():
            return f"check({columns})"
        case Exclusion():
            return f"exclude({columns})"
        case NotNull():
            return f"not null({columns})"


def named(constraints: Iterable[Constraint]) -> tuple[Constraint, ...]:
    """These constraints of one table, the unnamed ones named (anew); the others as they are."""
    seen: Counter[str] = Counter()
    result: list[Constraint] = []
    for constraint in constraints:
        if is_made_up(constraint.name):
            base = base_name(constraint)
            seen[base] += 1
            name = base if seen[base] == 1 else f"{base}#{seen[base]}"
            constraint = replace(constraint, name=name)
        result.append(constraint)
    return tuple(result)


def autoindex(table: QName, number: int) -> QName:
    """The name of SQLite's index number `number` (from 1) for a UNIQUE or PRIMARY KEY of the table.

    >>> str(autoindex(QName("main", "t"), 1))
    'main.sqlite_autoindex_t_1'
    """
    return QName(table.schema, f"sqlite_autoindex_{table.name}_{number}")

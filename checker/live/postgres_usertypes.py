"""Enums, domains, composites and the types of which only the name matters."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from checker.catalog import Check, CompositeType, Domain, EnumType, Expr, OtherType, QName, UserType
from checker.live import postgres_sql as sql
from checker.live.postgres_build import Build
from checker.live.postgres_rows import Row, columns_of
from checker.live.postgres_types import Rows, TypeNames


def user_types(
    rows: Rows, schemas: dict[int, str], composites: list[int], types: TypeNames, build: Build
) -> dict[QName, UserType]:
    """Every type outside the system's schemas that is no array and no table's row type.

    `composites` are the relations (pg_class) of the composite types.
    """
    listed = rows(sql.TYPES, {"schemas": list(schemas), "composites": composites})
    kinds = {row[3] for row in listed}
    labels: dict[int, list[str]] = dict(rows(sql.ENUM_LABELS, {})) if "e" in kinds else {}
    checks = _checks(rows) if "d" in kinds else {}
    columns = columns_of(rows, [row[4] for row in listed if row[3] == "c"])
    types.want((row[5], row[6]) for row in listed if row[3] == "d")
    build.want_columns(columns)
    found: dict[QName, UserType] = {}
    for row in listed:
        name = QName(schemas[row[1]], row[2])
        found[name] = _type(name, row, types, labels, checks, lambda oid: build.columns(columns.get(oid, [])))
    return found


def _type(name: QName, row: Row, types: TypeNames, labels: Any, checks: Any, columns: Any) -> UserType:
    oid, _, _, kind, relation, base, mod, not_null, default, defined = row
    if not defined:
        return OtherType(name, "shell")
    match kind:
        case "e":
            return EnumType(name, tuple(labels.get(oid, ())))
        case "c":
            return CompositeType(name, columns(relation))
        case "d":
            expr = None if default is None else Expr(default)
            return Domain(name, types.get(base, mod), not not_null, expr, tuple(checks.get(oid, ())))
        case _:
            return OtherType(name, "range" if kind == "r" else "base")


def _checks(rows: Rows) -> dict[int, list[Check]]:
    found: dict[int, list[Check]] = defaultdict(list)
    for domain, name, validated, text in rows(sql.DOMAIN_CHECKS, {}):
        found[domain].append(Check(name, Expr(text), validated))
    return found

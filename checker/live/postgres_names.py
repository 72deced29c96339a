"""Names of relations, columns and functions by oid, asked for when something points at them."""

from __future__ import annotations

from collections.abc import Iterable

from checker.catalog import QName
from checker.live import postgres_sql as sql
from checker.live.postgres_types import Rows, TypeNames


class Names:
    """What is known so far; `want` loads what is missing in one query."""

    def __init__(self, rows: Rows, schemas: dict[int, str]) -> None:
        self._rows, self.schemas = rows, schemas
        self.relations: dict[int, QName] = {}
        self.columns: dict[int, dict[int, str]] = {}
        self.functions: dict[int, QName] = {}

    def want(self, oids: Iterable[int]) -> None:
        """Load the names of these relations and of their columns."""
        missing = sorted(set(oids) - self.columns.keys())
        if not missing:
            return
        for oid, namespace, name, number, column in self._rows(sql.COLUMN_NAMES, {"oids": missing}):
            self.relations[oid] = self.qname(namespace, name)
            columns = self.columns.setdefault(oid, {})
            if number is not None:
                columns[number] = column

    def qname(self, namespace: int, name: str) -> QName:
        """A name with its schema; the system's own schemas are not told apart."""
        return QName(self.schemas.get(namespace, "pg_catalog"), name)

    def column(self, relation: int, number: int) -> str | None:
        """A column's name; None for 0 (the relation as a whole) and for system columns."""
        return self.columns.get(relation, {}).get(number)

    def used(self, catalog: int, oid: int, types: TypeNames) -> QName | None:
        """The name of what a row of pg_depend refers to."""
        if catalog == sql.CLASS:
            return self.relations.get(oid)
        return types.names.get(oid) if catalog == sql.TYPE else self.functions.get(oid)

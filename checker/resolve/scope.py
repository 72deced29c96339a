"""Finding names: which object a written name means, and where a new one goes.

On PostgreSQL through the search path, on SQLite without regard to case. A name that nobody has
keeps its spelling in the schema where it would be: saying that it is missing is for `apply`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from checker.catalog import Catalog, Expr, QName, Relation, Table, UserType, View
from checker.names import cut
from checker.session import Session
from checker.sql.nodes import Name
from checker.sqltype import SqlType
from checker.values import dataclass, replace

TEMPORARY = {"postgres": "pg_temp", "sqlite": "temp"}
"""The schema of temporary tables, which every look-up sees first."""

ROWID_NAMES = frozenset(("rowid", "_rowid_", "oid"))
SYSTEM_COLUMNS = frozenset(("ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"))
SYSTEM_SCHEMAS = frozenset(("pg_catalog", "information_schema", "pg_toast"))


@dataclass(frozen=True, slots=True)
class Scope:
    """A catalog as one session sees it. `created_in` is the schema of the CREATE SCHEMA around, if any."""

    catalog: Catalog
    session: Session
    created_in: str | None = None

    @property
    def is_postgres(self) -> bool:
        """True for PostgreSQL."""
        return self.catalog.server.is_postgres

    @property
    def temporary(self) -> str:
        """The name of the schema for temporary tables."""
        return TEMPORARY.get(self.catalog.server.dialect, "pg_temp")

    @property
    def path(self) -> tuple[str, ...]:
        """The schemas that unqualified names are looked for in, in order, as far as they exist."""
        if not self.is_postgres:
            return ("main", *sorted(self.catalog.schemas - {"main", "temp"}))
        written = self.session.settings.get("search_path", self.catalog.search_path)
        path = tuple(schema for schema in written if self.has_schema(schema))
        return path if self.created_in is None else (self.created_in, *path)

    @property
    def enforces_keys(self) -> bool:
        """True where SQLite looks at foreign keys, as the migration itself has said."""
        said = self.session.settings.get("foreign_keys", ("off",))
        return not self.is_postgres and said[0].lower() in ("on", "1", "true", "yes")

    @property
    def creates_in(self) -> str:
        """The schema of a new object without one; "" where the search path names none that exists."""
        return next((schema for schema in self.path if schema != "pg_catalog"), "")

    def has_schema(self, name: str) -> bool:
        """True where the schema exists, or nobody could say that it does not."""
        if name in self.catalog.schemas or name in ("pg_catalog", "pg_temp"):
            return True
        return not self.catalog.complete and name != "$user"

    def at(self, catalog: Catalog) -> Scope:
        """The same session, looking at another catalog."""
        return replace(self, catalog=catalog)

    def is_known(self, name: QName) -> bool:
        """True where the absence of this object proves that it does not exist."""
        catalog = self.catalog
        return catalog.complete and not catalog.doubted and name not in catalog.uncertain

    def is_seen(self, name: QName) -> bool:
        """True where all that the relation holds is known: it was looked at, or the run itself made it."""
        catalog = self.catalog
        found = catalog.relations.get(name)
        assumed = isinstance(found, Table) and found.assumed
        return found is not None and not assumed and not catalog.doubted and name not in catalog.uncertain

    def surely_missing(self, name: QName) -> bool:
        """True where there is no such relation, beyond doubt."""
        return name not in self.catalog.relations and self.is_known(name)

    # Looking names up

    def relation(self, name: Name) -> QName:
        """The relation that the name means; one that is missing stands in the first schema of the path."""
        relations = self.catalog.relations
        return self._find(
            name, relations.__contains__, lambda: (one.name for one in relations.called(name.last))
        )

    def type_name(self, name: Name) -> QName:
        """The type that the name means: an enum, a domain, a composite, or a table's row type."""
        return self._find(name, self.is_type, lambda: self.catalog.types)

    def function(self, name: Name) -> QName:
        """The function that the name means, whatever its arguments."""
        return self._find(name, self.catalog.functions.__contains__, lambda: self.catalog.functions)

    def _find(
        self, name: Name, exists: Callable[[QName], bool], alike: Callable[[], Iterable[QName]]
    ) -> QName:
        last = self.cut(name.last)
        if not self.is_postgres:
            return self._find_loosely(name, alike())
        if len(name.parts) > 1:
            return QName(self.cut(name.parts[-2]), last)
        path = self.path
        for schema in (self.temporary, *path):
            if exists(QName(schema, last)):
                return QName(schema, last)
        if last.startswith("pg_") and "pg_catalog" not in path:
            return QName("pg_catalog", last)
        return QName(path[0] if path else "public", last)

    def _find_loosely(self, name: Name, names: Iterable[QName]) -> QName:
        """SQLite: by name without case, the temporary schema first, then `main`, then attached ones."""
        wanted = name.last.lower()
        schema = name.parts[-2].lower() if len(name.parts) > 1 else None
        found = [
            one
            for one in names
            if one.name.lower() == wanted and (schema is None or one.schema.lower() == schema)
        ]
        order = {"temp": 0, "main": 1}
        found.sort(key=lambda one: order.get(one.schema, 2))
        return found[0] if found else QName(schema or "main", name.last)

    def is_type(self, name: QName) -> bool:
        """True where there is such a type, or a relation whose row type it is."""
        return name in self.catalog.types or isinstance(self.catalog.relations.get(name), Table | View)

    def found(self, name: Name) -> Relation | None:
        """What the name means now, None where there is nothing."""
        return self.catalog.relations.get(self.relation(name))

    def user_type(self, name: QName) -> UserType | None:
        """The type of that full name."""
        return self.catalog.types.get(name)

    # New names

    def new(self, name: Name, *, temporary: bool = False) -> QName:
        """The full name of a new object, cut to what the server keeps."""
        last = self.cut(name.last)
        if not self.is_postgres:
            return self._new_loosely(name, temporary)
        if len(name.parts) > 1:
            return QName(self.cut(name.parts[-2]), last)
        if temporary:
            return QName(self.temporary, last)
        return QName(self.creates_in, last)

    def _new_loosely(self, name: Name, temporary: bool) -> QName:
        """SQLite: a relation of that name in another case has the name already, so its spelling is taken."""
        schema = name.parts[-2].lower() if len(name.parts) > 1 else "temp" if temporary else "main"
        new = QName(schema, name.last)
        alike = (one.name for one in self.catalog.relations.called(name.last))
        taken = (one for one in alike if one.schema == schema)
        return new if new in self.catalog.relations else next(taken, new)

    def cut(self, name: str) -> str:
        """The name as the server keeps it."""
        return cut(name) if self.is_postgres else name

    def cuts(self, *names: str | None) -> tuple[tuple[str, str], ...]:
        """Those of the names that are too long, with what the server makes of them."""
        if not self.is_postgres:
            return ()
        return tuple((name, cut(name)) for name in names if name is not None and cut(name) != name)

    # Inside a table

    def column(self, table: QName, name: str) -> str:
        """The column's name as its table spells it."""
        if self.is_postgres:
            return cut(name)
        relation = self.catalog.relations.get(table)
        columns = relation.columns if isinstance(relation, Table | View) else ()
        return next((column.name for column in columns if column.name.lower() == name.lower()), name)

    def columns(self, table: QName, names: Iterable[str]) -> tuple[str, ...]:
        """Columns' names as their table spells them."""
        return tuple(self.column(table, name) for name in names)

    def type(self, written: SqlType) -> SqlType:
        """The type with its schema where it is a user's; one that nobody knows stays without."""
        if not self.is_postgres or written.is_builtin or written.schema == "pg_catalog":
            return written
        parts = (written.name,) if written.schema is None else (written.schema, written.name)
        name = self.type_name(Name(parts))
        if written.schema is None and not self.is_type(name):
            return replace(written, name=self.cut(written.name))
        return replace(written, name=name.name, schema=name.schema)

    def expr(self, written: Expr | None, columns: Iterable[str] | None = None) -> Expr | None:
        """The expression with full names of what it uses; `columns` are those of its own table.

        SQLite takes a quoted word that is no column for a string: such words are left out.
        """
        if written is None:
            return None
        uses = frozenset(found for name in written.uses if (found := self._used(name)) is not None)
        reads = written.columns
        if columns is not None and not self.is_postgres:
            spelled = {column.lower(): column for column in columns}
            reads = frozenset(spelled[column.lower()] for column in reads if column.lower() in spelled)
        return replace(written, uses=uses, columns=reads)

    def _used(self, name: QName) -> QName | None:
        """The relation, type or function that an expression names; None where it is the server's own."""
        parts = (name.name,) if not name.schema else tuple(name)
        written = Name(parts)
        for look, known in (
            (self.relation, self.catalog.relations),
            (self.type_name, self.catalog.types),
            (self.function, self.catalog.functions),
        ):
            found = look(written)
            if found in known:
                return found
        return name if name.schema and name.schema not in SYSTEM_SCHEMAS else None

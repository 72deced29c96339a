"""SQLite's names: found without regard to case, some reserved, made anew when what they are made of changes."""

from __future__ import annotations

from checker.catalog import Catalog, Index, PrimaryKey, QName, Relation, Table, Unique
from checker.errors import DependentObjects, Refused
from checker.unnamed import autoindex, named
from checker.values import replace

CODE = "SQLITE_ERROR"


def find(catalog: Catalog, name: QName) -> Relation | None:
    """The relation of that name, however it is spelled."""
    found = catalog.relation(name)
    if found is not None:
        return found
    alike = catalog.relations.called(name.name)
    return next((relation for relation in alike if relation.name.schema == name.schema), None)


def refuse_reserved(name: QName) -> None:
    """Names with `sqlite_` are SQLite's own."""
    if name.name.lower().startswith("sqlite_"):
        raise Refused(CODE, f"object name reserved for internal use: {name.name}", str(name))


def refuse_dangling(catalog: Catalog) -> None:
    """ALTER TABLE … RENAME and DROP COLUMN read every view anew: one that has lost its table is in the way.

    Not with `PRAGMA legacy_alter_table = ON`.
    """
    if catalog.server.settings.get("legacy_alter_table", "0").lower() in ("1", "on", "true", "yes"):
        return
    if not catalog.complete or catalog.doubted:
        return
    for view in catalog.views():
        for read in sorted({read.relation for read in view.reads}):
            if find(catalog, read) is None and not read.name.startswith(("sqlite_", "pragma_")):
                message = f"error in view {view.name.name}: no such table: {read}"
                raise DependentObjects(CODE, message, str(view.name), (f"view {view.name}",))


def refuse_strings(catalog: Catalog, after: str) -> None:
    """RENAME and DROP COLUMN read the indexes anew, and this time a quoted word has to be a column."""
    for table in catalog.tables():
        for index in table.indexes:
            for key in index.keys:
                if key.expr is not None and key.expr.text.startswith('"') and not key.expr.columns:
                    word = key.expr.text.strip('"')
                    message = f"error in index {index.name.name}{after}: no such column: {word}"
                    raise DependentObjects(CODE, message, str(index.name), (f"index {index.name}",))


def with_implied_references(catalog: Catalog, target: QName) -> Catalog:
    """The catalog with the foreign keys that name no columns referring to the primary key that there is now."""
    found = find(catalog, target)
    key = found.primary_key if isinstance(found, Table) else None
    columns = key.columns if key else ()
    for child, foreign in list(catalog.references_to(target)):
        if foreign.implied and foreign.references != columns:
            table = catalog.table(child.name) or child
            constraints = tuple(
                replace(one, references=columns) if one == foreign else one for one in table.constraints
            )
            catalog = catalog.put(replace(table, constraints=constraints))
    return catalog


def renumbered(catalog: Catalog, changed: QName) -> Catalog:
    """The catalog with unnamed constraints called by what they say now, in the table and in those that refer to it."""
    for table in catalog.tables(around=changed):
        if changed in (table.name, *(key.target for key in table.foreign_keys)):
            catalog = catalog.put(_renamed(table))
    return catalog


def _renamed(table: Table) -> Table:
    constraints = named(table.constraints)
    new = {old.name: now.name for old, now in zip(table.constraints, constraints, strict=True)}
    indexes: list[Index] = []
    for index in table.indexes:
        if index.constraint is None:
            indexes.append(index)
            continue
        number = index.name.name.rpartition("_")[2]
        name = autoindex(table.name, int(number)) if number.isdigit() else index.name
        indexes.append(replace(index, name=name, constraint=new.get(index.constraint, index.constraint)))
    return replace(table, constraints=constraints, indexes=tuple(indexes))


def is_key(constraint: object) -> bool:
    """True for a primary key or a UNIQUE."""
    return isinstance(constraint, PrimaryKey | Unique)

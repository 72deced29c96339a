"""CREATE, DROP, RENAME and TRUNCATE of tables."""

from __future__ import annotations

from checker.apply.applied import Applied
from checker.apply.columns import check_generated, check_identity, check_one_value
from checker.apply.constraints import check_columns, check_key, with_constraint
from checker.apply.defaults import check_default
from checker.apply.dependents import Thing
from checker.apply.drops import drop
from checker.apply.foreign_keys import check_foreign_key
from checker.apply.lookup import (
    is_known,
    kind_of,
    missing_column,
    missing_relation,
    refuse_system_column,
    relation_of,
    require_free,
    require_free_row_type,
    require_schema,
    table_of,
)
from checker.apply.renames import rename_relation
from checker.apply.type_names import check_type
from checker.apply.unresolved import refuse_unresolved
from checker.catalog import (
    Catalog,
    Check,
    Exclusion,
    Index,
    PrimaryKey,
    QName,
    Relation,
    Sequence,
    Table,
    Unique,
    Unloaded,
    View,
)
from checker.change import CreateTable, DropTable, RenameTable, Truncate
from checker.errors import DuplicateObject, IncompatibleTypes, Refused
from checker.values import replace


def create_table(catalog: Catalog, change: CreateTable) -> Applied:
    """CREATE TABLE with its constraints, indexes and sequences; a partition or child with what it inherits."""
    table = change.table
    refuse_unresolved(catalog, change.unresolved)
    if change.if_not_exists and catalog.relation(table.name) is not None:
        return Applied(catalog)
    require_schema(catalog, table.name.schema)
    parents = _parents(catalog, table)
    for parent in parents:
        table = _merged(catalog, table, parent)
    cut = frozenset(short for _, short in change.cut)
    table = _check_shape(catalog, table, cut)
    for sequence in change.sequences:
        require_free(catalog, sequence.name)
        catalog = catalog.put(sequence)
    require_free(catalog, table.name, cut=table.name.name in cut)
    require_free_row_type(catalog, table.name, cut=table.name.name in cut)
    return Applied(_with_table(catalog, table, cut))


def _with_table(catalog: Catalog, table: Table, cut: frozenset[str]) -> Catalog:
    _check_partition_key(table)
    for column in table.columns:
        check_default(catalog, table, column)
        check_generated(catalog, table, column)
    for constraint in table.constraints:
        check_columns(catalog, table, constraint)
    _check_index_names(catalog, table, cut)
    for key in table.foreign_keys:
        check_foreign_key(catalog, table, key)
    return catalog.put(table)


def _check_partition_key(table: Table) -> None:
    for name in sorted(table.partition_key.columns) if table.partition_key is not None else ():
        if table.column(name) is None:
            raise missing_column(table, name, f'column "{name}" named in partition key does not exist')


def _parents(catalog: Catalog, table: Table) -> list[Table]:
    found = [parent for name in table.parents if (parent := table_of(catalog, name)) is not None]
    for parent in found:
        if not table.is_partition and parent.kind == "partitioned":
            raise Refused(
                "42809", f'cannot inherit from partitioned table "{parent.name.name}"', str(table.name)
            )
        if not table.is_partition and parent.is_partition:
            raise Refused("42809", f'cannot inherit from partition "{parent.name.name}"', str(table.name))
        if table.is_partition and parent.kind != "partitioned" and not parent.assumed:
            raise Refused("42P17", f'"{parent.name.name}" is not partitioned', str(table.name))
        if parent.temporary and not table.temporary:
            words = "as partition of" if table.is_partition else "from"
            message = f'cannot inherit {words} temporary relation "{parent.name.name}"'
            if table.is_partition:
                message = f'cannot create a permanent relation as partition of temporary relation "{parent.name.name}"'
            raise Refused("42809", message, str(table.name))
    return found


def _merged(catalog: Catalog, table: Table, parent: Table) -> Table:
    """The table with the parent's columns and checks: its own come after, unless they are the same."""
    own = {column.name: column for column in table.columns}
    for column in parent.columns:
        mine = own.get(column.name)
        if mine is not None and mine.type.bare() != column.type.bare():
            message = f'column "{column.name}" has a type conflict'
            raise IncompatibleTypes("42804", message, f"{table.name}.{column.name}", (str(parent.name),))
    missing = [
        replace(column, inherited=True, own=False) for column in parent.columns if column.name not in own
    ]
    checks = [
        replace(found, inherited=True, own=False)
        for found in parent.constraints
        if isinstance(found, Check) and not found.no_inherit and table.constraint(found.name) is None
    ]
    if not missing and not checks:
        return table
    return replace(table, columns=(*missing, *table.columns), constraints=(*checks, *table.constraints))


def _check_shape(catalog: Catalog, table: Table, cut: frozenset[str]) -> Table:
    """The table once its columns and the names of its constraints are found good; keys make NOT NULL."""
    seen: set[str] = set()
    for column in table.columns:
        if column.name in seen:
            full = f"{table.name}.{column.name}"
            message = f'column "{column.name}" specified more than once'
            raise DuplicateObject("42701", message, full, (full,), kind="column", cut=column.name in cut)
        seen.add(column.name)
    bare = replace(table, constraints=())
    for constraint in table.constraints:
        if isinstance(constraint, PrimaryKey | Unique | Exclusion):
            check_key(catalog, bare, constraint)
        _check_constraint_name(bare, constraint.name, isinstance(constraint, Check), cut)
        bare = with_constraint(bare, constraint)
    for column in table.columns:
        full = f"{table.name}.{column.name}"
        refuse_system_column(column.name, full)
        check_type(catalog, column.type, full)
        check_identity(column, full)
        check_one_value(column, table)
    return bare


def _check_constraint_name(table: Table, name: str, is_check: bool, cut: frozenset[str]) -> None:
    old = table.constraint(name)
    if old is None:
        return
    full = f"{table.name}.{name}"
    message = f'constraint "{name}" for relation "{table.name.name}" already exists'
    code, kind = "42710", "constraint"
    if is_check and isinstance(old, Check):
        message = f'check constraint "{name}" already exists'
    elif isinstance(old, PrimaryKey | Unique | Exclusion) and not is_check:
        code, kind, message = "42P07", "relation", f'relation "{name}" already exists'
    raise DuplicateObject(code, message, full, (f"constraint {full}",), kind=kind, cut=name in cut)


def _check_index_names(catalog: Catalog, table: Table, cut: frozenset[str]) -> None:
    seen = {table.name}
    for index in table.indexes:
        if index.name in seen:
            message = f'relation "{index.name.name}" already exists'
            raise DuplicateObject(
                "42P07",
                message,
                str(index.name),
                (f"table {table.name}",),
                kind="relation",
                cut=index.name.name in cut,
            )
        require_free(catalog, index.name, cut=index.name.name in cut)
        seen.add(index.name)


def drop_table(catalog: Catalog, change: DropTable) -> Applied:
    """DROP TABLE; raises MissingObject with the word `table`, DependentObjects without CASCADE."""
    found = catalog.relation(change.table)
    if found is None:
        if is_known(catalog, change.table):
            raise missing_relation(catalog, change.table, "table")
        return Applied(catalog)
    if not isinstance(found, Table) and not (isinstance(found, Unloaded) and kind_of(found) == "table"):
        message = f'"{change.table.name}" is not a table'
        raise Refused("42809", message, str(change.table), (kind_of(found),))
    together = [Thing("relation", name) for name in change.together if name != change.table]
    return drop(catalog, [Thing("relation", change.table)], cascade=change.cascade, together=together)


RENAMABLE: dict[str, tuple[type[Relation], ...]] = {
    "table": (Table, View, Sequence, Index),
    "foreign table": (Table,),
    "view": (View,),
    "materialized view": (View,),
    "sequence": (Sequence,),
    "index": (Index,),
}


def rename_table(catalog: Catalog, change: RenameTable) -> Applied:
    """RENAME TO of a table; ALTER TABLE renames views, sequences and indexes too."""
    new = QName(change.table.schema, change.new)
    return Applied(rename_relation_to(catalog, change.table, new, change.kind, _cut(change)))


def _cut(change: RenameTable) -> bool:
    return any(short == change.new for _, short in change.cut)


def rename_relation_to(catalog: Catalog, old: QName, new: QName, kind: str, cut: bool = False) -> Catalog:
    """The catalog with the relation under its new name; raises where it is missing, of another kind, or taken."""
    found = relation_of(catalog, old)
    if found is None:
        return catalog
    expected = RENAMABLE.get(kind, ())
    if expected and not isinstance(found, (*expected, Unloaded)):
        raise Refused("42809", f'"{old.name}" is not {_article(kind)}', str(old), (kind_of(found),))
    if isinstance(found, View) and kind in ("view", "materialized view") and kind != kind_of(found):
        raise Refused("42809", f'"{old.name}" is not {_article(kind)}', str(old), (kind_of(found),))
    require_free(catalog, new, cut=cut)
    if not isinstance(found, Index | Sequence):
        require_free_row_type(catalog, new, cut=cut)
    if isinstance(found, Index) and found.constraint is not None:
        catalog = _with_constraint_renamed(catalog, found, new.name)
    return rename_relation(catalog, old, new)


def _with_constraint_renamed(catalog: Catalog, index: Index, new: str) -> Catalog:
    """An index that a constraint stands on takes the constraint's name along."""
    table = catalog.table(index.table)
    if table is None:
        return catalog
    constraints = tuple(
        replace(found, name=new) if found.name == index.constraint else found for found in table.constraints
    )
    indexes = tuple(
        replace(found, constraint=new) if found.name == index.name else found for found in table.indexes
    )
    return catalog.put(replace(table, constraints=constraints, indexes=indexes))


def _article(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def truncate(catalog: Catalog, change: Truncate) -> Applied:
    """TRUNCATE: the schema stays; 0A000 where a foreign key of another table points here."""
    table = table_of(catalog, change.table)
    if table is None or change.cascade:
        return Applied(catalog)
    with_it = {change.table, *change.together}
    for child, key in catalog.references_to(change.table):
        if child.name not in with_it:
            raise Refused(
                "0A000",
                "cannot truncate a table referenced in a foreign key constraint",
                str(change.table),
                (f"foreign key {child.name}.{key.name}",),
            )
    return Applied(catalog)

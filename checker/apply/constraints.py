"""ADD, DROP, RENAME and VALIDATE CONSTRAINT."""

from __future__ import annotations

from collections import Counter

from checker.apply.applied import Applied
from checker.apply.columns import descendants, refuse_only, with_column
from checker.apply.dependents import Thing
from checker.apply.drops import drop
from checker.apply.foreign_keys import check_foreign_key
from checker.apply.heirs import leave
from checker.apply.lookup import is_open, missing_column, require_free, similar, table_of
from checker.apply.opclasses import check_opclass
from checker.apply.spreading import spread_constraint
from checker.catalog import (
    Catalog,
    Check,
    Constraint,
    Exclusion,
    ForeignKey,
    Index,
    NotNull,
    PrimaryKey,
    QName,
    Table,
    Unique,
)
from checker.change import (
    AddConstraint,
    AlterConstraint,
    DropConstraint,
    RenameConstraint,
    ValidateConstraint,
)
from checker.errors import DuplicateObject, MissingObject, Refused
from checker.values import replace


def add_constraint(catalog: Catalog, change: AddConstraint) -> Applied:
    """ADD CONSTRAINT of any kind, also what comes inline with a column."""
    table = table_of(catalog, change.table, "ADD CONSTRAINT")
    if table is None:
        return Applied(catalog)
    constraint = change.constraint
    if change.using_index is not None:
        return _take_over(catalog, table, change)
    cut = any(short == constraint.name for _, short in change.cut)
    if isinstance(constraint, PrimaryKey | Unique | Exclusion):
        _refuse_alone(table, constraint)
        check_key(catalog, table, constraint)
        require_free(catalog, QName(table.name.schema, constraint.name), cut=cut)
    require_free_constraint(table, constraint.name, cut=cut)
    check_columns(catalog, table, constraint)
    if isinstance(constraint, ForeignKey):
        check_foreign_key(catalog, table, constraint)
    index = change.index
    if change.only:
        _check_only(catalog, table, change)
        if index is not None and table.kind == "partitioned" and any(catalog.children_of(table.name)):
            index = replace(index, valid=False)
    table = with_constraint(table, constraint, index)
    catalog = catalog.put(table)
    return Applied(catalog if change.only else spread_constraint(catalog, table, constraint))


def _check_only(catalog: Catalog, table: Table, change: AddConstraint) -> None:
    """What ALTER TABLE ONLY cannot add to a parent alone."""
    match change.constraint:
        case Check(no_inherit=False):
            refuse_only(catalog, table, change, "constraint must be added to child tables too")
        case ForeignKey(target=target) if table.kind == "partitioned":
            own, other = table.name.name, target.name
            message = (
                f'cannot use ONLY for foreign key on partitioned table "{own}" referencing relation "{other}"'
            )
            raise Refused("42809", message, str(table.name))
        case _:
            pass


def with_constraint(table: Table, constraint: Constraint, index: Index | None = None) -> Table:
    """The table with the constraint and its index; a primary key's columns become NOT NULL."""
    for name in _required(constraint):
        column = table.column(name)
        if column is not None and column.nullable:
            table = with_column(table, replace(column, nullable=False))
    indexes = (*table.indexes, index) if index is not None else table.indexes
    return replace(table, constraints=(*table.constraints, constraint), indexes=indexes)


def _required(constraint: Constraint) -> tuple[str, ...]:
    """The columns that the constraint makes NOT NULL."""
    match constraint:
        case PrimaryKey(columns=columns):
            return columns
        case NotNull(column=column):
            return (column,)
        case _:
            return ()


def require_free_constraint(table: Table, name: str, *, cut: bool = False) -> None:
    """42710 where the table has a constraint of that name."""
    old = table.constraint(name)
    if old is None:
        return
    message = f'constraint "{name}" for relation "{table.name.name}" already exists'
    full = f"{table.name}.{name}"
    raise DuplicateObject("42710", message, full, (f"constraint {full}",), kind="constraint", cut=cut)


def check_key(catalog: Catalog, table: Table, key: PrimaryKey | Unique | Exclusion) -> None:
    """A key's columns exist and stand in it once; a second primary key is refused (42P16)."""
    full = f"{table.name}.{key.name}"
    alters = isinstance(key, PrimaryKey) and table.name in catalog.relations
    if not alters:
        _refuse_second(table, key)
    include = () if isinstance(key, Exclusion) else key.include
    for name in (*key.columns, *include):
        if table.column(name) is None and not is_open(catalog, table):
            words = f'column "{name}" named in key does not exist'
            raise missing_column(table, name, None if alters else words)
    _refuse_second(table, key)
    if not isinstance(key, Exclusion):
        word = "primary key" if isinstance(key, PrimaryKey) else "unique"
        refuse_twice(key.columns, f"{word} constraint", full)
        require_partition_key(catalog, table, key.columns, full)
        for column in map(table.column, key.columns):
            if column is not None:
                check_opclass(catalog, "btree", None, column.type, full)


def _refuse_alone(table: Table, key: PrimaryKey | Unique | Exclusion) -> None:
    """55000: a NOT NULL that is NO INHERIT is not enough (`verifyNotNullPKCompatible` of PostgreSQL 18)."""
    for one in table.constraints if isinstance(key, PrimaryKey) else ():
        if isinstance(one, NotNull) and one.no_inherit and one.column in key.columns:
            message = f'cannot create primary key on column "{one.column}"'
            raise Refused("55000", message, f"{table.name}.{key.name}", (f"constraint {one.name}",))


def _refuse_second(table: Table, key: PrimaryKey | Unique | Exclusion) -> None:
    """42P16; in CREATE TABLE before the columns are looked for, in ALTER TABLE after."""
    if isinstance(key, PrimaryKey) and table.primary_key is not None:
        message = f'multiple primary keys for table "{table.name.name}" are not allowed'
        full = f"{table.name}.{key.name}"
        raise Refused("42P16", message, full, (f"primary key {table.primary_key.name}",))


def refuse_twice(columns: tuple[str, ...], where: str, full: str) -> None:
    """42701 where a column is named twice."""
    for name, times in Counter(columns).items():
        if times > 1:
            raise DuplicateObject("42701", f'column "{name}" appears twice in {where}', full, kind="column")


def require_partition_key(catalog: Catalog, table: Table, columns: tuple[str | None, ...], full: str) -> None:
    """0A000: what is unique on a partitioned table must include the columns that it is partitioned by."""
    if table.kind != "partitioned" or table.partition_key is None or is_open(catalog, table):
        return
    missing = sorted(table.partition_key.columns.difference(name for name in columns if name))
    if missing:
        message = "unique constraint on partitioned table must include all partitioning columns"
        raise Refused("0A000", message, full, tuple(f"{table.name}.{name}" for name in missing))


def check_columns(catalog: Catalog, table: Table, constraint: Constraint) -> None:
    """The columns that a CHECK or NOT NULL reads exist."""
    if is_open(catalog, table):
        return
    if isinstance(constraint, NotNull) and table.column(constraint.column) is None:
        raise missing_column(table, constraint.column)
    if isinstance(constraint, Check):
        for name in constraint.columns:
            if table.column(name) is None:
                raise missing_column(table, name, f'column "{name}" does not exist')


# USING INDEX


def _take_over(catalog: Catalog, table: Table, change: AddConstraint) -> Applied:
    name = change.using_index or ""
    index = next((found for found in table.indexes if found.name.name == name), None)
    full = f"{table.name}.{change.constraint.name}"
    if index is None:
        if is_open(catalog, table):
            return Applied(catalog)
        raise _no_such_index(catalog, table, name, full)
    if isinstance(change.constraint, PrimaryKey) and table.primary_key is not None:
        message = f'multiple primary keys for table "{table.name.name}" are not allowed'
        raise Refused("42P16", message, full)
    _check_usable(table, index, full)
    require_free_constraint(table, change.constraint.name)
    columns = tuple(column for column in index.columns if column is not None)
    constraint = change.constraint
    if isinstance(constraint, PrimaryKey | Unique):
        constraint = replace(constraint, columns=columns, include=index.include)
    taken = replace(index, constraint=constraint.name, name=QName(index.name.schema, constraint.name))
    others = tuple(found for found in table.indexes if found != index)
    before = catalog.put(replace(table, indexes=others))
    if taken.name != index.name:
        require_free(before, taken.name)
    return Applied(before.put(with_constraint(replace(table, indexes=others), constraint, taken)))


def _no_such_index(catalog: Catalog, table: Table, name: str, full: str) -> Exception:
    elsewhere = catalog.index(QName(table.name.schema, name))
    if elsewhere is not None:
        message = f'index "{name}" does not belong to table "{table.name.name}"'
        return Refused("55000", message, full, (str(elsewhere.table),))
    close = similar(name, (index.name.name for index in table.indexes))
    return MissingObject("42704", f'index "{name}" does not exist', full, kind="index", similar=close)


def _check_usable(table: Table, index: Index, full: str) -> None:
    name = index.name.name
    if index.constraint is not None:
        raise Refused("55000", f'index "{name}" is already associated with a constraint', full)
    if not index.valid:
        raise Refused("55000", f'index "{name}" is not valid', full)
    if not index.unique:
        raise Refused("42809", f'"{name}" is not a unique index', full)
    if any(key.column is None for key in index.keys):
        raise Refused("42809", f'index "{name}" contains expressions', full)
    if index.where is not None:
        raise Refused("42809", f'"{name}" is a partial index', full)
    if any(key.descending or key.opclass for key in index.keys):
        position = next(at for at, key in enumerate(index.keys, 1) if key.descending or key.opclass)
        message = f'index "{name}" column number {position} does not have default sorting behavior'
        raise Refused("42809", message, full)


# Dropping and changing


def _constraint_of(catalog: Catalog, table: Table, name: str) -> Constraint | None:
    found = table.constraint(name)
    if found is not None or is_open(catalog, table):
        return found
    close = similar(name, (other.name for other in table.constraints))
    message = f'constraint "{name}" of relation "{table.name.name}" does not exist'
    raise MissingObject("42704", message, f"{table.name}.{name}", kind="constraint", similar=close)


def drop_constraint(catalog: Catalog, change: DropConstraint) -> Applied:
    """DROP CONSTRAINT; the columns of a primary key stay NOT NULL."""
    table = table_of(catalog, change.table, "DROP CONSTRAINT")
    constraint = _constraint_of(catalog, table, change.name) if table else None
    if table is None or constraint is None:
        return Applied(catalog)
    if is_inherited(catalog, table, constraint):
        message = f'cannot drop inherited constraint "{change.name}" of relation "{table.name.name}"'
        raise Refused("42P16", message, f"{table.name}.{change.name}", tuple(map(str, table.parents)))
    if isinstance(constraint, NotNull):
        catalog = _nullable_again(catalog, table, constraint)
    things = [Thing("constraint", table.name, change.name)]
    if isinstance(constraint, Check):
        catalog, along = leave(catalog, table, "constraint", constraint.name, only=change.only)
        return drop(catalog, [*things, *along], cascade=change.cascade)
    for child in descendants(catalog, table.name):
        things += [Thing("constraint", child.name, heir.name) for heir in heirs(table, constraint, child)]
    return drop(catalog, things, cascade=change.cascade)


def _nullable_again(catalog: Catalog, table: Table, constraint: NotNull) -> Catalog:
    key = table.primary_key
    if key is not None and constraint.column in key.columns:
        message = f'column "{constraint.column}" is in a primary key'
        raise Refused("42P16", message, f"{table.name}.{constraint.column}")
    column = table.column(constraint.column)
    return catalog.put(with_column(table, replace(column, nullable=True))) if column else catalog


def heirs(table: Table, constraint: Constraint, child: Table) -> list[Constraint]:
    """The constraints that a child or partition has from this one."""
    match constraint:
        case Check():
            return [
                found for found in child.constraints
                if isinstance(found, Check) and found.name == constraint.name and found.inherited
            ]  # fmt: skip
        case PrimaryKey() | Unique() if table.kind == "partitioned":
            return [
                found for found in child.constraints
                if isinstance(found, type(constraint)) and found.columns == constraint.columns
            ]  # fmt: skip
        case ForeignKey() if table.kind == "partitioned":
            return [
                found for found in child.constraints
                if isinstance(found, ForeignKey)
                and (found.columns, found.target, found.references)
                == (constraint.columns, constraint.target, constraint.references)
            ]  # fmt: skip
        case _:
            return []


def is_inherited(catalog: Catalog, table: Table, constraint: Constraint) -> bool:
    """True where the constraint is there because a parent has it."""
    if isinstance(constraint, Check):
        return constraint.inherited
    if not table.is_partition:
        return False
    parents = (catalog.table(parent) for parent in table.parents)
    return any(
        constraint in heirs(parent, theirs, table)
        for parent in parents
        if parent is not None
        for theirs in parent.constraints
    )


def rename_constraint(catalog: Catalog, change: RenameConstraint) -> Applied:
    """RENAME CONSTRAINT; the index of a key is renamed with it."""
    table = table_of(catalog, change.table)
    if table is None:
        return Applied(catalog)
    constraint = table.constraint(change.name)
    if constraint is None:
        if is_open(catalog, table):
            return Applied(catalog)
        message = f'constraint "{change.name}" for table "{table.name.name}" does not exist'
        close = similar(change.name, (other.name for other in table.constraints))
        raise MissingObject("42704", message, f"{table.name}.{change.name}", kind="constraint", similar=close)
    if is_inherited(catalog, table, constraint) and isinstance(constraint, Check):
        raise Refused(
            "42P16",
            f'cannot rename inherited constraint "{change.name}"',
            f"{table.name}.{change.name}",
        )
    has_index = any(index.constraint == change.name for index in table.indexes)
    cut = any(short == change.new for _, short in change.cut)
    if has_index:
        require_free(catalog, QName(table.name.schema, change.new), cut=cut)
    require_free_constraint(table, change.new, cut=cut)
    catalog = catalog.put(renamed_constraint(table, change.name, change.new))
    for child in list(descendants(catalog, table.name)):
        if isinstance(constraint, Check) and child.constraint(change.name):
            catalog = catalog.put(renamed_constraint(child, change.name, change.new))
    return Applied(catalog)


def renamed_constraint(table: Table, old: str, new: str) -> Table:
    """The table with the constraint and its index under a new name."""
    constraints = tuple(
        replace(found, name=new) if found.name == old else found for found in table.constraints
    )
    indexes = tuple(
        replace(index, name=QName(index.name.schema, new), constraint=new)
        if index.constraint == old
        else index
        for index in table.indexes
    )
    return replace(table, constraints=constraints, indexes=indexes)


def validate_constraint(catalog: Catalog, change: ValidateConstraint) -> Applied:
    """VALIDATE CONSTRAINT of a foreign key, CHECK or (from 18 on) NOT NULL."""
    table = table_of(catalog, change.table, "VALIDATE CONSTRAINT")
    constraint = _constraint_of(catalog, table, change.name) if table else None
    if table is None or constraint is None:
        return Applied(catalog)
    if not isinstance(constraint, ForeignKey | Check | NotNull):
        message = f'constraint "{change.name}" of relation "{table.name.name}" is not a foreign key or check constraint'
        raise Refused("42809", message, f"{table.name}.{change.name}")
    for found in (table, *descendants(catalog, table.name)):
        if (old := found.constraint(change.name)) and isinstance(old, ForeignKey | Check | NotNull):
            catalog = catalog.put(_swap(found, old, replace(old, validated=True)))
    return Applied(catalog)


def _swap(table: Table, old: Constraint, new: Constraint) -> Table:
    return replace(table, constraints=tuple(new if found == old else found for found in table.constraints))


def alter_constraint(catalog: Catalog, change: AlterConstraint) -> Applied:
    """ALTER CONSTRAINT … DEFERRABLE, for foreign keys alone."""
    table = table_of(catalog, change.table, "ALTER CONSTRAINT")
    constraint = _constraint_of(catalog, table, change.name) if table else None
    if table is None or constraint is None:
        return Applied(catalog)
    if not isinstance(constraint, ForeignKey):
        message = (
            f'constraint "{change.name}" of relation "{table.name.name}" is not a foreign key constraint'
        )
        raise Refused("42809", message, f"{table.name}.{change.name}")
    new = replace(constraint, deferrable=change.deferrable, initially_deferred=change.initially_deferred)
    return Applied(catalog.put(_swap(table, constraint, new)))

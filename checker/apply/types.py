"""Enums, domains, composites and the other types."""

from __future__ import annotations

from collections.abc import Iterator

from checker.apply.applied import Applied
from checker.apply.dependents import Thing
from checker.apply.drops import drop, gone
from checker.apply.lookup import is_known, kind_of, require_free, require_schema, said, shown, similar
from checker.apply.type_names import check_type
from checker.catalog import (
    Catalog,
    CompositeType,
    Domain,
    EnumType,
    OtherType,
    QName,
    Table,
    UserType,
    View,
)
from checker.change import AddEnumValue, AlterType, CreateType, DropType, RenameEnumValue
from checker.errors import DependentObjects, DuplicateObject, MissingObject, Refused
from checker.values import replace

LABEL_LIMIT = 63


def create_type(catalog: Catalog, change: CreateType) -> Applied:
    """CREATE TYPE or DOMAIN: the name must be free among types, row types and (for composites) relations."""
    new = change.type
    require_schema(catalog, new.name.schema)
    require_free_type(catalog, new, cut=any(short == new.name.name for _, short in change.cut))
    match new:
        case EnumType():
            _check_labels(new)
        case Domain():
            check_type(catalog, new.base, str(new.name))
        case CompositeType():
            _check_attributes(catalog, new)
        case _:
            pass
    return Applied(catalog.put_type(new))


def require_free_type(catalog: Catalog, new: UserType, *, cut: bool = False) -> None:
    """42710 where a type or row type has the name, 42P07 where a composite meets an index or sequence."""
    name = new.name
    old = catalog.types.get(name)
    if old is None and not isinstance(catalog.relation(name), Table | View):
        if isinstance(new, CompositeType):
            require_free(catalog, name, cut=cut)
        return
    if isinstance(old, OtherType) and old.kind == "shell":
        return
    owner = f"type {name}" if old is not None else f"table {name}"
    message = f'type "{name.name}" already exists'
    raise DuplicateObject("42710", message, str(name), (owner,), kind="type", cut=cut)


def _check_labels(enum: EnumType) -> None:
    seen: set[str] = set()
    for label in enum.labels:
        _check_label(enum.name, label)
        if label in seen:
            message = 'duplicate key value violates unique constraint "pg_enum_typid_label_index"'
            raise DuplicateObject("23505", message, f"{enum.name}.{label}", kind="enum label")
        seen.add(label)


def _check_label(name: QName, label: str) -> None:
    if len(label.encode()) > LABEL_LIMIT:
        raise Refused("42602", f'invalid enum label "{label}"', f"{name}.{label}")


def _check_attributes(catalog: Catalog, new: CompositeType) -> None:
    seen: set[str] = set()
    for column in new.columns:
        full = f"{new.name}.{column.name}"
        if column.name in seen:
            message = f'column "{column.name}" specified more than once'
            raise DuplicateObject("42701", message, full, kind="column")
        seen.add(column.name)
        check_type(catalog, column.type, full)


def type_of_name(catalog: Catalog, name: QName) -> UserType | None:
    """The user type; None where nobody knows it; raises MissingObject (42704, 3F000)."""
    found = catalog.types.get(name)
    if found is None and not isinstance(catalog.relation(name), Table | View) and is_known(catalog, name):
        require_schema(catalog, name.schema)
        close = similar(name.name, (other.name for other in catalog.types))
        message = f'type "{said(catalog, name)}" does not exist'
        raise MissingObject("42704", message, str(name), kind="type", similar=close)
    return found


# Enums


def _enum_of(catalog: Catalog, name: QName) -> EnumType | None:
    found = type_of_name(catalog, name)
    if found is None or isinstance(found, EnumType):
        return found
    raise Refused("42809", f"{shown(catalog, name)} is not an enum", str(name))


def add_enum_value(catalog: Catalog, change: AddEnumValue) -> Applied:
    """ADD VALUE, at the end or next to another label."""
    enum = _enum_of(catalog, change.type)
    _check_label(change.type, change.label)
    if enum is None:
        return Applied(catalog)
    if change.label in enum.labels:
        if change.if_not_exists:
            return Applied(catalog)
        full = f"{enum.name}.{change.label}"
        raise DuplicateObject("42710", f'enum label "{change.label}" already exists', full, kind="enum label")
    at = len(enum.labels)
    neighbour = change.before if change.before is not None else change.after
    if neighbour is not None:
        at = _place(enum, neighbour) + (change.before is None)
    labels = (*enum.labels[:at], change.label, *enum.labels[at:])
    return Applied(catalog.put_type(replace(enum, labels=labels)))


def _place(enum: EnumType, label: str) -> int:
    if label not in enum.labels:
        raise MissingObject(
            "22023",
            f'"{label}" is not an existing enum label',
            f"{enum.name}.{label}",
            kind="enum label",
            similar=similar(label, enum.labels),
        )
    return enum.labels.index(label)


def rename_enum_value(catalog: Catalog, change: RenameEnumValue) -> Applied:
    """RENAME VALUE."""
    enum = _enum_of(catalog, change.type)
    _check_label(change.type, change.new)
    if enum is None:
        return Applied(catalog)
    at = _place(enum, change.label)
    if change.new in enum.labels:
        full = f"{enum.name}.{change.new}"
        raise DuplicateObject("42710", f'enum label "{change.new}" already exists', full, kind="enum label")
    labels = (*enum.labels[:at], change.new, *enum.labels[at + 1 :])
    return Applied(catalog.put_type(replace(enum, labels=labels)))


# Composites and domains


def alter_type(catalog: Catalog, change: AlterType) -> Applied:
    """An attribute's type cannot change while a table uses the composite (0A000); the rest goes through."""
    old = type_of_name(catalog, change.type)
    if old is None:
        return Applied(catalog)
    if isinstance(change.new, CompositeType):
        for column in change.new.columns:
            check_type(catalog, column.type, f"{change.new.name}.{column.name}")
        if change.action == "alter attribute":
            for table, name in _users(catalog, change.type):
                message = (
                    f'cannot alter type "{change.type.name}" because column "{table.name}.{name}" uses it'
                )
                raise Refused("0A000", message, str(change.type), (f"column {table}.{name}",))
    return Applied(catalog.put_type(change.new))


def _users(catalog: Catalog, type: QName) -> Iterator[tuple[QName, str]]:
    """The columns of tables that have this type or an array of it."""
    for table in catalog.tables(around=type):
        for column in table.columns:
            if column.type.schema == type.schema and column.type.name == type.name:
                yield table.name, column.name


def drop_type(catalog: Catalog, change: DropType) -> Applied:
    """DROP TYPE or DOMAIN; a table's row type cannot be dropped by itself."""
    found = type_of_name(catalog, change.name)
    if found is None:
        relation = catalog.relation(change.name)
        if not isinstance(relation, Table | View):
            return Applied(catalog)
        owner = f"{kind_of(relation)} {shown(catalog, change.name)}"
        message = f"cannot drop type {shown(catalog, change.name)} because {owner} requires it"
        raise DependentObjects("2BP01", message, str(change.name), (owner,))
    if change.domain and not isinstance(found, Domain):
        raise Refused("42809", f'"{said(catalog, change.name)}" is not a domain', str(change.name))
    refuse_member(catalog, Thing("type", change.name))
    together = [Thing("type", name) for name in change.together if name != change.name]
    return drop(catalog, [Thing("type", change.name)], cascade=change.cascade, together=together)


def refuse_member(catalog: Catalog, thing: Thing) -> None:
    """2BP01 for what an extension brought."""
    for extension in catalog.extensions.values():
        if thing.name in extension.members:
            what = gone(catalog, thing)
            message = f"cannot drop {what.kind} {what.name} because extension {extension.name} requires it"
            raise DependentObjects("2BP01", message, what.name, (f"extension {extension.name}",))

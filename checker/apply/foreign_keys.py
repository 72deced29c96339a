"""What a new foreign key must satisfy, in the order in which PostgreSQL looks."""

from __future__ import annotations

from checker.apply.comparable import comparable
from checker.apply.dependents import proving_index
from checker.apply.lookup import is_open, kind_of, missing_column, relation_of
from checker.catalog import Catalog, Column, ForeignKey, Index, PrimaryKey, Table, Unique, Unloaded
from checker.errors import IncompatibleTypes, MissingObject, NoUniqueTarget, Refused


def check_foreign_key(catalog: Catalog, table: Table, key: ForeignKey) -> None:
    """Raises what PostgreSQL would: 42P01, 42809, 42P16, 42703, 42830, 42804, 42601."""
    target = table if key.target == table.name else _target(catalog, key)
    if target is None:
        _own_columns(catalog, table, key)
        return
    _persistence(table, target)
    if table.kind == "partitioned" and not key.validated and catalog.server.version < (18,):
        message = (
            f'cannot add NOT VALID foreign key on partitioned table "{table.name.name}" '
            f'referencing relation "{target.name.name}"'
        )
        raise Refused("42809", message, f"{table.name}.{key.name}")
    own = _own_columns(catalog, table, key)
    if not key.references and not is_open(catalog, target):
        message = f'there is no primary key for referenced table "{target.name.name}"'
        raise MissingObject(
            "42704", message, f"{table.name}.{key.name}", (str(target.name),), kind="primary key"
        )
    theirs = _their_columns(catalog, target, key)
    _unique(catalog, table, target, key)
    _counts(table, key)
    _generated(table, own, key)
    _types(catalog, table, key, own, theirs)


def _target(catalog: Catalog, key: ForeignKey) -> Table | None:
    found = relation_of(catalog, key.target)
    match found:
        case Table(kind="foreign") | Unloaded(kind="foreign"):
            pass
        case Table():
            return found
        case None | Unloaded(kind="table" | "partitioned"):
            return None
    if isinstance(found, Index):
        raise Refused("42809", f'"{key.target.name}" is an index', str(key.target), ("index",))
    raise Refused(
        "42809", f'referenced relation "{key.target.name}" is not a table', str(key.target), (kind_of(found),)
    )


def _persistence(table: Table, target: Table) -> None:
    if table.temporary and not target.temporary:
        message = "constraints on temporary tables may reference only temporary tables"
    elif target.temporary and not table.temporary:
        message = "constraints on permanent tables may reference only permanent tables"
    else:
        return
    raise Refused("42P16", message, str(table.name), (str(target.name),))


def _own_columns(catalog: Catalog, table: Table, key: ForeignKey) -> list[Column]:
    return _columns(catalog, table, key.columns)


def _their_columns(catalog: Catalog, target: Table, key: ForeignKey) -> list[Column]:
    return _columns(catalog, target, key.references)


def _columns(catalog: Catalog, table: Table, names: tuple[str, ...]) -> list[Column]:
    found = []
    for name in names:
        column = table.column(name)
        if column is not None:
            found.append(column)
        elif not is_open(catalog, table):
            words = f'column "{name}" referenced in foreign key constraint does not exist'
            raise missing_column(table, name, words)
    return found


def _unique(catalog: Catalog, table: Table, target: Table, key: ForeignKey) -> None:
    if is_open(catalog, target) or not key.references:
        return
    index = proving_index(target, key.references)
    if index is not None:
        _refuse_deferrable(table, target, index, key)
        return
    if target.name == table.name and _declares(table, key.references):
        return
    message = f'there is no unique constraint matching given keys for referenced table "{target.name.name}"'
    raise NoUniqueTarget(
        "42830",
        message,
        f"{table.name}.{key.name}",
        tuple(f"{target.name}.{name}" for name in key.references),
    )


def _refuse_deferrable(table: Table, target: Table, index: Index, key: ForeignKey) -> None:
    """55000: a foreign key cannot stand on a key that may be broken for a while."""
    constraint = target.constraint(index.constraint) if index.constraint else None
    if isinstance(constraint, PrimaryKey | Unique) and constraint.deferrable:
        words = (
            "primary key"
            if isinstance(constraint, PrimaryKey) and not key.references
            else "unique constraint"
        )
        message = f'cannot use a deferrable {words} for referenced table "{target.name.name}"'
        raise Refused("55000", message, f"{table.name}.{key.name}", (f"{target.name}.{constraint.name}",))


def _declares(table: Table, columns: tuple[str, ...]) -> bool:
    """True where a constraint of the table makes exactly these columns unique, its index aside."""
    keys = (found for found in table.constraints if type(found).__name__ in ("PrimaryKey", "Unique"))
    return any(set(found.columns) == set(columns) and len(found.columns) == len(columns) for found in keys)


def _counts(table: Table, key: ForeignKey) -> None:
    if key.references and len(key.references) != len(key.columns):
        message = "number of referencing and referenced columns for foreign key disagree"
        raise NoUniqueTarget("42830", message, f"{table.name}.{key.name}", (str(key.target),))


def _generated(table: Table, own: list[Column], key: ForeignKey) -> None:
    """42601: actions that would write a generated column."""
    if not any(column.generated for column in own):
        return
    words = "invalid {} action for foreign key constraint containing generated column"
    if key.on_update in ("set null", "set default", "cascade"):
        raise Refused("42601", words.format("ON UPDATE"), f"{table.name}.{key.name}")
    if key.on_delete in ("set null", "set default"):
        raise Refused("42601", words.format("ON DELETE"), f"{table.name}.{key.name}")


def _types(catalog: Catalog, table: Table, key: ForeignKey, own: list[Column], theirs: list[Column]) -> None:
    if len(own) != len(key.columns) or len(theirs) != len(key.references):
        return
    for mine, other in zip(own, theirs, strict=True):
        if comparable(catalog, other.type, mine.type) is False:
            detail = (
                f'Key columns "{mine.name}" and "{other.name}" are of incompatible types: '
                f"{mine.type} and {other.type}."
            )
            message = f'foreign key constraint "{key.name}" cannot be implemented'
            raise IncompatibleTypes(
                "42804",
                message,
                f"{table.name}.{key.name}",
                (f"{table.name}.{mine.name} {mine.type}", f"{key.target}.{other.name} {other.type}", detail),
            )

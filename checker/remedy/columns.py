"""SQL for columns: adding, filling, converting and renaming them."""

from __future__ import annotations

from checker.catalog import Catalog, Column, QName
from checker.spelling import comment, cut, in_dollars, neutral, qualified, quoted, script, spelled
from checker.sqltype import SqlType


def add_required(table: QName, column: Column, catalog: Catalog) -> str:
    """How to add a column that must have a value to a table that has rows."""
    if not catalog.server.is_postgres:
        return add_with_default(table, column, catalog)
    add = f"ALTER TABLE {qualified(table)} ADD COLUMN {quoted(column.name)} {spelled(column.type)};"
    return script(add, fill(table, column, catalog), require(table, column, catalog))


def fill(table: QName, column: Column, catalog: Catalog) -> str:
    """A neutral value for the rows that have none; where the type has no such value, the query that finds them."""
    name, place, value = quoted(column.name), qualified(table), neutral(column.type, catalog)
    return script(
        "-- put the right value into every row, in batches where there are many",
        f"UPDATE {place} SET {name} = {value} WHERE {name} IS NULL;"
        if value
        else f"SELECT * FROM {place} WHERE {name} IS NULL;",
    )


def require(table: QName, column: Column, catalog: Catalog) -> str:
    """SET NOT NULL behind `fill`; for later where nothing could be filled in."""
    then = f"ALTER TABLE {qualified(table)} ALTER COLUMN {quoted(column.name)} SET NOT NULL;"
    return then if neutral(column.type, catalog) else comment(f"and then: {then}")


def add_with_default(table: QName, column: Column, catalog: Catalog) -> str:
    """A required column with a default that old code can live with; nullable where its type has none."""
    name, value = f"{quoted(column.name)} {spelled(column.type)}", neutral(column.type, catalog)
    rest = f" NOT NULL DEFAULT {value}" if value else ""
    return f"ALTER TABLE {qualified(table)} ADD COLUMN {name}{rest};"


def keep_default(table: QName, column: Column, catalog: Catalog) -> str:
    """A default for a required column, `""` where its type has no neutral value."""
    value = neutral(column.type, catalog)
    return set_default(table, column.name, value) if value else ""


def set_default(table: QName, column: str, value: str) -> str:
    """ALTER TABLE … SET DEFAULT."""
    return f"ALTER TABLE {qualified(table)} ALTER COLUMN {quoted(column)} SET DEFAULT {value};"


def convert(table: QName, column: Column, kind: SqlType) -> str:
    """A change of type that no automatic cast covers: through text, which every type can be read from."""
    name, place = quoted(column.name), qualified(table)
    default = f"ALTER TABLE {place} ALTER COLUMN {name} DROP DEFAULT;" if column.default else ""
    new = spelled(kind)
    return script(default, f"ALTER TABLE {place} ALTER COLUMN {name} TYPE {new} USING {name}::text::{new};")


def rename_column_slowly(table: QName, column: Column, new: str, *, postgres: bool) -> str:
    """A second column instead of a rename, and what keeps both equal while old code writes the first."""
    place, old, fresh = qualified(table), quoted(column.name), quoted(new)
    add = f"ALTER TABLE {place} ADD COLUMN {fresh} {spelled(column.type)};"
    copy = f"UPDATE {place} SET {fresh} = {old};"
    if not postgres:
        return script(add, copy)
    function = qualified(QName(table.schema, cut(f"{table.name}_{new}", "_sync")))
    body = script(
        " BEGIN",
        f"  IF TG_OP = 'INSERT' THEN NEW.{fresh} := coalesce(NEW.{fresh}, NEW.{old}); NEW.{old} := NEW.{fresh};",
        f"  ELSIF NEW.{fresh}::text IS DISTINCT FROM OLD.{fresh}::text THEN NEW.{old} := NEW.{fresh};",
        f"  ELSE NEW.{fresh} := NEW.{old}; END IF;",
        "  RETURN NEW;",
        "END ",
    )
    return script(
        add,
        f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS {in_dollars(body)};",
        f"CREATE TRIGGER {quoted(cut(new, '_sync'))} BEFORE INSERT OR UPDATE ON {place}",
        f"  FOR EACH ROW EXECUTE FUNCTION {function}();",
        f"{copy} -- in batches where there are many rows",
        "-- drop the trigger, its function and the old column once no code uses it any more",
    )

"""SQL for remedies: names of any kind quoted so that what is printed can be pasted and does what it says."""

from __future__ import annotations

import re

from checker.catalog import Catalog, Column, QName, View
from checker.sqltype import SqlType

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*", re.ASCII)

# Reserved in PostgreSQL 18 (reserved, and reserved except as function or type) or in SQLite.
_RESERVED = frozenset(
    """
    abort action add after all alter always analyse analyze and any array as asc asymmetric attach authorization
    autoincrement before begin between binary both by cascade case cast check collate collation column commit
    concurrently conflict constraint create cross current current_catalog current_date current_role
    current_schema current_time current_timestamp current_user database default deferrable deferred delete desc
    detach distinct do drop each else end escape except exclude exclusive exists explain fail false fetch filter
    first following for foreign freeze from full generated glob grant group groups having if ignore ilike
    immediate in index indexed initially inner insert instead intersect into is isnull join key last lateral
    leading left like limit localtime localtimestamp match materialized natural no not nothing notnull null nulls
    of offset on only or order others outer over overlaps partition placing plan pragma preceding primary query
    raise range recursive references regexp reindex release rename replace restrict returning right rollback row
    rows savepoint select session_user set similar some symmetric system_user table tablesample temp temporary
    then ties to trailing transaction trigger true unbounded union unique update user using vacuum values
    variadic verbose view virtual when where window with without
    """.split()
)


def quoted(name: str) -> str:
    """One identifier, in double quotes unless every server reads it the same without.

    >>> quoted("users"), quoted("User"), quoted("order")
    ('users', '"User"', '"order"')
    """
    if _PLAIN.fullmatch(name) and name not in _RESERVED:
        return name
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def qualified(name: QName) -> str:
    """The full name of a relation or a type.

    >>> qualified(QName("public", "Order items"))
    'public."Order items"'
    """
    return f"{quoted(name.schema)}.{quoted(name.name)}"


def names(columns: tuple[str, ...] | list[str]) -> str:
    """Columns as a list.

    >>> names(("id", "Name"))
    'id, "Name"'
    """
    return ", ".join(quoted(column) for column in columns)


def literal(text: str) -> str:
    """A string constant; a backslash needs the E form, which only PostgreSQL has.

    >>> literal("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def comment(text: str) -> str:
    r"""A line comment: whatever the text holds, it stays one line and one comment.

    >>> comment("first\nDROP TABLE users;")
    '-- first DROP TABLE users;'
    """
    return "-- " + " ".join("".join(char if char.isprintable() else " " for char in text).split())


def script(*lines: str) -> str:
    """The lines of a remedy, empty ones left out."""
    return "\n".join(line for line in lines if line)


def backup(table: QName, *, postgres: bool) -> str:
    """The comment that says how to keep a table's rows before they go.

    >>> backup(QName("public", "users"), postgres=True)
    "-- run a backup first: pg_dump --table='public.users' --file=users.sql"
    """
    if not table.name.isprintable() or not table.schema.isprintable():
        return comment("run a backup of the whole database first")
    if not postgres:
        return comment("run a backup first: sqlite3 DATABASE '.backup before.db'")
    file = re.sub(r"[^A-Za-z0-9_]+", "_", table.name) + ".sql"
    return f"-- run a backup first: pg_dump --table={_shell(qualified(table))} --file={file}"


def backup_schema(schema: str) -> str:
    """The comment that says how to keep a schema's tables before they go."""
    if not schema.isprintable():
        return comment("run a backup of the whole database first")
    file = re.sub(r"[^A-Za-z0-9_]+", "_", schema) + ".sql"
    return f"-- run a backup first: pg_dump --schema={_shell(quoted(schema))} --file={file}"


def _shell(pattern: str) -> str:
    """A name for the shell, always in quotes: a name may hold anything."""
    return "'" + pattern.replace("'", "'\\''") + "'"


def statement(text: str) -> str:
    """A statement of the migration, with its terminator; a comment at its end must not swallow that."""
    return f"{text}\n;" if "--" in text.rpartition("\n")[2] else f"{text};"


def spelled(kind: SqlType) -> str:
    """A type as SQL; one with a schema of its own is quoted like any name.

    >>> spelled(SqlType("Mood", schema="public", array=True))
    'public."Mood"[]'
    """
    if kind.schema is None:
        return str(kind)
    modifiers = f"({','.join(map(str, kind.args))})" if kind.args else ""
    return f"{quoted(kind.schema)}.{quoted(kind.name)}{modifiers}" + ("[]" if kind.array else "")


def zero(kind: SqlType) -> str | None:
    """A neutral constant of a type, None where there is none: something to put a better value in the place of.

    >>> zero(SqlType("character varying", args=(20,))), zero(SqlType("bigint")), zero(SqlType("point"))
    ("''", '0', None)
    """
    if kind.array:
        return "'{}'"
    return None if kind.schema else _ZEROS.get(kind.name.lower())


_ZEROS = {
    **dict.fromkeys(("text", "character varying", "character", "bytea", "citext", "varchar"), "''"),
    **dict.fromkeys(("smallint", "integer", "bigint", "numeric", "real", "double precision", "int"), "0"),
    **dict.fromkeys(("json", "jsonb"), "'{}'"),
    "boolean": "false",
    "uuid": "'00000000-0000-0000-0000-000000000000'",
    "date": "current_date",
    "timestamp with time zone": "now()",
    "timestamp without time zone": "now()",
    "datetime": "'1970-01-01 00:00:00'",
    "interval": "'0'",
}


def neutral(kind: SqlType, catalog: Catalog) -> str | None:
    """A neutral constant of a type; an enum's first label where the catalog shows the enum."""
    enum = catalog.enum(QName(kind.schema, kind.name)) if kind.schema and not kind.array else None
    return literal(enum.labels[0]) if enum and enum.labels else zero(kind)


def add_required(table: QName, column: Column, catalog: Catalog) -> str:
    """How to add a column that must have a value to a table that has rows."""
    if not catalog.server.is_postgres:
        return add_with_default(table, column, catalog)
    name, place, value = quoted(column.name), qualified(table), neutral(column.type, catalog)
    require = f"ALTER TABLE {place} ALTER COLUMN {name} SET NOT NULL;"
    return script(
        f"ALTER TABLE {place} ADD COLUMN {name} {spelled(column.type)};",
        "-- put the right value into every row, in batches where there are many",
        f"UPDATE {place} SET {name} = {value} WHERE {name} IS NULL;" if value else "",
        require if value else comment(f"and then: {require}"),
    )


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
    function = qualified(QName(table.schema, _cut(f"{table.name}_{new}", "_sync")))
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
        f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS {_in_dollars(body)};",
        f"CREATE TRIGGER {quoted(_cut(new, '_sync'))} BEFORE INSERT OR UPDATE ON {place}",
        f"  FOR EACH ROW EXECUTE FUNCTION {function}();",
        f"{copy} -- in batches where there are many rows",
        "-- drop the trigger, its function and the old column once no code uses it any more",
    )


def _in_dollars(body: str) -> str:
    """A function's body between dollar quotes that do not occur in it."""
    tag = "$sync$"
    while tag in body:
        tag = f"{tag[:-1]}_$"
    return f"{tag}{body}{tag}"


def rows_with(table: QName, column: str, values: tuple[str, ...]) -> str:
    """A query that counts the rows which hold one of these values."""
    listed = ", ".join(map(literal, values))
    return f"SELECT count(*) FROM {qualified(table)} WHERE {quoted(column)}::text IN ({listed});"


def compatibility_view(old: QName, new: QName) -> str:
    """A view that has a renamed table's old name, for the code that still uses it."""
    return f"CREATE VIEW {qualified(old)} AS SELECT * FROM {qualified(new)};"


def around_views(views: tuple[View, ...], text: str) -> str:
    """The views dropped before a statement and built anew behind it; `""` where one cannot be."""
    if not views or any(view.materialized or not view.text for view in views):
        return ""
    dropped = ", ".join(qualified(view.name) for view in views)
    return script(f"DROP VIEW {dropped};", statement(text), *map(create_view, views))


def without_dependents(catalog: Catalog, others: tuple[str, ...], text: str) -> str:
    """The dependents dropped by name before a statement.

    `""` where the catalog does not show how to drop one of them.
    """
    views = {f"view {view.name}": view for view in catalog.views() if not view.materialized}
    keys = {
        f"foreign key {table.name}.{key.name}": (table.name, key.name)
        for table in catalog.tables()
        for key in table.foreign_keys
    }
    needing = [views[other] for other in others if other in views]
    linking = [keys[other] for other in others if other in keys]
    if len(needing) + len(linking) < len(others) or not others:
        return ""
    return script(
        f"DROP VIEW {', '.join(qualified(view.name) for view in needing)};" if needing else "",
        *(f"ALTER TABLE {qualified(table)} DROP CONSTRAINT {quoted(key)};" for table, key in linking),
        statement(text),
    )


def create_view(view: View) -> str:
    """A view as it is."""
    return f"CREATE VIEW {qualified(view.name)} AS {view.text.strip().rstrip(';')};"


def _cut(name: str, suffix: str) -> str:
    """The name with a suffix, within 63 bytes."""
    return name.encode()[: 63 - len(suffix)].decode(errors="ignore") + suffix

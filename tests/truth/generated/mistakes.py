"""Migrations as people write them, each piece a few statements: right, nearly right, and wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from tests.truth.generated.schemas import ACTS, check, condition, unique, unique_index
from tests.truth.generated.world import Column, Key, Table, World

Piece = Callable[[World, Table], Iterator[str]]


def added_column(world: World, table: Table) -> Iterator[str]:
    """ADD COLUMN NOT NULL, with and without a default."""
    column = world.new_column(name=world.name("added"))
    default = world.one("", world.value(column, null=0), world.value(column, null=0))
    column = replace(column, required=world.chance(0.6), default=default)
    if default and world.chance(0.2) and world.postgres:
        column = replace(column, extra=f"UNIQUE{column.extra}" if column.kind != "json" else "")
    elif column.kind == "int" and world.chance(0.2):
        column = replace(column, extra=f"CHECK ({column.name} > 2)")
    yield f"ALTER TABLE {table.name} ADD COLUMN {column}"
    table.put(replace(column, extra=""))


def backfilled(world: World, table: Table) -> Iterator[str]:
    """Add a column, fill it from others, constrain it."""
    column = world.new_column(world.one("text", "text", "int"), world.name("filled"))
    yield f"ALTER TABLE {table.name} ADD COLUMN {column}"
    table.put(column)
    if world.chance(0.15):
        yield inserted_row(world, table)
    if world.chance(0.85):
        yield _backfill(world, table, column)
    if world.chance(0.2):
        yield from renamed_column(world, table, column)
        column = table.columns[-1]
    yield from constrained(world, table, column)


def _backfill(world: World, table: Table, column: Column) -> str:
    where = world.one("", f" WHERE {column.name} IS NULL", f" WHERE {condition(world, table)}")
    value = _expression(world, table, column)
    parent = next((key for key in table.keys if len(key.columns) == 1 and key.table != table.name), None)
    if parent and world.chance(0.4):
        source = f"p.{parent.references[0]}"
        other = next(one for one in world.tables if one.name == parent.table)
        fitting = [one.name for one in other.of(column.kind)]
        source = f"p.{world.rng.choice(fitting)}" if fitting else f"p.{parent.references[0]}"
        source = f"CAST({source} AS text)" if column.kind == "text" else source
        joins = f"p.{parent.references[0]} = {table.name}.{parent.columns[0]}"
        if world.chance(0.5):
            return f"UPDATE {table.name} SET {column.name} = {source} FROM {parent.table} p WHERE {joins}"
        value = f"(SELECT {source} FROM {parent.table} p WHERE {joins})"
    return f"UPDATE {table.name} SET {column.name} = {value}{where}"


def _expression(world: World, table: Table, column: Column) -> str:
    """A value for every row, now and then NULL or one that does not fit."""
    fitting = [one for one in table.of(column.kind) if one.name != column.name]
    own = table.columns[0].name
    if column.kind == "int":
        choices = [own, f"{own} % 2", "0", f"{own} * 10"]
    elif column.kind == "text":
        choices = [f"'u' || {own}", "''", "'x'", f"CAST({own} AS text)"]
    else:
        choices = [world.value(column)]
    for one in fitting:
        choices += [one.name, f"coalesce({one.name}, {world.value(replace(one, required=True))})"]
        choices += [f"lower({one.name})", f"trim({one.name})"] if one.kind == "text" else []
    return world.rng.choice(choices)


def constrained(world: World, table: Table, column: Column) -> Iterator[str]:
    """SET NOT NULL, UNIQUE or CHECK on one column."""
    if world.postgres and world.chance(0.5):
        yield f"ALTER TABLE {table.name} ALTER COLUMN {column.name} SET NOT NULL"
        table.put(replace(column, required=True))
    if world.chance(0.5) and column.kind != "json":
        yield f"CREATE UNIQUE INDEX {world.name('uq')} ON {table.name} ({column.name})"
    elif world.postgres and world.chance(0.4):
        text = f"{column.name} <> {world.value(column, null=0)}" if column.kind != "json" else "true"
        yield f"ALTER TABLE {table.name} ADD CONSTRAINT {world.name('ck')} CHECK ({text})"


def required(world: World, table: Table) -> Iterator[str]:
    """SET NOT NULL on a column that is there, mostly after a backfill."""
    columns = [one for one in table.of() if not one.required]
    if not columns:
        return
    column = world.rng.choice(columns)
    if world.chance(0.6):
        value = world.one(world.value(replace(column, required=True)), _expression(world, table, column))
        where = world.one("", f" WHERE {column.name} IS NULL", f" WHERE {column.name} IS NULL AND id > 2")
        yield f"UPDATE {table.name} SET {column.name} = {value}{where}"
    if world.postgres:
        if world.chance(0.25):
            name = world.name("nn")
            text = f"CHECK ({column.name} IS NOT NULL)"
            yield f"ALTER TABLE {table.name} ADD CONSTRAINT {name} {text} NOT VALID"
            yield f"ALTER TABLE {table.name} VALIDATE CONSTRAINT {name}"
        yield f"ALTER TABLE {table.name} ALTER COLUMN {column.name} SET NOT NULL"
        table.put(replace(column, required=True))
    else:
        yield f"CREATE UNIQUE INDEX {world.name('uq')} ON {table.name} (coalesce({column.name}, ''))"


def deduplicated(world: World, table: Table) -> Iterator[str]:
    """Duplicates go, or half of them, then UNIQUE."""
    columns = [one.name for one in table.of() if one.kind != "json"]
    if not columns:
        return
    keys = world.rng.sample(columns, min(len(columns), world.one(1, 1, 2)))
    if world.chance(0.7):
        yield _deduplicate(world, table, keys)
    if world.postgres and world.chance(0.4):
        equal = " NULLS NOT DISTINCT" if world.chance(0.2) else ""
        yield f"ALTER TABLE {table.name} ADD CONSTRAINT {world.name('uq')} UNIQUE{equal} ({', '.join(keys)})"
    else:
        yield f"CREATE UNIQUE INDEX {world.name('uq')} ON {table.name} ({', '.join(keys)})"


def _deduplicate(world: World, table: Table, keys: list[str]) -> str:
    name, own, listed = table.name, table.columns[0].name, ", ".join(keys)
    same = " AND ".join(f"o.{key} = {name}.{key}" for key in keys)
    row_number = f"row_number() OVER (PARTITION BY {listed} ORDER BY {own}) AS n"
    numbered = f"(SELECT {own}, {row_number} FROM {name}) AS d"
    choices = [
        f"DELETE FROM {name} WHERE {own} NOT IN (SELECT min({own}) FROM {name} GROUP BY {listed})",
        f"DELETE FROM {name} WHERE EXISTS (SELECT 1 FROM {name} o WHERE {same} AND o.{own} < {name}.{own})",
        f"DELETE FROM {name} WHERE {own} IN (SELECT {own} FROM {numbered} WHERE n > 1)",
        f"DELETE FROM {name} WHERE {own} IN (SELECT max({own}) FROM {name} GROUP BY {listed} HAVING count(*) > 1)",
    ]
    if world.postgres:
        pairs = " AND ".join(f"a.{key} = b.{key}" for key in keys)
        choices.append(f"DELETE FROM {name} a USING {name} b WHERE a.{own} > b.{own} AND {pairs}")
    column = table.find(keys[0])
    if column.kind == "text":
        choices.append(
            f"UPDATE {name} SET {keys[0]} = {keys[0]} || {own} WHERE {own} NOT IN "
            f"(SELECT min({own}) FROM {name} GROUP BY {listed})"
        )
    return world.rng.choice(choices)


def made_unique(world: World, table: Table) -> Iterator[str]:
    """UNIQUE, of whatever kind, without a thought."""
    if world.postgres and world.chance(0.4) and (text := unique(world, table)):
        yield f"ALTER TABLE {table.name} ADD CONSTRAINT {world.name('uq')} {text}"
    elif text := unique_index(world, table):
        yield text


def referred(world: World, table: Table) -> Iterator[str]:
    """Orphans go, or some of them, then FOREIGN KEY."""
    parent = world.rng.choice(world.parents(table))
    name = f"{parent.name[:-1]}_id"
    if not any(one.name == name for one in table.columns):
        column = Column(name, "int", "integer" if world.postgres else "INTEGER")
        yield f"ALTER TABLE {table.name} ADD COLUMN {column}"
        table.put(column)
        if world.chance(0.7):
            yield f"UPDATE {table.name} SET {name} = {world.one('1', '9', table.columns[0].name)}"
    if world.chance(0.6):
        yield _without_orphans(world, table, name, parent)
    if not world.postgres:
        return
    late = world.chance(0.3)
    key = Key(world.name("fk"), (name,), parent.name, parent.key, world.rng.choice(ACTS))
    yield f"ALTER TABLE {table.name} ADD {key}{' NOT VALID' if late else ''}"
    table.keys.append(key)
    if late and world.chance(0.8):
        yield f"ALTER TABLE {table.name} VALIDATE CONSTRAINT {key.name}"


def _without_orphans(world: World, table: Table, column: str, parent: Table) -> str:
    to, name = parent.key[0] if parent.key else "id", table.name
    missing = world.one(
        f"{column} NOT IN (SELECT {to} FROM {parent.name})",
        f"NOT EXISTS (SELECT 1 FROM {parent.name} p WHERE p.{to} = {name}.{column})",
        f"{column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {parent.name} p WHERE p.{to} = {name}.{column})",
        f"{column} > 5",
    )
    fix = world.one(f"DELETE FROM {name}", f"UPDATE {name} SET {column} = NULL")
    return f"{fix} WHERE {missing}"


def validated(world: World, table: Table) -> Iterator[str]:
    """VALIDATE what was added NOT VALID, after a fix or without."""
    rules = [name for name, text in table.rules.items() if text.endswith("NOT VALID")]
    keys = [key for key in table.keys if key.acts.endswith("NOT VALID")]
    for key in keys[:1]:
        parent = next(one for one in world.tables if one.name == key.table)
        if world.chance(0.6):
            yield _without_orphans(world, table, key.columns[0], parent)
        rules.append(key.name)
    if rules:
        yield f"ALTER TABLE {table.name} VALIDATE CONSTRAINT {world.rng.choice(rules)}"


def checked(world: World, table: Table) -> Iterator[str]:
    """ADD CHECK, with the rows fixed before, or not."""
    if not world.postgres or not (text := check(world, table)):
        return
    inside = text.removeprefix("CHECK (").removesuffix(")")
    if world.chance(0.4):
        yield world.one(
            f"DELETE FROM {table.name} WHERE NOT ({inside})", f"DELETE FROM {table.name} WHERE {inside}"
        )
    late, name = world.chance(0.3), world.name("ck")
    yield f"ALTER TABLE {table.name} ADD CONSTRAINT {name} {text}{' NOT VALID' if late else ''}"
    if late:
        yield f"ALTER TABLE {table.name} VALIDATE CONSTRAINT {name}"


def made_key(world: World, table: Table) -> Iterator[str]:
    """Another primary key."""
    columns = [one.name for one in table.of() if one.kind != "json"]
    if not world.postgres or not columns:
        return
    chosen = world.rng.sample(columns, min(len(columns), world.one(1, 1, 2)))
    cascade = " CASCADE" if world.chance(0.6) else ""
    yield f"ALTER TABLE {table.name} DROP CONSTRAINT {table.name}_pkey{cascade}"
    yield f"ALTER TABLE {table.name} ADD PRIMARY KEY ({', '.join(chosen)})"
    table.key = tuple(chosen)


_CASTS = {
    "text": ("integer", "numeric(4,1)", "varchar(3)", "varchar(20)", "date", "boolean", "level", "uuid", "jsonb",
             "bigint", "timestamp", "char(2)", "double precision"),
    "int": ("smallint", "bigint", "text", "varchar(2)", "numeric(3,1)", "boolean", "double precision"),
    "num": ("integer", "numeric(4,1)", "text", "real", "smallint", "varchar(4)"),
    "date": ("date", "text", "timestamptz", "timestamp", "varchar(10)", "timestamp(0)"),
    "bool": ("integer", "text", "varchar(4)"),
    "enum": ("text", "varchar(4)"),
    "uuid": ("text", "varchar(20)"),
    "json": ("text", "json"),
}  # fmt: skip
_KINDS = {
    "integer": "int", "smallint": "int", "bigint": "int", "boolean": "bool", "level": "enum", "uuid": "uuid",
    "jsonb": "json", "json": "json", "real": "num", "double precision": "num", "date": "date",
}  # fmt: skip


def retyped(world: World, table: Table) -> Iterator[str]:
    """ALTER COLUMN TYPE, with and without USING, with the values fixed before, or not."""
    columns = table.of()
    if not world.postgres or not columns:
        return
    column = world.rng.choice(columns)
    kind = world.rng.choice(_CASTS[column.kind])
    if column.kind == "text" and world.chance(0.4):
        yield world.one(
            f"UPDATE {table.name} SET {column.name} = NULL WHERE {column.name} !~ '^[0-9]+$'",
            f"UPDATE {table.name} SET {column.name} = left({column.name}, 3)",
            f"DELETE FROM {table.name} WHERE length({column.name}) > 3",
            f"UPDATE {table.name} SET {column.name} = trim({column.name}) WHERE {column.name} <> ''",
        )
    using = world.one("", "", f" USING {column.name}::{kind}", f" USING {column.name}::text::{kind}",
                      f" USING NULLIF(trim({column.name}::text), '')::{kind}")  # fmt: skip
    yield f"ALTER TABLE {table.name} ALTER COLUMN {column.name} TYPE {kind}{using}"
    known = _KINDS.get(kind) or ("num" if kind.startswith("numeric") else
                                 "date" if kind.startswith("timestamp") else "text")  # fmt: skip
    table.put(replace(column, type=kind, kind=known))


def relabelled(world: World, table: Table) -> Iterator[str]:
    """Enum labels come, are renamed, or the type is swapped for one with fewer."""
    if not world.postgres:
        return
    columns = [(one, other) for one in world.tables for other in one.of("enum") if other.type == "level"]
    match world.rng.randint(0, 3):
        case 0:
            yield "ALTER TYPE level ADD VALUE IF NOT EXISTS 'extra'"
            if columns and world.chance(0.6):
                owner, column = world.rng.choice(columns)
                yield f"UPDATE {owner.name} SET {column.name} = 'extra' WHERE {condition(world, owner)}"
        case 1:
            old = world.rng.choice(world.labels)
            new = f"{old}er"
            yield f"ALTER TYPE level RENAME VALUE '{old}' TO '{new}'"
            world.labels = [new if one == old else one for one in world.labels]
            if columns and world.chance(0.5):
                owner, column = world.rng.choice(columns)
                yield f"UPDATE {owner.name} SET {column.name} = '{world.one(old, new)}'"
        case _:
            yield from _swapped(world, columns)


def _swapped(world: World, columns: list[tuple[Table, Column]]) -> Iterator[str]:
    kept = world.rng.sample(world.labels, world.rng.randint(1, len(world.labels)))
    if columns and world.chance(0.4):
        owner, column = columns[0]
        listed = ", ".join(f"'{one}'" for one in kept)
        yield f"UPDATE {owner.name} SET {column.name} = '{kept[0]}' WHERE {column.name} NOT IN ({listed})"
    yield f"CREATE TYPE level_new AS ENUM ({', '.join(map(repr, kept))})"
    for owner, column in columns:
        if column.default:
            yield f"ALTER TABLE {owner.name} ALTER COLUMN {column.name} DROP DEFAULT"
            owner.put(replace(column, default=""))
        using = f"USING {column.name}::text::level_new"
        yield f"ALTER TABLE {owner.name} ALTER COLUMN {column.name} TYPE level_new {using}"
    yield "DROP TYPE level"
    yield "ALTER TYPE level_new RENAME TO level"
    world.labels = kept


def renamed_column(world: World, table: Table, column: Column | None = None) -> Iterator[str]:
    """Another name for a column."""
    columns = table.of()
    if column is None and not columns:
        return
    column = column or world.rng.choice(columns)
    new = world.name(column.name.split("_")[0])
    yield f"ALTER TABLE {table.name} RENAME COLUMN {column.name} TO {new}"
    table.rename(column.name, new)


def renamed_table(world: World, table: Table) -> Iterator[str]:
    """Another name for a table."""
    new = world.name(table.name.split("_")[0])
    yield f"ALTER TABLE {table.name} RENAME TO {new}"
    for other in world.tables:
        other.keys = [replace(one, table=new) if one.table == table.name else one for one in other.keys]
    table.name = new


def dropped(world: World, table: Table) -> Iterator[str]:
    """A column, a constraint, a default or the table goes."""
    cascade = " CASCADE" if world.postgres and world.chance(0.3) else ""
    columns = [one.name for one in table.of()]
    if columns and world.chance(0.5):
        column = world.rng.choice(columns)
        yield f"ALTER TABLE {table.name} DROP COLUMN {column}{cascade}"
        table.columns = [one for one in table.columns if one.name != column]
    elif world.postgres and (table.rules or table.keys) and world.chance(0.6):
        yield f"ALTER TABLE {table.name} DROP CONSTRAINT {world.rng.choice([*table.rules, *(one.name for one in table.keys)])}"
    elif len(world.tables) > 1 and world.chance(0.4):
        yield f"DROP TABLE {table.name}{cascade}"
        world.tables.remove(table)


def emptied(world: World, table: Table) -> Iterator[str]:
    """TRUNCATE, DELETE of all rows or of some, with keys that act."""
    if world.postgres and world.chance(0.3):
        yield f"TRUNCATE {table.name}{world.one('', ' CASCADE')}"
    elif world.chance(0.3):
        yield f"DELETE FROM {table.name}"
    else:
        yield f"DELETE FROM {table.name} WHERE {condition(world, table)}"


def inserted_row(world: World, table: Table) -> str:
    """One INSERT … VALUES, whatever it may violate."""
    given = [one for one in table.columns if not one.filled]
    own = given[0]
    fills_itself = own.type == "serial" or "IDENTITY" in own.extra or own.type == "INTEGER"
    columns = given[1:] if fills_itself and world.chance(0.5) else given
    columns = [one for one in columns if world.chance(0.85)] or given
    rows = []
    for at in range(world.one(1, 1, 2, 3)):
        values = [
            str(world.one(1, 2, 50 + at, 60 + at, 60)) if one.name in table.key and one.kind == "int"
            else world.one("NULL", "1", "2", "9") if one.name.endswith("_id")
            else world.value(one)
            for one in columns
        ]  # fmt: skip
        rows.append(f"({', '.join(values)})")
    names = ", ".join(one.name for one in columns)
    head = "INSERT"
    tail = ""
    if world.chance(0.15):
        tail = world.one(" ON CONFLICT DO NOTHING", f" ON CONFLICT ({own.name}) DO NOTHING")
        if table.of() and world.chance(0.4):
            column = world.rng.choice(table.of()).name
            tail = f" ON CONFLICT ({own.name}) DO UPDATE SET {column} = excluded.{column}"
    elif not world.postgres and world.chance(0.2):
        head = world.one("INSERT OR IGNORE", "INSERT OR REPLACE", "INSERT OR FAIL", "INSERT OR ABORT")
    return f"{head} INTO {table.name} ({names}) VALUES {', '.join(rows)}{tail}"


def inserted(world: World, table: Table) -> Iterator[str]:
    """INSERT, of literals or of what a query finds."""
    if world.chance(0.7):
        yield inserted_row(world, table)
        return
    source = world.table()
    columns = [one for one in table.columns if not one.filled]
    chosen = [columns[0]] * world.chance(0.4) + [one for one in columns[1:] if world.chance(0.7)]
    pairs = [(one, _taken(world, source, one)) for one in chosen]
    if pairs:
        names, values = ", ".join(one.name for one, _ in pairs), ", ".join(value for _, value in pairs)
        where = f" WHERE {condition(world, source)}" if world.chance(0.4) else ""
        yield f"INSERT INTO {table.name} ({names}) SELECT {values} FROM {source.name}{where}"


def _taken(world: World, source: Table, column: Column) -> str:
    fitting = [one.name for one in source.columns if one.type == column.type]
    if fitting and world.chance(0.8):
        return world.rng.choice(fitting) + (" + 100" if column.kind == "int" and world.chance(0.5) else "")
    value = world.value(column, null=0.05)
    kind = column.type.replace("serial", "integer")
    return f"CAST({value} AS {kind})" if world.postgres and value != "NULL" else value


def updated(world: World, table: Table) -> Iterator[str]:
    """UPDATE: keys that move, keys without a parent, NULL where there must be none, values that do not fit."""
    columns = [one for one in table.columns if not one.filled]
    column = world.rng.choice(columns)
    if column.name in table.key and column.kind == "int":
        value = world.one(f"{column.name} + 1", f"{column.name} + 100", "1", f"-{column.name}")
    elif column.name.endswith("_id"):
        value = world.one("NULL", "1", "9", f"{column.name} + 1")
    else:
        value = world.one(world.value(column), _expression(world, table, column))
    where = f" WHERE {condition(world, table)}" if world.chance(0.5) else ""
    yield f"UPDATE {table.name} SET {column.name} = {value}{where}"


def created(world: World, table: Table) -> Iterator[str]:
    """A new table, filled with literals or from another, then constrained."""
    name = world.name("fresh")
    if world.chance(0.3):
        where = f" WHERE {condition(world, table)}" if world.chance(0.4) else ""
        yield f"CREATE TABLE {name} AS SELECT * FROM {table.name}{where}"
        new = Table(name, [replace(one, required=False, default="", extra="", filled=False,
                                   type=one.type.replace("serial", "integer")) for one in table.columns], ())  # fmt: skip
    else:
        new = Table(name, [Column("id", "int", "integer", required=True)], ())
        for _ in range(world.rng.randint(1, 3)):
            new.put(replace(world.new_column(), required=world.chance(0.3)))
        new.rules = {f"{name}_ck": text} if world.chance(0.3) and (text := check(world, new)) else {}
        new.key = ("id",) if world.chance(0.6) else ()
        yield new.definition()
    world.tables.append(new)
    for _ in range(world.one(0, 1, 2)):
        yield from inserted(world, new)
    if world.chance(0.5):
        yield from world.one(made_unique, required, deduplicated, referred, checked)(world, new)


def defaults(world: World, table: Table) -> Iterator[str]:
    """SET DEFAULT or DROP DEFAULT, and an INSERT that gets it."""
    columns = table.of()
    if not world.postgres or not columns:
        return
    column = world.rng.choice(columns)
    to = world.one("DROP DEFAULT", f"SET DEFAULT {world.value(column, null=0)}")
    yield f"ALTER TABLE {table.name} ALTER COLUMN {column.name} {to}"
    yield inserted_row(world, table)


def rebuilt(world: World, table: Table) -> Iterator[str]:
    """SQLite's way to change a table: a new one, the rows copied, the old one dropped, the name taken over."""
    if world.postgres or not table.key:
        return
    new = Table(f"{table.name}_new", list(table.columns), table.key, dict(table.rules), list(table.keys))
    columns = table.of()
    if columns and world.chance(0.6):
        column = world.rng.choice(columns)
        new.put(replace(column, required=True))
    if columns and world.chance(0.3):
        new.rules[world.name("rule")] = world.one(check, unique)(world, new) or "CHECK (1 = 1)"
    if columns and world.chance(0.2):
        gone = world.rng.choice(columns).name
        new.columns = [one for one in new.columns if one.name != gone]
    names = [one.name for one in new.columns if not one.filled]
    values = [f"coalesce({one}, {world.value(replace(new.find(one), required=True))})" if world.chance(0.15) else one
              for one in names]  # fmt: skip
    if world.chance(0.4):
        yield world.one("PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys = ON")
    yield new.definition()
    listed = ", ".join(names)
    yield f"INSERT INTO {new.name} ({listed}) SELECT {', '.join(values)} FROM {table.name}"
    yield f"DROP TABLE {table.name}"
    yield f"ALTER TABLE {new.name} RENAME TO {table.name}"
    table.columns, table.rules, table.keys = new.columns, new.rules, new.keys


def generated(world: World, table: Table) -> Iterator[str]:
    """A column that the server computes, and UNIQUE on it."""
    sources = table.of("int", "text")
    if not sources:
        return
    source, name = world.rng.choice(sources), world.name("made")
    text = f"{source.name} % 2" if source.kind == "int" else f"lower({source.name})"
    how = "STORED" if world.postgres else "VIRTUAL"
    kind = source.type.replace(" COLLATE NOCASE", "").replace("serial", "integer")
    column = Column(name, source.kind, kind, extra=f"GENERATED ALWAYS AS ({text}) {how}", filled=True)
    yield f"ALTER TABLE {table.name} ADD COLUMN {column}"
    table.put(column)
    if world.chance(0.5):
        yield f"CREATE UNIQUE INDEX {world.name('uq')} ON {table.name} ({name})"


PIECES: tuple[tuple[Piece, int], ...] = (
    (added_column, 6), (backfilled, 14), (required, 8), (deduplicated, 10), (made_unique, 8), (referred, 10),
    (validated, 5), (checked, 7), (made_key, 3), (retyped, 12), (relabelled, 6), (renamed_column, 3),
    (renamed_table, 3), (dropped, 4), (emptied, 6), (inserted, 10), (updated, 8), (created, 8), (defaults, 3),
    (rebuilt, 12), (generated, 3),
)  # fmt: skip


def migration(world: World) -> list[str]:
    """One to four pieces, now and then in transactions of their own."""
    said: list[str] = []
    pieces, weights = zip(*PIECES, strict=True)
    wanted = world.rng.randint(1, 4)
    if not world.postgres and world.chance(0.5):
        said.append(f"PRAGMA foreign_keys = {world.one('ON', 'ON', 'OFF')}")
    for _ in range(20):
        piece: Piece = world.rng.choices(pieces, weights)[0]
        found = list(piece(world, world.table()))
        said += found
        wanted -= bool(found)
        if not wanted:
            break
    return said


def in_transactions(world: World, said: list[str]) -> list[str]:
    """The same with BEGIN and COMMIT around a part, or a savepoint in it."""
    start = world.rng.randint(0, len(said) - 1)
    end = world.rng.randint(start + 1, len(said))
    last = world.one("COMMIT", "COMMIT", "COMMIT", "ROLLBACK")
    inner = said[start:end]
    if len(inner) > 1 and world.chance(0.3):
        inner = [inner[0], "SAVEPOINT s", *inner[1:], world.one("RELEASE s", "ROLLBACK TO s")]
    return [*said[:start], "BEGIN", *inner, last, *said[end:]]

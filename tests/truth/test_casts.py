"""Which values survive a change of type: our predicates against the server's own ALTER TABLE."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from checker.casts_sql import does_not_cast
from checker.sqltype import SqlType
from tests import servers
from tests.truth import matrix

TEXTS = (
    "", " ", "  ", "0", "1", " 12 ", "\t12\n", "+5", "-5", "- 5", "5-", "1e3", "1E-3", "1e", "0x1F", "0b101", "1_000",
    "1,000", "NaN", "nan", "-NaN", "Infinity", "-inf", "inf", "+inf", "Infinit", ".5", "5.", ".", "1.5", "-0.004",
    "99.994", "99.995", "999.5", "32767", "32768", "-32768", "-32769", "2147483647", "2147483648",
    "9223372036854775807", "9223372036854775808", "99999999999999999999", "1e400", "1e200000", "\u0661\u0662",
    "\uff11", "\u00a012", "t", "tru", "TRUE", "yes", "on", "of", "o", "off", "2024-02-29", "2024-02-30", "2024-13-01",
    "yesterday", "infinity", "2024-01-01 25:00", "2024-01-01T10:00:00Z", "10:00", "24:00:00", "1 day", "P1D",
    "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}", "A0EEBC999C0B4EF8BB6D6BB9BD380A11",
    "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}", "a0ee-bc99-9c0b4ef8bb6d6bb9bd380a11",
    " a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "a-0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "{}", "[1,2]", "null", '"a"', "{a:1}",
    "1.2.3.4", "1.2.3", "::1", "10.0.0.0/8", "101", "102", "abc", "abc  ", "abcd", "abcd ", "  abcd", "äöü", "äöüß", "(1,2)",
    "[1,5)", "\\x41", "\\x4", "it's", "a%b", "a\nb",
)  # fmt: skip
NUMBERS = (
    "0", "1", "-1", "0.4", "0.5", "1.5", "-0.5", "2.5", "99.994", "99.995", "-99.995", "999.4", "999.5", "0.0049", "0.005",
    "32767", "32767.4", "32767.5", "32768", "-32768", "-32768.4", "-32768.5", "-32769", "2147483647", "2147483647.49",
    "2147483647.5", "2147483648", "-2147483648.5", "-2147483649", "9223372036854775807", "9223372036854775807.4",
    "9223372036854775807.5", "-9223372036854775808", "-9223372036854775809", "1e20", "1e39", "-1e39", "1e-50", "3.4028235e38",
    "3.4028236e38", "1e400", "123456.789", "NaN", "Infinity", "-Infinity",
)  # fmt: skip
MOMENTS = (
    "2024-02-29 10:00:00.123456",
    "2024-02-29 00:00",
    "infinity",
    "-infinity",
    "0044-03-15 BC",
    "294276-12-31 23:59",
)
NUMERIC_TARGETS = (
    "smallint", "integer", "bigint", "numeric", "numeric(5,2)", "numeric(3)", "numeric(2,2)", "numeric(20,0)", "real",
    "double precision",
)  # fmt: skip
STRINGS = ("text", "character varying", "character varying(3)", "character(3)", "character(5)")
PAIRS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "text": (
        (
            *NUMERIC_TARGETS, *STRINGS, "boolean", "uuid", "date", "timestamp without time zone",
            "timestamp with time zone", "time without time zone", "interval", "json", "jsonb", "inet", "bytea", "bit(3)",
            "int4range", "integer[]",
        ),
        TEXTS,
    ),
    "character varying(60)": (("integer", "numeric(5,2)", "character varying(3)", "character(3)", "boolean", "uuid"), TEXTS),
    "character(40)": (
        ("integer", "numeric(5,2)", "numeric", "text", "character varying(3)", "boolean", "uuid", "date", "jsonb"),
        TEXTS,
    ),
    "smallint": ((*NUMERIC_TARGETS, *STRINGS, "boolean"), NUMBERS),
    "integer": ((*NUMERIC_TARGETS, *STRINGS, "boolean"), NUMBERS),
    "bigint": ((*NUMERIC_TARGETS, *STRINGS, "oid"), NUMBERS),
    "numeric": ((*NUMERIC_TARGETS, *STRINGS, "money"), NUMBERS),
    "numeric(12,3)": ((*NUMERIC_TARGETS, *STRINGS), NUMBERS),
    "real": ((*NUMERIC_TARGETS, *STRINGS), NUMBERS),
    "double precision": ((*NUMERIC_TARGETS, *STRINGS), NUMBERS),
    "oid": (("integer", "bigint", "text", "character varying(3)"), NUMBERS),
    "money": (("numeric", "numeric(5,2)", "text"), NUMBERS),
    "boolean": (("integer", "text", "character varying(4)", "character(4)"), ("t", "f")),
    "timestamp without time zone": (
        ("date", "timestamp(0) without time zone", "timestamp with time zone", "time without time zone", "text",
         "character varying(10)"),
        MOMENTS,
    ),
    "timestamp with time zone": (("date", "timestamp without time zone", "timestamp(3) with time zone"), MOMENTS),
    "date": (("timestamp without time zone", "timestamp with time zone", "character varying(10)"), MOMENTS),
    "jsonb": (("text", "json", "integer", "boolean"), ("1", "null", "true", '"a"', "{}", "1.5")),
    "uuid": (("text", "character(36)", "character varying(35)"), ("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",)),
}  # fmt: skip


def sqltype(text: str) -> SqlType:
    """A type as the catalog has it."""
    array = text.endswith("[]")
    head, _, rest = text.removesuffix("[]").partition("(")
    args, _, tail = rest.partition(")")
    return SqlType(head + tail, tuple(int(one) for one in args.split(",")) if args else (), array)


class Server:
    """One session; everything that it does is rolled back."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url, autocommit=True)
        number = self.connection.info.server_version
        self.version = (number // 10000, number % 10000)

    def prepare(self, source: str, values: tuple[str, ...]) -> list[str]:
        """A table with those of the values that the type holds."""
        run = self.connection.execute
        run("DROP TABLE IF EXISTS t")
        run(f"CREATE TABLE t (id serial, v {source})".encode())
        held = []
        for value in values:
            try:
                run(f"INSERT INTO t (v) SELECT %s::text::{source}".encode(), (value,))
            except psycopg.Error:
                continue
            held.append(value)
        run("INSERT INTO t (v) VALUES (NULL)")
        return held

    def alter(self, where: str, target: str, *, using: bool) -> str | None:
        """ALTER COLUMN TYPE with the rows that meet a condition; the code of the error."""
        text = f" USING v::{target}" if using else ""
        return self.attempt(
            f"DELETE FROM t WHERE NOT ({where})", f"ALTER TABLE t ALTER COLUMN v TYPE {target}{text}"
        )

    def converts(self, one: int, target: str, *, using: bool) -> bool:
        """Whether one value becomes one of the type in the way in which ALTER converts it, at a tenth of the time."""
        if using:
            return self.attempt(f"SELECT v::{target} FROM t WHERE id = {one}") is None
        self.connection.execute(f'CREATE TEMP TABLE IF NOT EXISTS "to {target}" (v {target})'.encode())
        return self.attempt(f'INSERT INTO "to {target}" SELECT v FROM t WHERE id = {one}') is None

    def attempt(self, *statements: str) -> str | None:
        """Run and roll back; the code of the error that there is."""
        self.connection.execute("BEGIN")
        try:
            for statement in statements:
                self.connection.execute(statement.encode())
        except psycopg.Error as problem:
            return problem.sqlstate
        finally:
            self.connection.execute("ROLLBACK")
        return None

    def ids(self, condition: str) -> set[int] | str:
        """The rows that meet the condition; the code of the error that it raises."""
        try:
            rows = self.connection.execute(f"SELECT id FROM t WHERE {condition}".encode()).fetchall()
        except psycopg.Error as problem:
            return problem.sqlstate or "?"
        return {row[0] for row in rows}


@pytest.fixture(scope="module", params=["", "18"])
def server(request: pytest.FixtureRequest, postgres: servers.Server) -> Iterator[Server]:
    """The server of all tests, and newer ones where their binaries are at hand."""
    if not request.param:
        url = postgres.fresh()
        yield Server(url)
        return
    binaries = matrix.home(request.param) / "bin"
    if not binaries.exists():
        pytest.skip(f"NO POSTGRESQL {request.param}: python -m tests.truth.matrix brings it")
    with servers.running(binaries) as started:
        yield Server(started.fresh())


@pytest.mark.parametrize("source", PAIRS)
def test_the_predicate_says_what_the_server_does(source: str, server: Server) -> None:
    targets, values = PAIRS[source]
    server.prepare(source, values)
    wrong = [said for target in targets for said in disagreements(server, source, target)]
    assert not wrong, "\n" + "\n".join(wrong)


def disagreements(server: Server, source: str, target: str) -> Iterator[str]:
    """Every value of `t` about which the predicate and the server do not agree."""
    for using in (False, True):
        if server.alter("false", target, using=using) is not None:
            continue  # there is no such cast
        condition = does_not_cast('"v"', sqltype(source), sqltype(target), server.version, explicit=using)
        if condition is None:
            continue
        said = server.ids(condition)
        said = by_one(server, condition) if isinstance(said, str) else said
        refused = {one for one in said if not server.converts(one, target, using=using)}
        rest = everybody(server) - said
        if server.alter(f"id = ANY('{{{','.join(map(str, rest))}}}')", target, using=using) is not None:
            refused |= {one for one in rest if server.alter(f"id = {one}", target, using=using)}
        how = f"{source} -> {target}{' USING' if using else ''}"
        for one in sorted(refused ^ said):
            verdict = "is refused" if one in refused else "is accepted"
            yield f"{how}: {value_of(server, one)!r} {verdict}; {condition}"


def everybody(server: Server) -> set[int]:
    found = server.ids("true")
    assert isinstance(found, set)
    return found


def by_one(server: Server, condition: str) -> set[int]:
    """The rows that meet the condition or make it raise an error: that is an offender, too."""
    return {
        one for one in everybody(server)
        if isinstance(found := server.ids(f"id = {one} AND ({condition})"), str) or found
    }  # fmt: skip


def value_of(server: Server, one: int) -> str:
    row = server.connection.execute("SELECT v::text FROM t WHERE id = %s", (one,)).fetchone()
    return str(row[0]) if row else "?"

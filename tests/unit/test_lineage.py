"""What views return and read."""

import pytest

from checker.catalog import QName
from checker.sql.lineage import lineage
from checker.sql.nodes import Name
from checker.sqltype import SqlType

TEXT, INTEGER, NUMERIC = SqlType("text"), SqlType("integer"), SqlType("numeric", (10, 2))
COLUMNS = {
    "users": {"id": INTEGER, "email": TEXT, "Name": TEXT},
    "orders": {"id": INTEGER, "user_id": INTEGER, "total": NUMERIC},
}


def columns_of(name: Name) -> tuple[QName, dict[str, SqlType]] | None:
    known = COLUMNS.get(name.last)
    return (QName("public", name.last), known) if known else None


@pytest.mark.parametrize(
    ("query", "outputs", "reads"),
    [
        ("SELECT id, email FROM users", "id email", "users.id users.email"),
        ("SELECT * FROM public.users u", "id email Name", "users.id users.email users.Name"),
        ('SELECT u."Name" AS n FROM users u', "n", "users.Name"),
        ("SELECT count(*), sum(total)::int, total + 1 FROM orders", "count sum ?column?", "orders.total"),
        (
            "SELECT o.id FROM orders o JOIN users u ON u.id = o.user_id WHERE u.email IS NOT NULL",
            "id",
            "orders.id orders.user_id users.id users.email",
        ),
        (
            "WITH t AS (SELECT user_id, sum(total) AS s FROM orders GROUP BY 1) SELECT s FROM t",
            "s",
            "orders.user_id orders.total",
        ),
        (
            "SELECT (SELECT max(total) FROM orders WHERE user_id = u.id) AS most FROM users u",
            "most",
            "orders.total orders.user_id users.id",
        ),
        ("SELECT id FROM users UNION SELECT id FROM orders", "id", "users.id orders.id"),
        ("SELECT 1 AS one", "one", ""),
    ],
)
def test_traces(query: str, outputs: str, reads: str) -> None:
    found = lineage(query, "postgres", columns_of)
    assert found is not None
    assert [output.name for output in found.outputs] == outputs.split()
    assert {f"{relation.name}.{column}" for relation, column in found.reads} == set(reads.split())


@pytest.mark.parametrize(
    "query",
    ["SELECT id FROM nobody_knows", "SELECT nope FROM users, orders", "SELECT nope FROM users", "SELECT ((("],
)
def test_gives_up_where_it_cannot_know(query: str) -> None:
    assert lineage(query, "postgres", columns_of) is None


def test_types_follow_from_the_columns_below() -> None:
    query = """
        WITH t AS (SELECT user_id, sum(total) AS s FROM orders GROUP BY 1)
        SELECT email AS mail, upper(email) AS loud, count(*) AS n, s, max(u."Name") AS m, avg(u.id) AS a, s > 1 AS b
        FROM t JOIN users u ON u.id = t.user_id GROUP BY 1, 2, 4
    """
    found = lineage(query, "postgres", columns_of)
    assert found is not None
    assert [str(output.type) for output in found.outputs] == [
        "text", "None", "bigint", "numeric", "text", "numeric", "boolean",
    ]  # fmt: skip

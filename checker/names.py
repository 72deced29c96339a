"""The names that PostgreSQL gives by itself, and how it cuts names that are too long.

The rules are the server's (`makeObjectName`, `ChooseRelationName`, `ChooseConstraintName` and
`ChooseIndexColumnNames`), the same from PostgreSQL 13 to 18: a name of more than 63 bytes is cut, never
inside a character; an automatic name shortens its longer half first and counts up on a collision.
A test compares them with a real server.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from checker.catalog import Catalog, IndexKey, QName
from checker.sql.tokens import Token, identifier, tokenize

LIMIT = 63
"""The bytes that a name may have on PostgreSQL (NAMEDATALEN - 1)."""


def cut(name: str, limit: int = LIMIT) -> str:
    """The name as PostgreSQL stores it: at most `limit` bytes of UTF-8, whole characters only."""
    data = name.encode()
    return name if len(data) <= limit else data[:limit].decode(errors="ignore")


def object_name(first: str, second: str | None, label: str) -> str:
    """`first_second_label` in 63 bytes: the longer of the two gives way, the label stays whole."""
    room = LIMIT - len(label.encode()) - 1 - (second is not None)
    one, two = len(first.encode()), len(second.encode()) if second is not None else 0
    while one + two > room:
        if one > two:
            one -= 1
        else:
            two -= 1
    parts = [cut(first, one)] if second is None else [cut(first, one), cut(second, two)]
    return "_".join((*parts, label))


def _first_free(first: str, second: str | None, label: str, taken: Callable[[str], bool]) -> str:
    """The automatic name, its label numbered from 1 until nobody has the name."""
    name, number = object_name(first, second, label), 0
    while taken(name):
        number += 1
        name = object_name(first, second, f"{label}{number}")
    return name


def relation_name(
    catalog: Catalog,
    schema: str,
    first: str,
    second: str | None,
    label: str,
    *,
    constraint: bool = False,
    taken: Collection[str] = (),
) -> str:
    """An automatic name for a relation (index, sequence), free among the schema's relations.

    With `constraint` it must be free among all constraints of the schema too. `taken` are names that
    the same statement has already given away.
    """

    def is_taken(name: str) -> bool:
        if name in taken or QName(schema, name) in catalog.relations:
            return True
        return constraint and catalog.has_constraint(schema, name)

    return _first_free(first, second, label, is_taken)


def constraint_name(
    catalog: Catalog, schema: str, first: str, second: str | None, label: str, taken: Collection[str] = ()
) -> str:
    """An automatic name for a foreign key, check or NOT NULL: free among all constraints of the schema."""
    return _first_free(
        first, second, label, lambda name: name in taken or catalog.has_constraint(schema, name)
    )


def joined(columns: Iterable[str]) -> str:
    """The columns' part of an automatic name: `a_b`, given up once it has 64 bytes."""
    text = ""
    for column in columns:
        text += ("_" if text else "") + column
        if len(text.encode()) > LIMIT:
            break
    return text


def key_names(keys: Sequence[IndexKey], include: Iterable[str] = ()) -> tuple[str, ...]:
    """What PostgreSQL calls an index's own columns: the column, the function, `expr`; numbered when alike."""
    found: list[str] = []
    for wanted in (*(_key_name(key) for key in keys), *include):
        name, number = wanted, 0
        while name in found:
            number += 1
            name = cut(wanted, LIMIT - len(str(number))) + str(number)
        found.append(name)
    return tuple(found)


def _key_name(key: IndexKey) -> str:
    if key.column is not None:
        return key.column
    return (key.expr and expression_name(key.expr.text)) or "expr"


def index_name(catalog: Catalog, table: QName, keys: Sequence[IndexKey], include: Iterable[str] = (), taken: Collection[str] = ()) -> str:  # fmt: skip
    """The automatic name of CREATE INDEX: `table_a_b_idx`."""
    columns = joined(key_names(keys, include))
    return relation_name(catalog, table.schema, table.name, columns, "idx", taken=taken)


def not_null_name(catalog: Catalog, table: QName, column: str, taken: Collection[str] = ()) -> str:
    """The automatic name of a NOT NULL constraint on PostgreSQL 18: `table_a_not_null`."""
    return constraint_name(catalog, table.schema, table.name, column, "not_null", taken)


def check_name(catalog: Catalog, table: QName, columns: Collection[str], taken: Collection[str] = ()) -> str:
    """The automatic name of a CHECK: with the column where it reads exactly one."""
    one = next(iter(columns)) if len(columns) == 1 else None
    return constraint_name(catalog, table.schema, table.name, one, "check", taken)


def foreign_key_name(
    catalog: Catalog, table: QName, columns: Iterable[str], taken: Collection[str] = ()
) -> str:
    """The automatic name of a foreign key: `table_a_b_fkey`."""
    return constraint_name(catalog, table.schema, table.name, joined(columns), "fkey", taken)


def sequence_name(catalog: Catalog, table: QName, column: str) -> str:
    """The automatic name of a serial or identity column's sequence: `table_a_seq`."""
    return relation_name(catalog, table.schema, table.name, column, "seq")


# What an expression is called (the server's FigureColname)

_SPECIAL = {"trim": "btrim"}
_INTERNAL = {
    "integer": "int4", "int": "int4", "smallint": "int2", "bigint": "int8", "real": "float4", "boolean": "bool",
    "double": "float8", "decimal": "numeric", "dec": "numeric", "character": "bpchar", "char": "bpchar",
}  # fmt: skip
_OPERATOR_WORDS = frozenset(
    ("AND", "OR", "NOT", "IS", "LIKE", "ILIKE", "SIMILAR", "IN", "BETWEEN", "ISNULL", "NOTNULL")
)
_OPENING, _CLOSING = frozenset(("(", "[", "CASE")), frozenset((")", "]", "END"))
_NOT_OPERATORS = frozenset(("::", ".", "[", "]", ",", "(", ")"))


def expression_name(text: str) -> str | None:
    """What PostgreSQL calls a column that it computes from this expression; None where it says `expr`."""
    tokens = tokenize(text, "postgres")
    return _figure(tokens)[0] if len(tokens) < 2000 else None


def _figure(tokens: list[Token]) -> tuple[str | None, int]:
    """The name, and how good it is: 2 for a column or function, 1 for a type, 0 for none."""
    while _encloses(tokens, 0, "("):
        tokens = tokens[1:-1]
    tops = _top_level(tokens)
    words = [tokens[at].upper for at in tops]
    for at, word in zip(tops, words, strict=True):
        if word == "COLLATE" and at:
            return _figure(tokens[:at])
        if word == "AT" and at and tokens[at + 1 : at + 2] and tokens[at + 1].upper == "TIME":
            return "timezone", 2
    if not tokens or any(_is_operator(tokens[at]) for at in tops):
        return None, 0
    if "::" in words:
        at = tops[len(words) - 1 - words[::-1].index("::")]
        return _cast(_figure(tokens[:at]), tokens[at + 1 :])
    return _simple(tokens)


def _simple(tokens: list[Token]) -> tuple[str | None, int]:
    """A column, a call, CASE, CAST or a literal."""
    head = tokens[0]
    if head.upper == "CASE":
        return _case(tokens)
    if head.upper == "ARRAY":
        return "array", 2
    if head.upper == "CAST" and _encloses(tokens, 1, "("):
        inner = tokens[2:-1]
        at = max((at for at in _top_level(inner) if inner[at].upper == "AS"), default=None)
        return _cast(_figure(inner[:at]), inner[at + 1 :]) if at is not None else (None, 0)
    names = [token for token in tokens[: _first_parenthesis(tokens)] if token.kind in ("word", "quoted")]
    if not names or head.kind not in ("word", "quoted") or head.upper in ("NULL", "TRUE", "FALSE"):
        return None, 0
    name = identifier(names[-1], "postgres")
    return (_SPECIAL.get(name, name) if names[-1].kind == "word" else name), 2


def _case(tokens: list[Token]) -> tuple[str | None, int]:
    inner = tokens[1:-1]
    at = max((at for at in _top_level(inner) if inner[at].upper == "ELSE"), default=None)
    found = _figure(inner[at + 1 :]) if at is not None else (None, 0)
    return found if found[1] == 2 else ("case", 1)


def _cast(found: tuple[str | None, int], type_: list[Token]) -> tuple[str | None, int]:
    """A cast keeps the name of a column or function; of anything else it gives the type's."""
    if found[1] == 2 or not type_:
        return found
    words = [token for token in type_[: _first_parenthesis(type_)] if token.kind in ("word", "quoted")]
    if not words:
        return None, 0
    name = identifier(words[-1] if any(token.text == "." for token in type_) else words[0], "postgres")
    if name in ("timestamp", "time") and "with" in (token.text.lower() for token in type_):
        return f"{name}tz", 1
    if name in ("character", "char") and len(words) > 1 and words[1].upper == "VARYING":
        return "varchar", 1
    return _INTERNAL.get(name, name), 1


def _encloses(tokens: list[Token], at: int, opening: str) -> bool:
    """True where the bracket at `at` is closed by the last token."""
    if len(tokens) < at + 2 or tokens[at].text != opening:
        return False
    depth = 0
    for place in range(at, len(tokens)):
        depth += (tokens[place].upper in _OPENING) - (tokens[place].upper in _CLOSING)
        if not depth:
            return place == len(tokens) - 1
    return False


def _top_level(tokens: list[Token]) -> list[int]:
    """The indexes of the tokens that stand in no bracket and in no CASE."""
    depth, found = 0, []
    for at, token in enumerate(tokens):
        depth -= token.upper in _CLOSING
        if not depth:
            found.append(at)
        depth += token.upper in _OPENING
    return found


def _is_operator(token: Token) -> bool:
    if token.kind == "word":
        return token.upper in _OPERATOR_WORDS
    return token.kind == "op" and token.text not in _NOT_OPERATORS


def _first_parenthesis(tokens: list[Token]) -> int | None:
    return next((at for at, token in enumerate(tokens) if token.text in ("(", "[")), None)

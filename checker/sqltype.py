"""SQL types as values: one spelling per type, and what one type does to another.

`SqlType` is what the catalog stores. Both the live loaders and the SQL reader produce the same
spelling, the server's own (`format_type` on PostgreSQL: `int4` is `integer`, `varchar(20)` is
`character varying` with `args=(20,)`), so that equality of types is equality of values.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class SqlType:
    """One type with its modifiers.

    `name` is the canonical spelling without modifiers and without `[]`; `schema` is set only for
    types that live outside the server's own schema (enums, domains, extension types);
    `args` are the modifiers as written by the server, whole numbers where they are numbers;
    `array` says `name[]` (PostgreSQL does not keep the number of dimensions).

    >>> str(SqlType("character varying", args=(20,), array=True))
    'character varying(20)[]'
    >>> str(SqlType("timestamp with time zone", args=(3,)))
    'timestamp(3) with time zone'
    """

    name: str
    args: tuple[int | str, ...] = ()
    array: bool = False
    schema: str | None = None

    def __str__(self) -> str:
        head, _, tail = self.name.partition(" ")
        modifiers = f"({','.join(map(str, self.args))})" if self.args else ""
        splits = head in ("timestamp", "time") and tail.endswith("time zone")
        written = f"{head}{modifiers} {tail}" if splits else f"{self.name}{modifiers}"
        prefix = f"{self.schema}." if self.schema else ""
        return prefix + written + ("[]" if self.array else "")

    def bare(self) -> SqlType:
        """The same type without modifiers."""
        return replace(self, args=())

    def element(self) -> SqlType:
        """The type of one element of an array; a scalar is its own element."""
        return replace(self, array=False)

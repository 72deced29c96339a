"""What a server refuses, as exceptions that carry its own code.

    ApplyError
    ├── DuplicateObject      42P07 42701 42710 42P06 42723 42712: the name is taken
    ├── MissingObject        42P01 42703 42704 3F000 42883: there is no such thing
    ├── DependentObjects     2BP01 0A000: others depend on it and CASCADE was not said
    ├── NoUniqueTarget       42830: a foreign key refers to columns without a unique constraint
    ├── IncompatibleTypes    42804: the columns of a foreign key cannot be compared
    ├── UncastableType       42804 42846: no cast leads from the old type to the new one
    ├── DefaultOfWrongType   42804 22P02: the default does not fit the column's type
    ├── GeneratedColumnWrite 428C9: a value for a column that the server fills itself
    ├── NotInTransaction     25001: cannot run inside a transaction block
    ├── NewEnumValueUsed     55P04: an enum value is used in the transaction that adds it
    ├── TransactionAborted   25P02: an earlier statement failed; nothing runs until the end of the block
    ├── NotDeferrable        42809: SET CONSTRAINTS defers a constraint that is not deferrable
    ├── SyntaxFault          42601: no SQL of this server
    └── Refused              any other code

Codes are SQLSTATEs on PostgreSQL and MySQL's kin; SQLite has none, its errors carry `SQLITE_ERROR`.
"""

from __future__ import annotations


class ApplyError(Exception):
    """The server would refuse the change.

    `code` is the server's (SQLSTATE), `message` one sentence in the server's own words, `object` the full
    name of what it is about, `others` further names that matter (dependents, the owner of a taken name).
    """

    def __init__(self, code: str, message: str, object: str = "", others: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.code, self.message, self.object, self.others = code, message, object, others


class DuplicateObject(ApplyError):
    """The name is taken; `kind` says by what sort of name space: relation, column, constraint, type …"""

    def __init__(self, code: str, message: str, object: str = "", others: tuple[str, ...] = (), *, kind: str = "object", cut: bool = False) -> None:  # fmt: skip
        super().__init__(code, message, object, others)
        self.kind, self.cut = kind, cut


class MissingObject(ApplyError):
    """There is no such object; `similar` are names that it may have been meant to be."""

    def __init__(self, code: str, message: str, object: str = "", others: tuple[str, ...] = (), *, kind: str = "object", similar: tuple[str, ...] = ()) -> None:  # fmt: skip
        super().__init__(code, message, object, others)
        self.kind, self.similar = kind, similar


class DependentObjects(ApplyError):
    """Others depend on it (`others`): CASCADE was not said, or the change of a type cannot follow (0A000)."""


class NoUniqueTarget(ApplyError):
    """A foreign key refers to columns that no unique constraint or index covers."""


class IncompatibleTypes(ApplyError):
    """The columns of a foreign key have types that the server cannot compare."""


class UncastableType(ApplyError):
    """No automatic cast leads from the old type to the new one."""


class DefaultOfWrongType(ApplyError):
    """The default's value or type does not fit the column."""


class GeneratedColumnWrite(ApplyError):
    """A value is given for a column that the server fills itself."""


class NotInTransaction(ApplyError):
    """Cannot run inside a transaction block."""


class NewEnumValueUsed(ApplyError):
    """An enum value is used in the transaction that adds it."""


class TransactionAborted(ApplyError):
    """An earlier statement of the transaction failed: nothing runs until its end."""


class NotDeferrable(ApplyError):
    """SET CONSTRAINTS … DEFERRED names a constraint that is not deferrable; `others` is its table, then its name."""


class SyntaxFault(ApplyError):
    """The server's grammar takes no such statement; the message says what was expected where."""


class Refused(ApplyError):
    """Any other refusal."""

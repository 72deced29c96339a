"""Whether PostgreSQL can compare or convert between two types of a catalog: domains, enums and composites included.

The answers are True, False, or None where nobody can say (a type of an extension): never refuse on None.
"""

from __future__ import annotations

from checker.catalog import Catalog, CompositeType, Domain, EnumType, QName, UserType
from checker.sqltype import SqlType, assignment_castable, can_refer_to


def user_type(catalog: Catalog, type: SqlType) -> UserType | None:
    """The user type behind a type that has a schema."""
    return catalog.types.get(QName(type.schema, type.name)) if type.schema else None


def base_type(catalog: Catalog, type: SqlType) -> SqlType:
    """What a domain stands on, all the way down; any other type is its own base."""
    for _ in range(64):
        found = user_type(catalog, type)
        if not isinstance(found, Domain) or type.array:
            break
        type = found.base
    return type


def _has_no_casts(catalog: Catalog, type: SqlType) -> bool:
    """True for enums and composites: nothing but themselves and strings goes into them or comes out."""
    return isinstance(user_type(catalog, type), EnumType | CompositeType)


def _is_judged(catalog: Catalog, type: SqlType) -> bool:
    return type.is_builtin or _has_no_casts(catalog, type)


def comparable(catalog: Catalog, referenced: SqlType, referring: SqlType) -> bool | None:
    """Whether a column of the one type can refer to a unique column of the other."""
    target, source = base_type(catalog, referenced).bare(), base_type(catalog, referring).bare()
    answer = can_refer_to(source, target)
    if answer is not None or not (_is_judged(catalog, source) and _is_judged(catalog, target)):
        return answer
    return False


def assignable(catalog: Catalog, source: SqlType, target: SqlType) -> bool | None:
    """Whether a value of the one type goes into a column of the other without USING (an assignment cast)."""
    one, other = base_type(catalog, source).bare(), base_type(catalog, target).bare()
    answer = assignment_castable(one, other)
    if answer is not None or not (_is_judged(catalog, one) and _is_judged(catalog, other)):
        return answer
    return False

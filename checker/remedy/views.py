"""SQL for what depends on a table: views around a statement, keys out of its way."""

from __future__ import annotations

from checker.catalog import Catalog, QName, View
from checker.spelling import qualified, quoted, script, statement


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

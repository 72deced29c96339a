"""The house rules that a machine can check: who may import whom, who may print, how long a function may be."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LONGEST_FUNCTION = 80

# From the ground up; a module may import what stands in a line above its own, or in its own line.
# `checker.sql` covers `checker.sql.nodes` and the rest of that folder.
LAYERS = (
    ("checker",),
    ("checker.garbage", "checker.values"),
    ("checker.codec", "checker.errors", "checker.sqltype", "checker.statement"),
    ("checker.catalog", "checker.unnamed", "checker.rows"),
    ("checker.sql",),
    ("checker.change",),
    ("checker.session", "checker.finding", "checker.probe", "checker.asking"),
    ("checker.questions",),
    ("checker.refusals",),
    ("checker.knowledge", "checker.datafacts"),
    ("checker.step", "checker.spelling", "checker.casts_sql"),
    ("checker.remedy",),
    ("checker.assume", "checker.enum_labels", "checker.names", "checker.transactions"),
    ("checker.not_nulls", "checker.resolve", "checker.apply", "checker.diff"),
    ("checker.data",),
    ("checker.simulate",),
    ("checker.rule",),
    ("checker.registry",),
    ("rules",),
    ("checker.sources", "checker.live"),
    ("checker.snapshot",),
    ("checker.allows",),
    ("checker.engine", "checker.explain"),
    ("checker.config", "checker.outputs"),
    ("checker.cli", "checker.__main__"),
)
DRIVERS = {"psycopg", "psycopg_pool", "sqlite3", "pymysql", "mysql", "MySQLdb", "mariadb"}


def _modules() -> Iterator[tuple[str, Path]]:
    for folder in ("checker", "rules"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            yield dotted.removesuffix(".__init__"), path


MODULES = dict(_modules())
EVERY_MODULE = pytest.mark.parametrize("module", MODULES)


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def _imports(module: str, *, at_import: bool = False) -> set[str]:
    """The modules that it imports, wherever the statement stands, or only when it is imported itself."""
    found: set[str] = set()
    for node in _tree(module).body if at_import else ast.walk(_tree(module)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}:{node.lineno}: imports are absolute here"
            parent = node.module or ""
            found.update(
                f"{parent}.{alias.name}" if f"{parent}.{alias.name}" in MODULES else parent
                for alias in node.names
            )
    return found


def _layer(module: str) -> int:
    matches = [
        (len(prefix), level)
        for level, prefixes in enumerate(LAYERS)
        for prefix in prefixes
        if module == prefix or (module.startswith(prefix + ".") and prefix != "checker")
    ]
    assert matches, f"{module} has no place in LAYERS yet: say in which line it stands"
    return max(matches)[1]


@EVERY_MODULE
def test_imports_run_downward(module: str) -> None:
    upward = {
        imported
        for imported in _imports(module)
        if imported.partition(".")[0] in ("checker", "rules") and _layer(imported) > _layer(module)
    }
    assert not upward, f"{module} imports {sorted(upward)} from above it"


def test_no_import_goes_in_a_circle() -> None:
    graph = {module: sorted(_imports(module, at_import=True) & MODULES.keys()) for module in MODULES}
    done: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " -> ".join((*path[path.index(module) :], module))
        if module not in done:
            for imported in graph[module]:
                visit(imported, (*path, module))
            done.add(module)

    for module in graph:
        visit(module, ())


@EVERY_MODULE
def test_only_sql_imports_sqlglot(module: str) -> None:
    uses = any(name.partition(".")[0] in ("sqlglot", "sqlglotc") for name in _imports(module))
    assert not uses or module.startswith("checker.sql.")


@EVERY_MODULE
def test_only_live_imports_drivers(module: str) -> None:
    uses = {name.partition(".")[0] for name in _imports(module)} & DRIVERS
    assert not uses or module.startswith("checker.live")


@EVERY_MODULE
def test_rules_import_from_checker_alone(module: str) -> None:
    if not module.startswith("rules."):
        return
    others = {name for name in _imports(module) if not name.startswith("checker")}
    assert others <= {"__future__", "collections.abc"}
    assert not any(name.startswith(("checker.sql.", "checker.live")) for name in _imports(module))


@EVERY_MODULE
def test_only_the_command_line_prints_and_exits(module: str) -> None:
    if module.startswith(("checker.cli", "checker.__main__")):
        return
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in ("print", "exit", "quit"), f"{module}:{node.lineno}"
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            reached = f"{node.value.id}.{node.attr}"
            assert reached not in ("sys.stdout", "sys.stderr", "sys.exit"), f"{module}:{node.lineno}"


@EVERY_MODULE
def test_every_module_says_what_it_is_for(module: str) -> None:
    assert ast.get_docstring(_tree(module))


@EVERY_MODULE
def test_functions_stay_short(module: str) -> None:
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= LONGEST_FUNCTION, f"{module}.{node.name} has {length} lines"


@EVERY_MODULE
def test_no_class_extends_sqlglot_where_the_compiled_build_forbids_it(module: str) -> None:
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.ClassDef):
            bases = {ast.unparse(base).rpartition(".")[2] for base in node.bases}
            assert not bases & {"Parser", "Generator", "Expression"}, f"{module}.{node.name}"

"""No two modules of docgen need each other: imports inside functions and those that only types need count, too.

The contracts of import-linter keep the layers apart; inside a layer two modules could still lean on one another.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import docgen

PACKAGE = Path(docgen.__file__).resolve().parent


def read_modules(package: Path) -> dict[str, tuple[str, bool]]:
    """The source of every module by its dotted name, and whether it is a package's own."""
    modules: dict[str, tuple[str, bool]] = {}
    for path in sorted(package.rglob("*.py")):
        parts = (package.name, *path.relative_to(package).with_suffix("").parts)
        is_package = parts[-1] == "__init__"
        modules[".".join(parts[:-1] if is_package else parts)] = path.read_text("utf-8"), is_package
    return modules


def find_imports(modules: Mapping[str, tuple[str, bool]]) -> dict[str, set[str]]:
    """What each module imports of the others, late or for types alone as well.

    A package that is passed on the way to a module isn't counted: it is asked for nothing.
    """
    graph: dict[str, set[str]] = {}
    for name, (source, is_package) in modules.items():
        named = {target for target in _name_targets(ast.parse(source), name, is_package, modules)}
        graph[name] = named - {name}
    return graph


def _name_targets(node: ast.AST, name: str, is_package: bool, known: Iterable[str]) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if alias.name in known)
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            above = name.split(".")[: len(name.split(".")) - node.level + is_package]
            base = ".".join([*above, base] if base else above)
        for alias in node.names:
            inner = f"{base}.{alias.name}"
            if inner in known:
                yield inner
            elif base in known:
                yield base
    for child in ast.iter_child_nodes(node):
        yield from _name_targets(child, name, is_package, known)


def find_cycles(graph: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """The groups of modules that reach each other (Tarjan's strongly connected components), sorted."""
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    waiting: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        order[name] = lowest[name] = len(order)
        waiting.append(name)
        for other in graph[name]:
            if other not in order:
                visit(other)
                lowest[name] = min(lowest[name], lowest[other])
            elif other in waiting:
                lowest[name] = min(lowest[name], order[other])
        if lowest[name] == order[name]:
            at = waiting.index(name)
            if len(waiting) - at > 1:
                found.append(sorted(waiting[at:]))
            del waiting[at:]

    for name in graph:
        if name not in order:
            visit(name)
    return sorted(found)


def test_no_two_modules_import_each_other() -> None:
    graph = find_imports(read_modules(PACKAGE))
    assert "docgen.messages" in graph["docgen.cli.commands.check"]
    assert "docgen.pipeline" in graph["docgen.cli.commands.check"], "an import inside a function counts"
    assert find_cycles(graph) == []


def test_late_and_relative_imports_and_those_for_types_are_counted() -> None:
    modules = {
        "p": ("", True),
        "p.a": ("def f():\n    from p.b import g\n", False),
        "p.b": ("from . import c\n", False),
        "p.c": ("import p.a\n", False),
        "p.d": ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from p.e import x\n", False),
        "p.e": ("from .d import y\n", False),
        "p.q": ("from .r import x\n", True),
        "p.q.r": ("from . import x\n", False),
    }
    graph = find_imports(modules)
    assert (graph["p.b"], graph["p.d"], graph["p.q"]) == ({"p.c"}, {"p.e"}, {"p.q.r"})
    assert find_cycles(graph) == [["p.a", "p.b", "p.c"], ["p.d", "p.e"], ["p.q", "p.q.r"]]


def test_no_test_imports_another() -> None:
    """What several tests need lies in a module beside them that holds no tests."""
    imported = re.compile(r"^\s*(?:from|import) (?:\w+\.)*test_\w+", re.MULTILINE)
    tests = Path(__file__).resolve().parents[1]
    found = {path.name: imported.findall(path.read_text("utf-8")) for path in tests.rglob("*.py")}
    assert {name: lines for name, lines in found.items() if lines} == {}

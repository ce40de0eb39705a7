"""Names that a condition makes sure of: printed inside of it, they can't be absent."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import nodes

    from docgen.render.scan.values import KnownNames

Names = frozenset[str]
_NONE: Names = frozenset()
EVERYTHING = "*"
"""Among the names made sure of: in a form to fill by hand, whatever is absent leaves its place free."""
_SURE = frozenset({"eq", "in", "gt", "gteq", "lt", "lteq"})


def find_guards(test: nodes.Node, around: KnownNames) -> tuple[Names, Names]:
    """The names that are sure to be present where the test holds, and where it doesn't."""
    from jinja2 import nodes

    test = unwrap(test)
    if isinstance(test, nodes.Not):
        positive, negative = find_guards(test.node, around)
        return negative, positive
    if isinstance(test, nodes.And):
        left, right = find_guards(test.left, around), find_guards(test.right, around)
        return left[0] | right[0], _share(left[1], right[1])
    if isinstance(test, nodes.Or):
        left, right = find_guards(test.left, around), find_guards(test.right, around)
        return _share(left[0], right[0]), left[1] | right[1]
    if isinstance(test, nodes.Compare):
        return _find_compared(test, around), _NONE
    if isinstance(test, nodes.Filter) and test.node is not None:
        return (_NONE if test.name in ("default", "box", "stars") else find_guards(test.node, around)[0]), _NONE
    origin = find_origin(test, around)
    return frozenset({EVERYTHING}) if origin == "blank" else _close(origin), _NONE


def _share(first: Names, second: Names) -> Names:
    """What both make sure of."""
    if EVERYTHING in first:
        return second
    return first if EVERYTHING in second else first & second


def _find_compared(test: nodes.Compare, around: KnownNames) -> Names:
    # A missing value equals nothing, is in nothing and is neither more nor less than anything.
    names = _close(find_origin(test.expr, around)) if test.ops[0].op in _SURE else _NONE
    for operand in test.ops:
        if operand.op in ("eq", "gt", "gteq", "lt", "lteq"):
            names |= _close(find_origin(operand.expr, around))
    return names


def unwrap(node: nodes.Node) -> nodes.Node:
    """The expression as it was typed: without the filters that the sandbox puts around some."""
    from jinja2 import nodes

    while isinstance(node, nodes.Filter) and node.name.startswith("_") and node.node is not None:
        node = node.node
    return node


def format_name(node: nodes.Node) -> str:
    """The name that an expression reads, as it is typed; … where it is no name."""
    from jinja2 import nodes

    node = unwrap(node)
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        return f"{format_name(node.node)}.{node.attr}"
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        index = node.arg.value
        return f"{format_name(node.node)}." + index if isinstance(index, str) else f"{format_name(node.node)}[{index}]"
    if isinstance(node, nodes.Filter) and node.node is not None:
        return format_name(node.node)
    return "…"


def _close(origin: str | None) -> Names:
    """A name and everything that it stands in."""
    if origin is None:
        return _NONE
    parts = origin.split(".")
    return frozenset(".".join(parts[:count]) for count in range(1, len(parts) + 1))


def find_origin(node: nodes.Node, around: KnownNames) -> str | None:
    """The name that an expression reads, if it is nothing but a name."""
    from jinja2 import nodes

    node = unwrap(node)
    if isinstance(node, nodes.Name):
        found = around.find(node.name)
        return found.origin if found is not None else None
    if isinstance(node, nodes.Getattr):
        base = find_origin(node.node, around)
        return f"{base}.{node.attr}" if base is not None else None
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        base = find_origin(node.node, around)
        if base is None:
            return None
        return f"{base}.{node.arg.value}" if isinstance(node.arg.value, str) else f"{base}[]"
    return None

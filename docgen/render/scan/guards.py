"""Finds the names that a condition guarantees: inside of it, they can't be absent."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import nodes

    from docgen.render.scan.values import NameScope

Names = frozenset[str]
_NONE: Names = frozenset()
EVERYTHING = "*"
"""Guarantees every name: in a form to fill by hand, whatever is absent is left blank."""
_GUARANTEEING = frozenset({"eq", "in", "gt", "gteq", "lt", "lteq"})


def find_guards(test: nodes.Node, scope: NameScope) -> tuple[Names, Names]:
    """Find the names that are certainly present where the test is true, and where it is false."""
    from jinja2 import nodes

    test = unwrap(test)
    if isinstance(test, nodes.Not):
        positive, negative = find_guards(test.node, scope)
        return negative, positive
    if isinstance(test, nodes.And):
        left, right = find_guards(test.left, scope), find_guards(test.right, scope)
        return left[0] | right[0], _intersect(left[1], right[1])
    if isinstance(test, nodes.Or):
        left, right = find_guards(test.left, scope), find_guards(test.right, scope)
        return _intersect(left[0], right[0]), left[1] | right[1]
    if isinstance(test, nodes.Compare):
        return _find_compared(test, scope), _NONE
    if isinstance(test, nodes.Filter) and test.node is not None:
        return (_NONE if test.name in ("default", "box", "stars") else find_guards(test.node, scope)[0]), _NONE
    origin = find_origin(test, scope)
    return frozenset({EVERYTHING}) if origin == "blank" else _add_parents(origin), _NONE


def _intersect(first: Names, second: Names) -> Names:
    """Intersect two sets of guaranteed names."""
    if EVERYTHING in first:
        return second
    return first if EVERYTHING in second else first & second


def _find_compared(test: nodes.Compare, scope: NameScope) -> Names:
    # A missing value equals nothing, is in no list and is neither greater nor less than anything.
    names = _add_parents(find_origin(test.expr, scope)) if test.ops[0].op in _GUARANTEEING else _NONE
    for operand in test.ops:
        if operand.op in ("eq", "gt", "gteq", "lt", "lteq"):
            names |= _add_parents(find_origin(operand.expr, scope))
    return names


def unwrap(node: nodes.Node) -> nodes.Node:
    """Remove the filters that the sandbox puts around an expression."""
    from jinja2 import nodes

    while isinstance(node, nodes.Filter) and node.name.startswith("_") and node.node is not None:
        node = node.node
    return node


def format_name(node: nodes.Node) -> str:
    """Format the name that an expression reads, as typed; … where it is no name."""
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


def _add_parents(origin: str | None) -> Names:
    """Add to a name the names of the parts around it."""
    if origin is None:
        return _NONE
    parts = origin.split(".")
    return frozenset(".".join(parts[:count]) for count in range(1, len(parts) + 1))


def find_origin(node: nodes.Node, scope: NameScope) -> str | None:
    """Find the name that an expression reads, if it is nothing but a name."""
    from jinja2 import nodes

    node = unwrap(node)
    if isinstance(node, nodes.Name):
        value = scope.find(node.name)
        return value.origin if value is not None else None
    if isinstance(node, nodes.Getattr):
        base = find_origin(node.node, scope)
        return f"{base}.{node.attr}" if base is not None else None
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        base = find_origin(node.node, scope)
        if base is None:
            return None
        return f"{base}.{node.arg.value}" if isinstance(node.arg.value, str) else f"{base}[]"
    return None

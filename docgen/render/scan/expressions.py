"""Infers the type of an expression in a template: the name that it reads, and whether its value may be absent.

Without declared names (``names`` is None) every name is accepted; that lists the names that a template uses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from docgen.render.context.types import ANY, Kind, Shape, list_of
from docgen.render.scan.filters import FILTER_TYPES
from docgen.render.scan.guards import EVERYTHING, find_guards, format_name, unwrap
from docgen.render.scan.labels import find_paths
from docgen.render.scan.values import UNKNOWN, AbsentName, NameScope, Value
from docgen.render.values.docxtpl_names import find_docxtpl_replacement

if TYPE_CHECKING:
    from jinja2 import nodes

Report = Callable[..., None]
"""``report(code, **params)`` reports a fault of the current tag."""


@dataclass(slots=True)
class TypeReader:
    """Infers the types of expressions in a scope and reports their faults; ``use`` records the names that they read."""

    scope: NameScope
    report: Report
    use: Callable[[str, str], None]

    def read(self, node: nodes.Node) -> Value:
        """Infer the value of an expression."""
        from jinja2 import nodes

        node = unwrap(node)
        readers: Mapping[type, Callable[[Any], Value]] = {
            nodes.Name: self._read_name,
            nodes.Getattr: self._read_attribute,
            nodes.Getitem: self._read_item,
            nodes.Filter: self._read_filter,
            nodes.Test: self._read_test,
            nodes.CondExpr: self._read_condition,
            nodes.Or: self._read_or,
            nodes.And: self._read_and,
            nodes.Not: self._read_not,
            nodes.Compare: self._read_compare,
            nodes.Concat: self._read_concat,
            nodes.Call: self._read_call,
            nodes.Const: self._read_const,
            nodes.List: self._read_list,
            nodes.Tuple: self._read_list,
        }
        reader = readers.get(type(node))
        if reader is not None:
            return reader(node)
        for child in node.iter_child_nodes():
            self.read_used(child, "printed")
        return Value(Shape("number"))

    def read_used(self, node: nodes.Node, how: str) -> Value:
        """Infer the value of an expression and record how its name is used (``printed``, ``looped``, ``condition``)."""
        value = self.read(node)
        if value.origin is not None:
            self.use(value.origin, how)
        return value

    def read_test(self, node: nodes.Node) -> None:
        """Read the condition of an ``if``."""
        self.read_used(node, "condition")

    def add_guards(self, added: Iterable[str]) -> TypeReader:
        """Give the reader for the inside of a condition that guarantees these names."""
        scope = replace(self.scope, guards=self.scope.guards | frozenset(added))
        return replace(self, scope=scope)

    def _read_name(self, node: nodes.Name) -> Value:
        value = self.scope.find(node.name)
        if value is None:
            self.report_unknown(node.name, self.scope.list_names())
            return UNKNOWN
        return self._add_gap(value, node.name)

    def report_unknown(self, name: str, known: Iterable[str], inside: str = "") -> None:
        """Report an unknown name, with the most similar known one or with all known ones."""
        from docgen.profile.faults import find_nearest

        paths = self._find_labelled(name, inside)
        if paths:
            self.report("T430", name=name, path=paths[0], paths="、".join(paths))
            return
        offered = list(dict.fromkeys(known))
        nearest = find_nearest(name, offered)
        full_name = f"{inside}.{name}" if inside else name
        if nearest:
            self.report("T301", name=full_name, nearest=f"{inside}.{nearest}" if inside else nearest)
        else:
            self.report("T302", name=full_name, known="、".join(offered[:30]))

    def _find_labelled(self, name: str, inside: str) -> tuple[str, ...]:
        """Find the names with this Chinese label: inside the name that was read, else anywhere."""
        if name.isascii() or self.scope.names is None:
            return ()
        shapes = {key: value.shape for key, value in (*self.scope.names.items(), *self.scope.local.items())}
        steps = inside.replace("[]", "").split(".") if inside else []
        shape = shapes.get(steps[0]) if steps else None
        for step in steps[1:]:
            shape = shape.names.get(step) if shape is not None else None
        within = find_paths(name, {inside: shape}) if shape is not None else ()
        return within or find_paths(name, shapes)

    def check_option(self, value: Value, option: nodes.Node, spelled: str) -> None:
        """Report an option that a field doesn't have: it would never be ticked or equal."""
        from jinja2 import nodes

        shape = value.shape.item if value.shape.kind == "list" and value.shape.item is not None else value.shape
        constant = option.value if isinstance(option, nodes.Const) else None
        if isinstance(constant, str) and shape.options and constant not in shape.options:
            self.report("T438", name=spelled, option=constant, options="、".join(shape.options))
        elif isinstance(constant, str) and shape.kind == "yes_no":
            self.report("T438", name=spelled, option=constant, options="true、false")

    def _add_gap(self, value: Value, spelled: str) -> Value:
        """Add to a value the name that may be absent: its own, where no condition guarantees it."""
        if value.gap is not None and value.gap.origin in self.scope.guards:
            value = replace(value, gap=None)
        if EVERYTHING in self.scope.guards:
            return replace(value, gap=None)
        if value.gap is None and value.shape.absence in ("optional", "never") and value.origin is not None:
            if value.origin in self.scope.guards:
                return value
            return replace(value, gap=AbsentName(value.origin, value.shape, spelled))
        return value

    def _read_attribute(self, node: nodes.Getattr) -> Value:
        return self._read_member(self.read(node.node), node.attr, format_name(node.node))

    def _read_member(self, base: Value, name: str, spelled: str) -> Value:
        shape = base.shape
        origin = f"{base.origin}.{name}" if base.origin is not None else None
        inner = shape.read_name(name)
        if inner is not None:
            return self._add_gap(Value(inner, origin, base.gap), f"{spelled}.{name}")
        if shape.kind == "list":
            self.report("T303", name=spelled, field=name)
        elif shape.kind == "fields" and shape.names:
            self.report_unknown(name, shape.list_names(), spelled)
        else:
            self.report("T304", name=spelled, field=name)
        return UNKNOWN

    def _read_item(self, node: nodes.Getitem) -> Value:
        from jinja2 import nodes

        base = self.read(node.node)
        if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            return self._read_member(base, node.arg.value, format_name(node.node))
        if not isinstance(node.arg, nodes.Slice):
            self.read_used(node.arg, "printed")
            if base.shape.kind == "list":
                return self._read_list_item(base)
            return UNKNOWN
        return base

    def _read_list_item(self, base: Value) -> Value:
        origin = f"{base.origin}[]" if base.origin is not None else None
        return Value(base.shape.item or ANY, origin, base.gap)

    def _read_filter(self, node: nodes.Filter) -> Value:
        for argument in (*node.args, *(keyword.value for keyword in node.kwargs)):
            self.read_used(argument, "printed")
        if node.node is None:
            return UNKNOWN
        value = self.read_used(node.node, "printed")
        filter_type = FILTER_TYPES.get(node.name)
        if filter_type is None:
            return UNKNOWN
        if node.name == "box" and node.args:
            self.check_option(value, node.args[0], format_name(node.node))
        kind = value.shape.kind
        if filter_type.takes and kind not in (*filter_type.takes, "any", "scalar"):
            self.report("T310", filter=node.name, name=format_name(node.node), wanted=name_kinds(filter_type.takes))
        gap = None if filter_type.settles else value.gap
        if filter_type.gives == "item":
            return replace(self._read_list_item(value), gap=gap)
        if filter_type.gives == "same":
            return replace(value, gap=gap)
        return Value(Shape(filter_type.gives), value.origin if kind != "list" else None, gap)

    def _read_test(self, node: nodes.Test) -> Value:
        from jinja2 import nodes

        lenient = node.name in ("defined", "undefined") and isinstance(node.node, nodes.Name)
        if not lenient:
            self.read_used(node.node, "condition")
        return Value(Shape("yes_no"))

    def _read_condition(self, node: nodes.CondExpr) -> Value:
        self.read_test(node.test)
        positive, negative = find_guards(node.test, self.scope)
        first = self.add_guards(positive).read_used(node.expr1, "printed")
        if node.expr2 is None:
            return first
        second = self.add_guards(negative).read_used(node.expr2, "printed")
        return _join_values(first, second)

    def _read_or(self, node: nodes.Or) -> Value:
        left = self.read_used(node.left, "condition")
        _, negative = find_guards(node.left, self.scope)
        right = self.add_guards(negative).read_used(node.right, "condition")
        self._use_whole(left, right)
        return replace(_join_values(left, right), gap=right.gap)

    def _read_and(self, node: nodes.And) -> Value:
        left = self.read_used(node.left, "condition")
        positive, _ = find_guards(node.left, self.scope)
        right = self.add_guards(positive).read_used(node.right, "condition")
        self._use_whole(left, right)
        return _join_values(left, right)

    def _use_whole(self, *values: Value) -> None:
        """Record all of a part or list as used: of one of two alternatives, later names can't be traced."""
        for value in values:
            if value.origin is not None and value.shape.kind in ("fields", "list"):
                self.use(value.origin, "printed")

    def _read_not(self, node: nodes.Not) -> Value:
        self.read_used(node.node, "condition")
        return Value(Shape("yes_no"))

    def _read_compare(self, node: nodes.Compare) -> Value:
        from jinja2 import nodes

        left = self.read_used(node.expr, "printed")
        for operand in node.ops:
            right = self.read_used(operand.expr, "printed")
            options = operand.expr.items if isinstance(operand.expr, nodes.List | nodes.Tuple) else [operand.expr]
            if operand.op in ("eq", "ne", "in", "notin"):
                for option in options:
                    self.check_option(left, option, format_name(node.expr))
                self.check_option(right, node.expr, format_name(operand.expr))
        return Value(Shape("yes_no"))

    def _read_concat(self, node: nodes.Concat) -> Value:
        from jinja2 import nodes

        gap = None
        for part in node.nodes:
            # The sandbox joins the operands as one list.
            inner = unwrap(part)
            for item in inner.items if isinstance(inner, nodes.List) else [inner]:
                value = self.read_used(item, "printed")
                gap = gap or value.gap
        return Value(Shape("text"), None, gap)

    def _read_call(self, node: nodes.Call) -> Value:
        from jinja2 import nodes

        for argument in (*node.args, *(keyword.value for keyword in node.kwargs)):
            self.read_used(argument, "printed")
        called = node.node
        if isinstance(called, nodes.Name) and called.name == "range":
            return Value(list_of(Shape("number")))
        if isinstance(called, nodes.Getattr) and isinstance(called.node, nodes.Name) and called.node.name == "loop":
            return UNKNOWN
        name = format_name(called)
        if find_docxtpl_replacement(name) is None:  # else compiling reports it
            self.report("T316", name=name)
        return UNKNOWN

    def _read_const(self, node: nodes.Const) -> Value:
        kinds: Mapping[type, Kind] = {str: "text", bool: "yes_no"}
        return Value(Shape(kinds.get(type(node.value), "number")))

    def _read_list(self, node: nodes.List | nodes.Tuple) -> Value:
        items = [self.read_used(item, "printed") for item in node.items]
        return Value(list_of(items[0].shape if items else ANY))


def _join_values(first: Value, second: Value) -> Value:
    same = first.shape.kind == second.shape.kind
    plain = {first.shape.kind, second.shape.kind} <= {"text", "number", "date", "month", "minute", "scalar", "yes_no"}
    shape = first.shape if same else Shape("scalar") if plain else ANY
    return Value(shape, None, first.gap or second.gap)


def name_kinds(kinds: Iterable[Kind]) -> Any:
    """Name kinds of values by terms of the message catalogue."""
    from docgen.diagnostics import Term

    listed = list(kinds)
    if len(listed) == 1:
        return Term(f"scan.kind.{listed[0]}")
    return Term("scan.kinds", {"first": Term(f"scan.kind.{listed[0]}"), "rest": name_kinds(listed[1:])})

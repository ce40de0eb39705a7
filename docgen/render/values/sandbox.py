"""The sandboxed Jinja environment that renders every template: values and filters in, text out, nothing else.

A template can loop, ask whether something is there, and print. It can't load files, call methods, define macros, switch
escaping off or reach a name that begins with ``_``.

The filters are listed in ``docgen.render.values.filters``.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

from jinja2 import nodes
from jinja2.exceptions import SecurityError, TemplateSyntaxError, UndefinedError
from jinja2.runtime import LoopContext, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from docgen.record.masking import Masked
from docgen.record.month import Month
from docgen.render.values.filters import FILTERS, MAX_LENGTH
from docgen.render.values.values import Missing

if TYPE_CHECKING:
    from types import FrameType

MAX_RANGE = 1000
MAX_REPEAT = 10_000
MAX_BITS = 4096
MAX_ITERATIONS = 1_000_000
"""The greatest number of loop iterations in one rendering: a template with more would never end."""
_LEAVES = frozenset(
    {str, Masked, int, bool, Decimal, dt.date, dt.datetime, Month, Missing, list, tuple, dict, type(None)}
)
_REFUSED_STATEMENTS = (
    *(nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends, nodes.Block, nodes.Macro, nodes.CallBlock),
    *(nodes.FilterBlock, nodes.AssignBlock, nodes.EvalContextModifier, nodes.ScopedEvalContextModifier),
)
FORMAT_FILTER = "_spelled"
"""The filter that formats what ``~`` joins: ``finalize``, unless an engine sets another one."""
_JOINED, _BOUNDED, _DECIMAL = "_joined", "_bounded", "_decimal"
_iterations: ContextVar[list[int] | None] = ContextVar("_iterations", default=None)
_reports: ContextVar[list[UnknownName] | None] = ContextVar("_reports", default=None)


class RefusedStatementError(TemplateSyntaxError):
    """A statement that templates may not use; ``message`` is its name."""


class UnknownName(Undefined):
    """A name that the context doesn't have: false, empty, and always reported.

    Inside ``collect_unknown`` it is collected and rendering goes on; outside, using it raises UndefinedError. ``name``
    is the last part of the name, ``line`` the line of the template (see ``find_tag``), ``unsafe`` tells that the name
    exists and is refused.
    """

    __slots__ = ("line", "template")
    line: int
    template: str | None

    @property
    def name(self) -> str:
        """The last part of the name asked for."""
        return str(self._undefined_name)

    @property
    def unsafe(self) -> bool:
        """Whether the name exists and is refused."""
        return self._undefined_exception is SecurityError

    def report(self) -> None:
        """Report that the template used this name."""
        unknown = _reports.get()
        if unknown is None:
            raise UndefinedError(self._undefined_message)
        self.template, self.line = find_tag()
        unknown.append(self)

    def __getattr__(self, name: str) -> UnknownName:
        if name.startswith("_"):
            raise AttributeError(name)
        return self

    def __getitem__(self, key: object) -> UnknownName:  # type: ignore[override]
        return self

    def __str__(self) -> str:
        self.report()
        return ""

    def __bool__(self) -> bool:
        self.report()
        return False

    def __len__(self) -> int:
        self.report()
        return 0

    def __iter__(self) -> Iterator[object]:
        self.report()
        return iter(())

    def __eq__(self, other: object) -> bool:
        self.report()
        return False

    def __ne__(self, other: object) -> bool:
        self.report()
        return True

    __hash__ = object.__hash__


@contextmanager
def collect_unknown() -> Iterator[list[UnknownName]]:
    """Collect the unknown names of one rendering in a list, instead of raising at the first.

    The loops of the rendering have MAX_ITERATIONS iterations together.
    """
    unknown: list[UnknownName] = []
    reports_token, iterations_token = _reports.set(unknown), _iterations.set([MAX_ITERATIONS])
    try:
        yield unknown
    finally:
        _reports.reset(reports_token)
        _iterations.reset(iterations_token)


def find_tag(error: BaseException | None = None) -> tuple[str | None, int]:
    """Find the name and the line of the template that is being rendered now, or in which ``error`` was raised.

    Slow: for reports only. A caller that wants a line per tag puts a line break behind each ``{{`` and ``{%``. Outside
    of a template the answer is (None, 0).
    """
    place: tuple[str | None, int] = None, 0
    if error is not None:
        trace = error.__traceback__
        while trace is not None:
            place = _read_frame(trace.tb_frame.f_globals, trace.tb_lineno) or place
            trace = trace.tb_next
        return place
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        here = _read_frame(frame.f_globals, frame.f_lineno)
        if here is not None:
            return here
        frame = frame.f_back
    return place


def _read_frame(names: Mapping[str, Any], python_line: int) -> tuple[str | None, int] | None:
    """Read name and line from a frame's globals: Jinja's compiled modules hold the template's name and a line map."""
    pairs = names.get("debug_info")
    if not isinstance(pairs, str) or "blocks" not in names:
        return None
    line = 1
    for pair in filter(None, pairs.split("&")):
        template_line, _, code_line = pair.partition("=")
        if int(code_line) > python_line:
            break
        line = int(template_line)
    return names.get("name"), line


class _MappingTypes(dict[type, bool]):
    """Caches which types are mappings: ``isinstance`` would take longer than all the rest of ``getattr``."""

    def __missing__(self, kind: type) -> bool:
        self[kind] = issubclass(kind, Mapping)
        return self[kind]


_is_mapping = _MappingTypes()


class Sandbox(ImmutableSandboxedEnvironment):
    """A Jinja environment without calls, imports and private names; see the module's docstring."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "**", "%"})

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Read a field of a value, neither private nor callable; fields of a missing or masked value are itself."""
        if attribute.startswith("_"):
            return self.unsafe_undefined(obj, attribute)
        value: Any
        kind = type(obj)
        if kind is UnknownName or kind is Masked:
            value = obj
        elif kind is Missing:
            value = Missing(f"{obj.path}.{attribute}", obj.label, obj.mode)
        elif _is_mapping[kind]:
            value = obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
        else:
            try:
                value = getattr(obj, attribute)
            except AttributeError:
                return self.undefined(obj=obj, name=attribute)
            if type(value) not in _LEAVES and (callable(value) or not self.is_safe_attribute(obj, attribute, value)):
                return value if isinstance(obj, LoopContext) else self.unsafe_undefined(obj, attribute)
        return value

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Read an item of a list or mapping; a name in brackets is a field."""
        if isinstance(argument, str):
            return self.getattr(obj, argument)
        if isinstance(obj, (Missing, UnknownName, Masked)):
            return obj
        try:
            return obj[argument]
        except (TypeError, LookupError):
            return self.undefined(obj=obj, name=argument)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Compute in decimals, refusing huge results; with a missing operand the result is missing."""
        for operand in (left, right):
            if isinstance(operand, Missing):
                return operand
        if operator == "/" and isinstance(left, int) and isinstance(right, int):
            if not right:
                raise ZeroDivisionError
            return Decimal(left) / right
        if operator == "**" or (isinstance(left, str) and operator == "%"):
            raise SecurityError(operator)
        if operator == "*":
            for text, times in ((left, right), (right, left)):
                if isinstance(text, (str, list, tuple)) and isinstance(times, int) and len(text) * times > MAX_REPEAT:
                    raise SecurityError(operator)
            if isinstance(left, int) and isinstance(right, int) and left.bit_length() + right.bit_length() > MAX_BITS:
                raise SecurityError(operator)
        if operator == "+" and isinstance(left, (str, list, tuple)) and isinstance(right, (str, list, tuple)):
            _check_length(len(left) + len(right))
        return super().call_binop(context, operator, left, right)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """Parse a template, refuse unsafe statements, bound its loops and format what ``~`` joins."""
        tree = super()._parse(source, name, filename)
        self._amend(tree, name, filename)
        return tree

    def _amend(self, node: nodes.Node, name: str | None, filename: str | None) -> nodes.Node:
        """Amend a node and all below it; returns the node that replaces it."""
        if isinstance(node, nodes.Const):
            return self._filter_figure(node) if isinstance(node.value, float) else node
        if isinstance(node, _REFUSED_STATEMENTS):
            raise RefusedStatementError(type(node).__name__.lower(), node.lineno, name, filename)
        if isinstance(node, nodes.For) and node.recursive:
            raise RefusedStatementError("recursive", node.lineno, name, filename)
        for field in node.fields:
            value = getattr(node, field, None)
            if isinstance(value, nodes.Node):
                setattr(node, field, self._amend(value, name, filename))
            elif isinstance(value, list):
                value[:] = [
                    self._amend(child, name, filename) if isinstance(child, nodes.Node) else child for child in value
                ]
        if isinstance(node, nodes.For):
            node.iter = self._filter(node.iter, _BOUNDED, node.lineno)
        elif isinstance(node, nodes.Concat):
            formatted = [self._filter(part, FORMAT_FILTER, part.lineno) for part in node.nodes]
            parts = nodes.List(formatted, lineno=node.lineno, environment=self)
            node.nodes = [self._filter(parts, _JOINED, node.lineno)]
        return node

    def _filter_figure(self, figure: nodes.Const) -> nodes.Filter:
        """Make a typed figure an exact decimal: 0.1 is a tenth, as in the record, and no binary float."""
        typed = nodes.Const(repr(figure.value), lineno=figure.lineno, environment=self)
        return self._filter(typed, _DECIMAL, figure.lineno)

    def _filter(self, value: nodes.Node, name: str, line: int) -> nodes.Filter:
        return nodes.Filter(cast("nodes.Expr", value), name, [], [], None, None, lineno=line, environment=self)


def make_environment(finalize: Callable[[Any], Any]) -> Sandbox:
    """Make a sandbox: autoescaping, without loader; ``finalize`` makes text (or Markup) of each printed value."""
    environment = Sandbox(
        autoescape=True, undefined=UnknownName, finalize=finalize, loader=None, keep_trailing_newline=True
    )
    environment.globals.clear()
    environment.globals["range"] = make_range
    kept = {name: environment.filters[name] for name in ("length", "count", "first", "last", "reverse")}
    environment.filters.clear()
    environment.filters.update(kept)
    environment.filters.update(FILTERS)
    # Whatever is printed is escaped once already.
    environment.filters["e"] = environment.filters["escape"] = lambda value: value
    environment.filters[FORMAT_FILTER] = finalize
    environment.filters.update({_JOINED: join_texts, _BOUNDED: bound_iterations, _DECIMAL: Decimal})
    return environment


def make_range(*bounds: int) -> range:
    """Make a range as Python does, refused beyond MAX_RANGE steps."""
    steps = range(*bounds)
    if len(steps) > MAX_RANGE:
        raise SecurityError("range")
    return steps


def join_texts(parts: list[Any]) -> str:
    """Join the operands of ``~``, up to MAX_LENGTH characters."""
    texts = [str(part) for part in parts]
    _check_length(sum(map(len, texts)))
    return "".join(texts)


def bound_iterations(values: Any) -> Any:
    """Return the values of a loop, while the loops of this rendering have iterations left."""
    iterations = _iterations.get()
    if iterations is None or isinstance(values, (UnknownName, Missing)):
        return values
    items = values if isinstance(values, (list, tuple, range)) else list(islice(values, MAX_ITERATIONS))
    iterations[0] -= len(items)
    if iterations[0] < 0:
        raise SecurityError("for")
    return items


def _check_length(length: int) -> None:
    if length > MAX_LENGTH:
        raise SecurityError("~")

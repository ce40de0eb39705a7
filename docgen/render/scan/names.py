"""Checks the names and blocks of a template by following its tags from top to bottom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from docgen.diagnostics import Diagnostic, Location, Param, Severity
from docgen.render.context.types import ANY, Kind, Shape
from docgen.render.scan.expressions import TypeReader
from docgen.render.scan.guards import find_guards, format_name
from docgen.render.scan.values import UNKNOWN, NameScope, Value

if TYPE_CHECKING:
    from jinja2 import nodes

    from docgen.render.scan.tags import ParsedTag, Tag

Use = Literal["printed", "looped", "condition"]
WARNINGS = frozenset({"T307", "T309", "T311", "T312", "T438"})
_LOOP: Mapping[str, Kind] = {
    **dict.fromkeys(("index", "index0", "revindex", "revindex0", "length", "depth", "depth0"), "number"),
    **dict.fromkeys(("first", "last"), "yes_no"),
    **dict.fromkeys(("previtem", "nextitem", "cycle", "changed"), "any"),
}
LOOP = Shape("fields", names={name: Shape(kind) for name, kind in _LOOP.items()})


@dataclass(frozen=True, slots=True)
class NameUse:
    """A name that a template uses, e.g. ``form.opinions[].text``: how it is used, by which tag, and where."""

    name: str
    use: Use
    tag: str
    location: Location


@dataclass(slots=True)
class NameScan:
    """The result of following the tags: the names used, the faults, the names printed."""

    uses: list[NameUse] = field(default_factory=list)
    faults: list[Diagnostic] = field(default_factory=list)
    printed: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Block:
    tag: Tag
    before: NameScope
    otherwise: frozenset[str] = frozenset()


def scan_names(tags: Iterable[ParsedTag], names: Mapping[str, Shape] | None, broken: Mapping[str, str]) -> NameScan:
    """Follow the tags; ``names`` are those that the template may use (None: any).

    ``broken`` are the parts with tags that couldn't be parsed, with the text of these tags: a block's missing end that
    may be among them isn't reported again.
    """
    return _NameScanner(names, broken).follow(tags)


class _NameScanner:
    def __init__(self, names: Mapping[str, Shape] | None, broken: Mapping[str, str]) -> None:
        self.scan = NameScan()
        self.names = None if names is None else {name: Value(shape, name) for name, shape in names.items()}
        self.broken = broken
        self.scope = NameScope(self.names)
        self.blocks: list[_Block] = []
        self.part: str | None = None
        self.tag: Tag | None = None
        self.crossed_keywords: list[str] = []

    def follow(self, tags: Iterable[ParsedTag]) -> NameScan:
        for parsed in tags:
            self.enter(parsed.tag)
            self.scan_tag(parsed)
        self.close_blocks(())
        return self.scan

    def enter(self, tag: Tag) -> None:
        """Report and close the blocks that had to end before this tag, in the same cell or part."""
        if self.part != tag.unit[0]:
            self.close_blocks(())
            self.part, self.scope = tag.unit[0], NameScope(self.names)
        self.close_blocks(tag.unit)
        self.tag = tag

    def close_blocks(self, unit: tuple[str, ...]) -> None:
        while self.blocks and self.blocks[-1].tag.unit != unit[: len(self.blocks[-1].tag.unit)]:
            block = self.blocks.pop()
            self.scope = block.before
            self.report_at("T313", block.tag, ending=f"end{block.tag.keyword}")

    def report_at(self, code: str, at: Tag, **params: Param) -> None:
        keyword = params.get("ending" if code == "T313" else "opening", "") if code in ("T313", "T314") else ""
        unparsed = self.broken.get(at.unit[0], "")
        if keyword and (str(keyword) in unparsed or at.typed in unparsed):
            return
        severity = Severity.WARNING if code in WARNINGS else Severity.ERROR
        fault = Diagnostic(code, severity, {"tag": at.typed, **params}, at.location)
        if fault not in self.scan.faults:
            self.scan.faults.append(fault)

    def report(self, code: str, **params: Param) -> None:
        assert self.tag is not None
        self.report_at(code, self.tag, **params)

    def use(self, name: str, how: str) -> None:
        assert self.tag is not None
        if name.partition(".")[0] == "loop":
            return
        name_use = NameUse(name, how, self.tag.typed, self.tag.location)  # type: ignore[arg-type]
        if name_use not in self.scan.uses:
            self.scan.uses.append(name_use)
        if how == "printed":
            self.scan.printed.add(name)

    @property
    def type_reader(self) -> TypeReader:
        return TypeReader(self.scope, self.report, self.use)

    def scan_tag(self, parsed: ParsedTag) -> None:
        tag, node = parsed.tag, parsed.node
        if tag.word == "print" and node is not None:
            self.print_value(tag, self.type_reader.read_used(node, "printed"), format_name(node))
        elif tag.word == "layout" and node is not None:
            self.type_reader.read_used(node, "printed")
        elif tag.word in ("for", "if", "with"):
            self.open_block(tag, node)
        elif tag.word == "set" and node is not None:
            self.set_names(node)
        elif tag.word in ("elif", "else"):
            self.switch_branch(tag, node)
        elif tag.word == "end":
            self.close_block(tag)

    def print_value(self, tag: Tag, value: Value, name: str) -> None:
        kind = value.shape.kind
        if kind == "fields":
            self.report("T305", name=name)
        elif kind == "list":
            self.report("T306", name=name)
        elif kind == "yes_no":
            self.report("T309", name=name)
        elif kind == "prose" and tag.place != "paragraph":
            self.report("T308" if tag.place == "cell" else "T307", name=name)
        elif value.gap is not None:
            absent = value.gap
            if absent.shape.absence == "never":
                self.report("T312", name=absent.spelled)
            else:
                self.report("T311", name=absent.spelled, label=absent.shape.label or absent.spelled)

    def open_block(self, tag: Tag, node: nodes.Node | None) -> None:
        from jinja2 import nodes

        block = _Block(tag, self.scope)
        self.blocks.append(block)
        if isinstance(node, nodes.For):
            self.enter_loop(node)
        elif isinstance(node, nodes.If):
            self.type_reader.read_test(node.test)
            positive, block.otherwise = find_guards(node.test, self.scope)
            self.scope = replace(self.scope, guards=self.scope.guards | positive)
        elif isinstance(node, nodes.With):
            local = dict(self.scope.local)
            for target, value in zip(node.targets, node.values, strict=True):
                self.bind(local, target, self.type_reader.read(value))
            self.scope = replace(self.scope, local=local)

    def enter_loop(self, node: nodes.For) -> None:
        listed = self.type_reader.read_used(node.iter, "looped")
        item = UNKNOWN
        if listed.shape.kind == "list":
            origin = f"{listed.origin}[]" if listed.origin is not None else None
            item = Value(listed.shape.item or ANY, origin)
        elif listed.shape.kind == "any":
            item = Value(ANY, f"{listed.origin}[]" if listed.origin is not None else None)
        else:
            self.report("T317", name=format_name(node.iter))
        local = dict(self.scope.local)
        self.bind(local, node.target, item)
        local["loop"] = Value(LOOP, "loop")
        inside, _ = find_guards(node.iter, self.scope)
        self.scope = replace(self.scope, local=local, guards=self.scope.guards | inside)
        if node.test is not None:
            self.type_reader.read_test(node.test)
            positive, _ = find_guards(node.test, self.scope)
            self.scope = replace(self.scope, guards=self.scope.guards | positive)

    def bind(self, local: dict[str, Value], target: nodes.Node, value: Value) -> None:
        from jinja2 import nodes

        if isinstance(target, nodes.Name):
            local[target.name] = value
        elif isinstance(target, nodes.Tuple):
            for item in target.items:
                self.bind(local, item, UNKNOWN)

    def set_names(self, node: nodes.Node) -> None:
        from jinja2 import nodes

        if isinstance(node, nodes.Assign):
            local = dict(self.scope.local)
            self.bind(local, node.target, self.type_reader.read(node.node))
            self.scope = replace(self.scope, local=local)

    def switch_branch(self, tag: Tag, node: nodes.Node | None) -> None:
        from jinja2 import nodes

        block = self.blocks[-1] if self.blocks else None
        if block is None or block.tag.word == "with" or (block.tag.word == "for" and tag.word == "elif"):
            self.report_at("T314", tag, opening="if")
            return
        local = block.before.local if block.tag.word == "for" else self.scope.local
        self.scope = NameScope(self.names, local, block.before.guards | block.otherwise)
        if isinstance(node, nodes.If):
            self.type_reader.read_test(node.test)
            positive, negative = find_guards(node.test, self.scope)
            self.scope = replace(self.scope, guards=self.scope.guards | positive)
            block.otherwise |= negative

    def close_block(self, tag: Tag) -> None:
        opening = tag.keyword.removeprefix("end")
        if opening == "set":
            return
        block = self.blocks[-1] if self.blocks else None
        if opening in self.crossed_keywords and (block is None or block.tag.keyword != opening):
            self.crossed_keywords.remove(opening)
            return
        if block is None or block.tag.keyword != opening:
            waiting = next((item for item in reversed(self.blocks) if item.tag.keyword == opening), None)
            if waiting is None or block is None:
                self.report_at("T314", tag, opening=opening)
                return
            if tag.unit[0] not in self.broken or block.tag.location == waiting.tag.location == tag.location:
                self.report_at("T315", tag, open=block.tag.typed, ending=f"end{block.tag.keyword}")
            while self.blocks[-1] is not waiting:
                # The ends of the crossed blocks follow later; they are the same fault.
                self.crossed_keywords.append(self.blocks.pop().tag.keyword)
            block = waiting
        self.blocks.pop()
        # Names set inside an if stay defined behind it; those of a loop don't.
        local = self.scope.local if block.tag.word == "if" else block.before.local
        self.scope = NameScope(self.names, local, block.before.guards)

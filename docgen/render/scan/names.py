"""Following a template's tags from top to bottom: blocks, names, what is printed where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from docgen.diagnostics import Diagnostic, Location, Param, Severity
from docgen.render.context.types import ANY, Kind, Shape
from docgen.render.scan.expressions import TypeReader
from docgen.render.scan.guards import find_guards, format_name
from docgen.render.scan.values import NOTHING, KnownNames, Value

if TYPE_CHECKING:
    from jinja2 import nodes

    from docgen.render.scan.tags import ReadTag, Tag

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
    """A name that a template asks for: ``form.opinions[].text``, how, and the tag's place."""

    name: str
    use: Use
    tag: str
    location: Location


@dataclass(slots=True)
class NameScan:
    """What following the tags found."""

    uses: list[NameUse] = field(default_factory=list)
    faults: list[Diagnostic] = field(default_factory=list)
    printed: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Block:
    tag: Tag
    before: KnownNames
    otherwise: frozenset[str] = frozenset()


def scan_names(tags: Iterable[ReadTag], names: Mapping[str, Shape] | None, broken: Mapping[str, str]) -> NameScan:
    """Follow the tags; ``names`` are those that the template may use (None: any).

    ``broken`` are the parts in which a tag couldn't be read, with what is said there: an end that may be in it isn't
    reported again.
    """
    return _Follower(names, broken).follow(tags)


class _Follower:
    def __init__(self, names: Mapping[str, Shape] | None, broken: Mapping[str, str]) -> None:
        self.scan = NameScan()
        self.names = None if names is None else {name: Value(shape, name) for name, shape in names.items()}
        self.broken = broken
        self.around = KnownNames(self.names)
        self.blocks: list[_Block] = []
        self.part: str | None = None
        self.tag: Tag | None = None
        self.crossed: list[str] = []

    def follow(self, tags: Iterable[ReadTag]) -> NameScan:
        for read in tags:
            self.enter(read.tag)
            self.take(read)
        self.close_blocks(())
        return self.scan

    def enter(self, tag: Tag) -> None:
        """Close what had to end before this tag: with its cell, with its part."""
        if self.part != tag.unit[0]:
            self.close_blocks(())
            self.part, self.around = tag.unit[0], KnownNames(self.names)
        self.close_blocks(tag.unit)
        self.tag = tag

    def close_blocks(self, unit: tuple[str, ...]) -> None:
        while self.blocks and self.blocks[-1].tag.unit != unit[: len(self.blocks[-1].tag.unit)]:
            block = self.blocks.pop()
            self.around = block.before
            self.note("T313", block.tag, ending=f"end{block.tag.keyword}")

    def note(self, code: str, at: Tag, **params: Param) -> None:
        wanted = params.get("ending" if code == "T313" else "opening", "") if code in ("T313", "T314") else ""
        unread = self.broken.get(at.unit[0], "")
        if wanted and (str(wanted) in unread or at.typed in unread):
            return
        severity = Severity.WARNING if code in WARNINGS else Severity.ERROR
        found = Diagnostic(code, severity, {"tag": at.typed, **params}, at.location)
        if found not in self.scan.faults:
            self.scan.faults.append(found)

    def report(self, code: str, **params: Param) -> None:
        assert self.tag is not None
        self.note(code, self.tag, **params)

    def use(self, name: str, how: str) -> None:
        assert self.tag is not None
        if name.partition(".")[0] == "loop":
            return
        found = NameUse(name, how, self.tag.typed, self.tag.location)  # type: ignore[arg-type]
        if found not in self.scan.uses:
            self.scan.uses.append(found)
        if how == "printed":
            self.scan.printed.add(name)

    @property
    def type_reader(self) -> TypeReader:
        return TypeReader(self.around, self.report, self.use)

    def take(self, read: ReadTag) -> None:
        tag, node = read.tag, read.node
        if tag.word == "print" and node is not None:
            self.print_value(tag, self.type_reader.read_used(node, "printed"), format_name(node))
        elif tag.word == "layout" and node is not None:
            self.type_reader.read_used(node, "printed")
        elif tag.word in ("for", "if", "with"):
            self.open_block(tag, node)
        elif tag.word == "set" and node is not None:
            self.set_names(node)
        elif tag.word in ("elif", "else"):
            self.turn_block(tag, node)
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

        block = _Block(tag, self.around)
        self.blocks.append(block)
        if isinstance(node, nodes.For):
            self.enter_loop(node)
        elif isinstance(node, nodes.If):
            self.type_reader.read_test(node.test)
            positive, block.otherwise = find_guards(node.test, self.around)
            self.around = replace(self.around, guards=self.around.guards | positive)
        elif isinstance(node, nodes.With):
            local = dict(self.around.local)
            for target, value in zip(node.targets, node.values, strict=True):
                self.bind(local, target, self.type_reader.read(value))
            self.around = replace(self.around, local=local)

    def enter_loop(self, node: nodes.For) -> None:
        listed = self.type_reader.read_used(node.iter, "looped")
        item = NOTHING
        if listed.shape.kind == "list":
            origin = f"{listed.origin}[]" if listed.origin is not None else None
            item = Value(listed.shape.item or ANY, origin)
        elif listed.shape.kind == "any":
            item = Value(ANY, f"{listed.origin}[]" if listed.origin is not None else None)
        else:
            self.report("T317", name=format_name(node.iter))
        local = dict(self.around.local)
        self.bind(local, node.target, item)
        local["loop"] = Value(LOOP, "loop")
        inside, _ = find_guards(node.iter, self.around)
        self.around = replace(self.around, local=local, guards=self.around.guards | inside)
        if node.test is not None:
            self.type_reader.read_test(node.test)
            positive, _ = find_guards(node.test, self.around)
            self.around = replace(self.around, guards=self.around.guards | positive)

    def bind(self, local: dict[str, Value], target: nodes.Node, value: Value) -> None:
        from jinja2 import nodes

        if isinstance(target, nodes.Name):
            local[target.name] = value
        elif isinstance(target, nodes.Tuple):
            for item in target.items:
                self.bind(local, item, NOTHING)

    def set_names(self, node: nodes.Node) -> None:
        from jinja2 import nodes

        if isinstance(node, nodes.Assign):
            local = dict(self.around.local)
            self.bind(local, node.target, self.type_reader.read(node.node))
            self.around = replace(self.around, local=local)

    def turn_block(self, tag: Tag, node: nodes.Node | None) -> None:
        from jinja2 import nodes

        block = self.blocks[-1] if self.blocks else None
        if block is None or block.tag.word == "with" or (block.tag.word == "for" and tag.word == "elif"):
            self.note("T314", tag, opening="if")
            return
        local = block.before.local if block.tag.word == "for" else self.around.local
        self.around = KnownNames(self.names, local, block.before.guards | block.otherwise)
        if isinstance(node, nodes.If):
            self.type_reader.read_test(node.test)
            positive, negative = find_guards(node.test, self.around)
            self.around = replace(self.around, guards=self.around.guards | positive)
            block.otherwise |= negative

    def close_block(self, tag: Tag) -> None:
        opening = tag.keyword.removeprefix("end")
        if opening == "set":
            return
        block = self.blocks[-1] if self.blocks else None
        if opening in self.crossed and (block is None or block.tag.keyword != opening):
            self.crossed.remove(opening)
            return
        if block is None or block.tag.keyword != opening:
            waiting = next((item for item in reversed(self.blocks) if item.tag.keyword == opening), None)
            if waiting is None or block is None:
                self.note("T314", tag, opening=opening)
                return
            if tag.unit[0] not in self.broken or block.tag.location == waiting.tag.location == tag.location:
                self.note("T315", tag, open=block.tag.typed, ending=f"end{block.tag.keyword}")
            while self.blocks[-1] is not waiting:
                # The end of what was crossed comes later; it is the same fault.
                self.crossed.append(self.blocks.pop().tag.keyword)
            block = waiting
        self.blocks.pop()
        # Names set inside an if stay; those of a loop go.
        local = self.around.local if block.tag.word == "if" else block.before.local
        self.around = KnownNames(self.names, local, block.before.guards)

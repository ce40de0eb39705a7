"""Documents of one template as one document to print: a section for each, pages counted anew, styles and pictures once.

What a template gave to all of them goes in once, as it is. What differs — the text, headers with values, pictures —
goes in for each, under names and numbers of its own. Text work only: the parts were made by our own renderer or by
Word, and nothing in them is moved.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import count
from xml.sax.saxutils import escape

from docgen.ooxml.members import PackedMember, pack_member, write_parts
from docgen.ooxml.names import CONTENT_TYPES, CORE_PROPERTIES
from docgen.ooxml.package import PartRelation, name_relations, read_parts, read_relations, write_relations
from docgen.ooxml.xml import PackageError
from docgen.render.docx.lists import add_lists, count_lists, restart_list
from docgen.render.docx.sections import SECTION, MergeError, close_section, cut_body, restart_pages

_MAIN = "word/document.xml"
_NUMBERING = "word/numbering.xml"
_NOTES = ("<w:footnoteReference", "<w:endnoteReference", "<w:commentReference")
_OVERRIDE = re.compile(r'<Override\b[^>]*?PartName="([^"]*)"[^>]*?/>')
_REFERENCE = re.compile(r'(\sr:(?:id|embed|link|pict|dm|lo|qs|cs)=")([^"]+)(")')
_DRAWING = re.compile(r'(<wp:docPr\b[^>]*?\sid=")(\d+)(")')
_BOOKMARK_ID = re.compile(r'(<w:bookmark(?:Start|End)\b[^>]*?\sw:id=")(\d+)(")')
_BOOKMARK_NAME = re.compile(r'<w:bookmarkStart\b[^>]*?\sw:name="([^"]+)"')
_CONTROL_ID = re.compile(r'(<w:sdtPr>(?:(?!</w:sdtPr>).)*?)<w:id w:val="[^"]*"/>', re.DOTALL)
_PARAGRAPH_ID = re.compile(r'\sw14:(?:paraId|textId)="[^"]*"')
_LIST = re.compile(r'(<w:numId w:val=")(\d+)(")')
_LIST_DEFINITION = re.compile(r"<w:num\b(?:(?!</w:num>).)*</w:num>", re.DOTALL)
_TITLE = re.compile(r"(<dc:title>).*?(</dc:title>)|<dc:title/>", re.DOTALL)


class MergedDocument:
    """Documents of one template, one after the other; ``fits`` tells whether another one is of that template."""

    def __init__(self, first: bytes) -> None:
        parts = _read(first)
        self._signature = _sign(parts)
        self._parts = dict(parts)
        self._head, self._tail = "", ""
        self._chunks: list[str] = []
        self._sections: list[str] = []
        self._types = _OVERRIDE.sub(
            lambda found: "" if _is_own(found[1].lstrip("/")) else found[0], parts[CONTENT_TYPES].decode()
        )
        self._relations = [item for item in _read_relations(parts, _MAIN) if _is_shared(item)]
        self._known = {(item.type, item.target, item.is_external): item.id for item in self._relations}
        self._media: dict[str, str] = {}
        self._added: dict[str, bytes] = {}
        self._same: dict[tuple[str, str], str] = {}
        self._numbers = {"relation": count(1), "part": count(1), "drawing": count(1), "bookmark": count(0)}
        self._lists: list[str] = []
        self._next_list = 1 + count_lists(self._numbering)
        self._count = 0

    @property
    def _numbering(self) -> str:
        return self._parts.get(_NUMBERING, b"").decode()

    def fits(self, data: bytes) -> bool:
        """Whether a document was made from the same template; MergeError when it can't be read."""
        return _sign(_read(data)) == self._signature

    def add(self, data: bytes) -> None:
        """Put a document behind the others; MergeError when it has notes or comments."""
        parts = _read(data)
        body = cut_body(parts[_MAIN].decode())
        if any(mark in body.content for mark in _NOTES):
            raise MergeError("merge.notes")
        self._count += 1
        self._head, self._tail = self._head or body.head, self._tail or body.tail
        moved = self._take_relations(parts, alone=not SECTION.search(body.content))
        content = _REFERENCE.sub(lambda found: found[1] + moved.get(found[2], found[2]) + found[3], body.content)
        section = _REFERENCE.sub(lambda found: found[1] + moved.get(found[2], found[2]) + found[3], body.section)
        content = self._renumber(content, parts.get(_NUMBERING, b"").decode())
        first = SECTION.search(content)
        if first is None:
            section = restart_pages(section)
        else:
            content = content[: first.start()] + restart_pages(first[0]) + content[first.end() :]
        self._chunks.append(content)
        self._sections.append(section)

    def finish(self, title: str) -> bytes:
        """The whole as a file, titled so."""
        texts = [
            close_section(content, section)
            for content, section in zip(self._chunks[:-1], self._sections[:-1], strict=True)
        ]
        main = "".join((self._head, *texts, self._chunks[-1], self._sections[-1], self._tail))
        changed = {
            _MAIN: main.encode(),
            name_relations(_MAIN): write_relations(self._relations, _MAIN),
            CONTENT_TYPES: self._types.encode(),
        }
        if self._lists:
            changed[_NUMBERING] = add_lists(self._numbering, self._lists).encode()
        if CORE_PROPERTIES in self._parts:
            core = self._parts[CORE_PROPERTIES].decode()
            changed[CORE_PROPERTIES] = _TITLE.sub(lambda _: f"<dc:title>{escape(title)}</dc:title>", core).encode()
        return write_parts(self._list_members(changed))

    def _list_members(self, changed: dict[str, bytes]) -> Iterable[PackedMember]:
        own = {name for name in self._parts if _is_own(name)} - set(_list_shared_media(self._parts))
        for name, data in self._parts.items():
            if name in changed:
                yield pack_member(name, changed.pop(name))
            elif name not in own:
                yield pack_member(name, data)
        for name, data in (*changed.items(), *sorted(self._added.items())):
            yield pack_member(name, data)

    def _take_relations(self, parts: dict[str, bytes], *, alone: bool) -> dict[str, str]:
        """Take over what a document's main part refers to; its ids and the new ones."""
        moved: dict[str, str] = {}
        for item in _read_relations(parts, _MAIN):
            target = item.target
            if not item.is_external and _is_own(target) and target in parts:
                target = self._take_part(target, parts, alone=alone)
            key = (item.type, target, item.is_external)
            if key not in self._known:
                rid = self._known[key] = f"rIdm{next(self._numbers['relation'])}"
                self._relations.append(PartRelation(rid, *key))
            moved[item.id] = self._known[key]
        return moved

    def _take_part(self, name: str, parts: dict[str, bytes], *, alone: bool) -> str:
        """The name of a header, a footer or a picture in the whole: one that is there already, or a new one."""
        data = parts[name]
        if name.startswith("word/media/"):
            key = hashlib.sha256(data).hexdigest()
            if key not in self._media:
                extension = posixpath.splitext(name)[1]
                self._media[key] = f"word/media/merged{next(self._numbers['part'])}{extension}"
                self._added[self._media[key]] = data
                self._declare_extension(extension.lstrip("."), parts)
            return self._media[key]
        text = data.decode()
        if alone:  # "of so many pages" means the form's own
            text = re.sub(r"\bNUMPAGES\b", "SECTIONPAGES", text)
        moved = []
        for item in _read_relations(parts, name):
            target = item.target
            if not item.is_external and target.startswith("word/media/") and target in parts:
                target = self._take_part(target, parts, alone=alone)
            moved.append(replace(item, target=target))
        kind = re.match(r"[a-z]+", posixpath.basename(name))
        digest = (kind[0] if kind else "part", hashlib.sha256((text + repr(moved)).encode()).hexdigest())
        if digest not in self._same:
            new = self._same[digest] = f"word/{digest[0]}_m{next(self._numbers['part'])}.xml"
            self._added[new] = text.encode()
            if moved:
                self._added[name_relations(new)] = write_relations(moved, new)
            self._declare_part(name, new, parts)
        return self._same[digest]

    def _declare_extension(self, extension: str, parts: dict[str, bytes]) -> None:
        if f'Extension="{extension}"' in self._types:
            return
        found = re.search(rf'<Default\b[^>]*Extension="{re.escape(extension)}"[^>]*/>', parts[CONTENT_TYPES].decode())
        if found is not None:
            self._types = re.sub(r"<Types\b[^>]*>", lambda head: head[0] + found[0], self._types, count=1)

    def _declare_part(self, name: str, new: str, parts: dict[str, bytes]) -> None:
        types = parts[CONTENT_TYPES].decode()
        stated = next((found[0] for found in _OVERRIDE.finditer(types) if found[1] == f"/{name}"), None)
        if stated is not None:
            added = stated.replace(f'"/{name}"', f'"/{new}"')
            self._types = self._types.replace("</Types>", added + "</Types>")

    def _renumber(self, content: str, numbering: str) -> str:
        """Ids that must stand once in a document, and lists that begin anew in each form."""
        numbers = self._numbers
        content = _DRAWING.sub(lambda found: f"{found[1]}{next(numbers['drawing'])}{found[3]}", content)
        if "<w:bookmarkStart" in content:
            ids: dict[str, int] = {}
            for found in _BOOKMARK_ID.finditer(content):
                ids.setdefault(found[2], next(numbers["bookmark"]))
            content = _BOOKMARK_ID.sub(lambda found: f"{found[1]}{ids[found[2]]}{found[3]}", content)
            content = self._rename_bookmarks(content)
        if self._count > 1:
            content = _PARAGRAPH_ID.sub("", _CONTROL_ID.sub(r"\1", content))
            content = self._restart_lists(content, numbering)
        return content

    def _rename_bookmarks(self, content: str) -> str:
        names = {name: f"{name[:32]}_{self._count}" for name in _BOOKMARK_NAME.findall(content)}
        if self._count == 1 or not names:
            return content
        known = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
        rename: Callable[[re.Match[str]], str] = lambda found: found[1] + names[found[2]] + found[3]  # noqa: E731
        content = re.sub(rf'(\sw:(?:name|anchor)=")({known})(")', rename, content)
        return re.sub(rf"(<w:instrText\b[^>]*>[^<]*?\b(?:REF|PAGEREF|NOTEREF)\s+)({known})(\b)", rename, content)

    def _restart_lists(self, content: str, numbering: str) -> str:
        """Lists that begin anew, each as the document's own part says how it counts."""
        moved: dict[str, str] = {}
        for number in sorted(set(found[2] for found in _LIST.finditer(content)), key=int):
            restarted = restart_list(numbering, number, str(self._next_list))
            if restarted is not None:
                moved[number] = str(self._next_list)
                self._lists.append(restarted)
                self._next_list += 1
        return _LIST.sub(lambda found: found[1] + moved.get(found[2], found[2]) + found[3], content)


def _read(data: bytes) -> dict[str, bytes]:
    try:
        parts = read_parts(data)
        parts[_MAIN].decode()
    except (PackageError, KeyError, UnicodeDecodeError) as fault:
        raise MergeError("merge.unread") from fault
    return parts


def _is_own(name: str) -> bool:
    """Whether each document has a part of its own of that name: what may hold values, and pictures."""
    return bool(re.match(r"word/(?:_rels/)?(?:header|footer)[^/]*$|word/media/", name))


def _is_shared(item: PartRelation) -> bool:
    """Whether the main part's relation is the template's, the same in all documents."""
    return item.is_external or not _is_own(item.target)


def _list_shared_media(parts: dict[str, bytes]) -> Iterable[str]:
    """The pictures that the template's own parts show: bullets of lists."""
    for name in parts:
        if name.startswith("word/_rels/") and name != name_relations(_MAIN) and not _is_own(name):
            part = "word/" + posixpath.basename(name).removesuffix(".rels")
            for item in _read_relations(parts, part):
                if not item.is_external:
                    yield item.target


def _sign(parts: dict[str, bytes]) -> str:
    """What documents of one template have in common: every part that holds no values, and the document's head."""
    digest = hashlib.sha256()
    for name in sorted(parts):
        if name in (_MAIN, name_relations(_MAIN), CONTENT_TYPES) or name.startswith("docProps/") or _is_own(name):
            continue
        # A document has as many lists as its loops begin anew.
        data = _LIST_DEFINITION.sub("", parts[name].decode()).encode() if name == _NUMBERING else parts[name]
        digest.update(name.encode() + b"\0" + hashlib.sha256(data).digest())
    main = parts[_MAIN].decode()
    digest.update(main[: main.find("<w:body>")].encode())
    return digest.hexdigest()


def _read_relations(parts: dict[str, bytes], part: str) -> list[PartRelation]:
    try:
        return read_relations(parts.get(name_relations(part)), part)
    except PackageError as fault:
        raise MergeError("merge.unread") from fault

"""Joins documents of one template into one document to print, each in a section whose pages count from 1.

The parts that all documents share (styles, numbering) go in once, unchanged. What differs (text, headers with values,
pictures) goes in for each document, under new names and ids. This works on text: the parts were written by docgen or
by Word, and their content is not moved.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import count
from xml.sax.saxutils import escape

from docgen.ooxml.members import PackedMember, pack_member, write_parts
from docgen.ooxml.names import CONTENT_TYPES, CORE_PROPERTIES
from docgen.ooxml.package import PartRelation, name_relations, read_parts, read_relations, write_relations
from docgen.ooxml.xml import PackageError
from docgen.render.docx.elements.lists import LIST_ID, add_lists, find_highest_list, restart_list
from docgen.render.docx.merging.sections import SECTION, MergeError, close_section, cut_body, restart_pages

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

_LIST_DEFINITION = re.compile(r"<w:num\b(?:(?!</w:num>).)*</w:num>", re.DOTALL)
_TITLE = re.compile(r"(<dc:title>).*?(</dc:title>)|<dc:title/>", re.DOTALL)


class MergedDocument:
    """A document made of several documents of one template; ``fits`` says whether another is of that template."""

    def __init__(self, first: bytes) -> None:
        parts = _read_document(first)
        self._template_digest = _digest_template(parts)
        self._parts = dict(parts)
        self._head, self._tail = "", ""
        self._chunks: list[str] = []
        self._sections: list[str] = []
        self._types = _OVERRIDE.sub(
            lambda override: "" if _is_own(override[1].lstrip("/")) else override[0], parts[CONTENT_TYPES].decode()
        )
        self._relations = [item for item in _read_relations(parts, _MAIN) if _is_shared(item)]
        self._relation_ids = {(item.type, item.target, item.is_external): item.id for item in self._relations}
        self._media: dict[str, str] = {}
        self._added: dict[str, bytes] = {}
        self._part_names: dict[tuple[str, str], str] = {}
        self._numbers = {"relation": count(1), "part": count(1), "drawing": count(1), "bookmark": count(0)}
        self._lists: list[str] = []
        self._next_list = 1 + find_highest_list(self._numbering)
        self._count = 0

    @property
    def _numbering(self) -> str:
        return self._parts.get(_NUMBERING, b"").decode()

    def fits(self, data: bytes) -> bool:
        """Whether a document was made from the same template; MergeError when it can't be read."""
        return _digest_template(_read_document(data)) == self._template_digest

    def add(self, data: bytes) -> None:
        """Append a document; MergeError when it has notes or comments."""
        parts = _read_document(data)
        body = cut_body(parts[_MAIN].decode())
        if any(mark in body.content for mark in _NOTES):
            raise MergeError("merge.notes")
        self._count += 1
        self._head, self._tail = self._head or body.head, self._tail or body.tail
        new_ids = self._add_relations(parts, alone=not SECTION.search(body.content))
        content = _REFERENCE.sub(lambda match: match[1] + new_ids.get(match[2], match[2]) + match[3], body.content)
        section = _REFERENCE.sub(lambda match: match[1] + new_ids.get(match[2], match[2]) + match[3], body.section)
        content = self._renumber(content, parts.get(_NUMBERING, b"").decode())
        first = SECTION.search(content)
        if first is None:
            section = restart_pages(section)
        else:
            content = content[: first.start()] + restart_pages(first[0]) + content[first.end() :]
        self._chunks.append(content)
        self._sections.append(section)

    def finish(self, title: str) -> bytes:
        """Write the merged document as a file with this title."""
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

    def _add_relations(self, parts: dict[str, bytes], *, alone: bool) -> dict[str, str]:
        """Add what a document's main part refers to; returns the new ids of relationships by the old ones."""
        new_ids: dict[str, str] = {}
        for item in _read_relations(parts, _MAIN):
            target = item.target
            if not item.is_external and _is_own(target) and target in parts:
                target = self._add_part(target, parts, alone=alone)
            key = (item.type, target, item.is_external)
            if key not in self._relation_ids:
                rid = self._relation_ids[key] = f"rIdm{next(self._numbers['relation'])}"
                self._relations.append(PartRelation(rid, *key))
            new_ids[item.id] = self._relation_ids[key]
        return new_ids

    def _add_part(self, name: str, parts: dict[str, bytes], *, alone: bool) -> str:
        """Add a header, a footer or a picture, unless the same is there already; returns its name."""
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
        if alone:  # "page 1 of 3" means the pages of this document
            text = re.sub(r"\bNUMPAGES\b", "SECTIONPAGES", text)
        relations = []
        for item in _read_relations(parts, name):
            target = item.target
            if not item.is_external and target.startswith("word/media/") and target in parts:
                target = self._add_part(target, parts, alone=alone)
            relations.append(replace(item, target=target))
        kind = re.match(r"[a-z]+", posixpath.basename(name))
        digest = (kind[0] if kind else "part", hashlib.sha256((text + repr(relations)).encode()).hexdigest())
        if digest not in self._part_names:
            new = self._part_names[digest] = f"word/{digest[0]}_m{next(self._numbers['part'])}.xml"
            self._added[new] = text.encode()
            if relations:
                self._added[name_relations(new)] = write_relations(relations, new)
            self._declare_part(name, new, parts)
        return self._part_names[digest]

    def _declare_extension(self, extension: str, parts: dict[str, bytes]) -> None:
        if f'Extension="{extension}"' in self._types:
            return
        default = re.search(rf'<Default\b[^>]*Extension="{re.escape(extension)}"[^>]*/>', parts[CONTENT_TYPES].decode())
        if default is not None:
            self._types = re.sub(r"<Types\b[^>]*>", lambda head: head[0] + default[0], self._types, count=1)

    def _declare_part(self, name: str, new: str, parts: dict[str, bytes]) -> None:
        types = parts[CONTENT_TYPES].decode()
        stated = next((override[0] for override in _OVERRIDE.finditer(types) if override[1] == f"/{name}"), None)
        if stated is not None:
            added = stated.replace(f'"/{name}"', f'"/{new}"')
            self._types = self._types.replace("</Types>", added + "</Types>")

    def _renumber(self, content: str, numbering: str) -> str:
        """Renumber the ids that must be unique in a document, and restart the lists of each document."""
        numbers = self._numbers
        content = _DRAWING.sub(lambda match: f"{match[1]}{next(numbers['drawing'])}{match[3]}", content)
        if "<w:bookmarkStart" in content:
            ids: dict[str, int] = {}
            for match in _BOOKMARK_ID.finditer(content):
                ids.setdefault(match[2], next(numbers["bookmark"]))
            content = _BOOKMARK_ID.sub(lambda match: f"{match[1]}{ids[match[2]]}{match[3]}", content)
            content = self._rename_bookmarks(content)
        if self._count > 1:
            content = _PARAGRAPH_ID.sub("", _CONTROL_ID.sub(r"\1", content))
            content = self._restart_lists(content, numbering)
        return content

    def _rename_bookmarks(self, content: str) -> str:
        names = {name: f"{name[:32]}_{self._count}" for name in _BOOKMARK_NAME.findall(content)}
        if self._count == 1 or not names:
            return content

        def rename(match: re.Match[str]) -> str:
            return match[1] + names[match[2]] + match[3]

        pattern = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
        content = re.sub(rf'(\sw:(?:name|anchor)=")({pattern})(")', rename, content)
        return re.sub(rf"(<w:instrText\b[^>]*>[^<]*?\b(?:REF|PAGEREF|NOTEREF)\s+)({pattern})(\b)", rename, content)

    def _restart_lists(self, content: str, numbering: str) -> str:
        """Restart the lists of a document, each as its own numbering part defines it."""
        new_ids: dict[str, str] = {}
        for number in sorted(set(match[2] for match in LIST_ID.finditer(content)), key=int):
            restarted = restart_list(numbering, number, str(self._next_list))
            if restarted is not None:
                new_ids[number] = str(self._next_list)
                self._lists.append(restarted)
                self._next_list += 1
        return LIST_ID.sub(lambda match: match[1] + new_ids.get(match[2], match[2]) + match[3], content)


def _read_document(data: bytes) -> dict[str, bytes]:
    try:
        parts = read_parts(data)
        parts[_MAIN].decode()
    except (PackageError, KeyError, UnicodeDecodeError) as fault:
        raise MergeError("merge.unread") from fault
    return parts


def _is_own(name: str) -> bool:
    """Whether each document has its own part of that name: parts that may hold values, and pictures."""
    return bool(re.match(r"word/(?:_rels/)?(?:header|footer)[^/]*$|word/media/", name))


def _is_shared(item: PartRelation) -> bool:
    """Whether a relationship of the main part comes from the template, so that all documents have it."""
    return item.is_external or not _is_own(item.target)


def _list_shared_media(parts: dict[str, bytes]) -> Iterable[str]:
    """List the pictures that the template's own parts show: bullets of lists."""
    for name in parts:
        if name.startswith("word/_rels/") and name != name_relations(_MAIN) and not _is_own(name):
            part = "word/" + posixpath.basename(name).removesuffix(".rels")
            for item in _read_relations(parts, part):
                if not item.is_external:
                    yield item.target


def _digest_template(parts: dict[str, bytes]) -> str:
    """Digest what all documents of one template share: every part without values, and the head of the document."""
    digest = hashlib.sha256()
    for name in sorted(parts):
        if name in (_MAIN, name_relations(_MAIN), CONTENT_TYPES) or name.startswith("docProps/") or _is_own(name):
            continue
        # Documents differ in their number of lists, since loops restart them.
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

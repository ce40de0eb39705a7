"""Reads a PDF's facts: its pages, whether it opens, when it was made, active and hidden content.

What pypdf raises on damaged or hostile bytes is no closed set, so any exception of it means "damaged"; what it logs or
warns about is for programmers and goes nowhere.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import logging
import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, get_args

from docgen.diagnostics import Term

if TYPE_CHECKING:
    from pypdf import PdfReader

PdfActionKind = Literal["script", "launch", "attachment", "submit", "elsewhere", "media", "form", "unsearched"]

_KINDS: tuple[PdfActionKind, ...] = get_args(PdfActionKind)
# By the type of an action, or of an annotation.
_ACTIONS: dict[str, PdfActionKind] = {
    "/JavaScript": "script",
    "/Launch": "launch",
    **dict.fromkeys(("/SubmitForm", "/ImportData"), "submit"),
    **dict.fromkeys(("/GoToR", "/GoToE"), "elsewhere"),
    **dict.fromkeys(("/Rendition", "/Movie", "/Sound", "/RichMediaExecute", "/GoTo3DView"), "media"),
}
_ANNOTATIONS = frozenset(("/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"))
_ORDINARY_LINK = re.compile(
    r"(?:https?|mailto|tel|ftp):|(?![a-z][a-z0-9+.-]*:|[\\/]{2}|.*\.(?:exe|bat|cmd|vbs|js|lnk|hta|ps1|msi|scr)$)", re.I
)
"""Where an ordinary link of a PDF leads: to a page, an address, a place; not to a file or a script."""
_SHOWN = 5
_DATE = re.compile(r"D:(\d{4})(\d{2})(\d{2})", re.ASCII)
_MAX_OBJECTS = 200_000
# What can hold no action: drawing instructions, fonts, pictures, the logical structure; and the ways back up.
_UNSEARCHED = frozenset(
    (
        *(
            "/P",
            "/Contents",
            "/Resources",
            "/AP",
            "/Thumb",
            "/Metadata",
            "/StructTreeRoot",
            "/Dest",
            "/Dests",
        ),
        *("/D", "/DR", "/Popup", "/IRT", "/PieceInfo", "/OCProperties", "/OutputIntents"),
    )
)


class PdfError(ValueError):
    """A PDF that doesn't open: ``key`` is ``encrypted`` (a password), ``cipher`` (nobody knows) or ``damaged``."""

    def __init__(self, key: Literal["encrypted", "cipher", "damaged"]) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, slots=True)
class PdfAction:
    """Something in a PDF that acts or hides: a script, a program to start, a file inside of it, data sent or loaded,
    another file opened, films and sounds, a form (XFA) that is a document of its own.

    ``page`` counts from 1, None where it belongs to the document as a whole; ``name`` is that of the file.
    ``unsearched`` says that the search was given up, since there are too many objects.
    """

    kind: PdfActionKind
    page: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class PdfFacts:
    """The facts of a PDF that opens; ``made`` is the day of its CreationDate."""

    pages: int
    made: dt.date | None = None
    actions: tuple[PdfAction, ...] = ()


def read_pdf(stream: BinaryIO) -> PdfFacts:
    """The facts of a PDF; raises PdfError when it doesn't open, OSError when it can't be read."""
    with _open(stream) as reader:
        return PdfFacts(len(reader.pages), _read_made(reader), tuple(dict.fromkeys(_find_actions(reader))))


def count_pages(stream: BinaryIO) -> int:
    """The pages of a PDF, in a fraction of what looking through it takes; raises as ``read_pdf`` does."""
    with _open(stream) as reader:
        return len(reader.pages)


@contextlib.contextmanager
def _open(stream: BinaryIO) -> Iterator[PdfReader]:
    """A PDF that opens and has a page; errors while it is read are raised as ``read_pdf`` says."""
    from pypdf import PasswordType, PdfReader
    from pypdf.errors import DependencyError

    logger = logging.getLogger("pypdf")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())  # without one Python prints its warnings
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            reader = PdfReader(stream)
            if reader.is_encrypted and reader.decrypt("") is PasswordType.NOT_DECRYPTED:
                raise PdfError("encrypted")
            if not len(reader.pages):
                raise PdfError("damaged")
            yield reader
        except PdfError:
            raise
        except OSError as problem:
            if problem.errno != errno.EINVAL:  # a damaged file sends the reader to a place before its beginning
                raise
            raise PdfError("damaged") from problem
        except DependencyError as problem:
            # a cipher that needs another library: opens without a password or not, nobody knows
            raise PdfError("cipher") from problem
        except Exception as problem:
            raise PdfError("damaged") from problem


def sum_up_actions(actions: Iterable[PdfAction]) -> Iterator[tuple[Term, Term]]:
    """Each kind of action in words: what it is, with the names of files, and on which pages."""
    listed = list(actions)
    for kind in _KINDS:
        alike = [action for action in listed if action.kind == kind]
        if not alike:
            continue
        names = list(dict.fromkeys(_show(action.name) for action in alike if action.name))
        pages = sorted({action.page for action in alike if action.page is not None})
        shown = "、".join(f"“{name}”" for name in names[:_SHOWN]) + ("…" if len(names) > _SHOWN else "")
        listed_pages = "、".join(map(str, pages[:_SHOWN])) + ("…" if len(pages) > _SHOWN else "")
        place = Term("pdf.pages", {"pages": listed_pages}) if pages else Term("pdf.document")
        yield Term(f"pdf.{kind}", {"names": shown}), place


def _show(name: str) -> str:
    """A name as it may be shown: what can't be seen, or would turn the line round, is replaced."""
    return "".join(char if char.isprintable() else "\ufffd" for char in name)


def _read_made(reader: PdfReader) -> dt.date | None:
    stated = reader.metadata.get("/CreationDate") if reader.metadata is not None else None
    match = _DATE.match(str(stated or ""))
    try:
        return dt.date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def _find_actions(reader: PdfReader) -> Iterator[PdfAction]:
    """Every action of the pages in their order, then those of the document; each object is looked at once."""
    pages = list(reader.pages)
    visited = {page.indirect_reference.idnum for page in pages if page.indirect_reference is not None}
    for number, page in enumerate(pages, 1):
        yield from _walk(page, number, visited)
    catalog = {key: value for key, value in reader.root_object.items() if key != "/Pages"}
    yield from _walk(catalog, None, visited)


def _walk(root: Any, page: int | None, visited: set[int]) -> Iterator[PdfAction]:
    """The actions in an object and in all that hangs on it; ``visited`` are the objects seen before."""
    from pypdf.generic import IndirectObject

    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, IndirectObject):
            if node.idnum in visited:
                continue
            visited.add(node.idnum)
            node = node.get_object()
        if len(visited) > _MAX_OBJECTS or len(waiting) > _MAX_OBJECTS:
            yield PdfAction("unsearched")
            return
        if isinstance(node, dict):
            yield from _list_actions(node, page)
            inner = [value for key, value in node.items() if key not in _UNSEARCHED]
        else:
            inner = list(node) if isinstance(node, list) else []
        waiting += reversed([item for item in inner if isinstance(item, dict | list | IndirectObject)])


def _list_actions(node: dict[Any, Any], page: int | None) -> Iterator[PdfAction]:
    """The actions of one dictionary of the PDF."""
    action = _read(node, "/S")
    kind = _ACTIONS.get(action) if isinstance(action, str) else None
    if kind == "script" or "/JS" in node:
        yield PdfAction("script", page)
    elif kind is not None:
        yield PdfAction(kind, page, _name_file(node))
    elif action == "/Thread" and "/F" in node:
        yield PdfAction("elsewhere", page, _name_file(node))
    for key in ("/URI", "/Base"):
        target = _decode_string(_read(node, key))
        if target and _ORDINARY_LINK.match(target.strip()) is None:
            yield PdfAction("elsewhere", page, target)
    if "/EF" in node:
        yield PdfAction("attachment", page, _name_file(node))
    subtype = _read(node, "/Subtype")
    if isinstance(subtype, str) and subtype in _ANNOTATIONS and ("/Rect" in node or subtype == "/RichMedia"):
        yield PdfAction("media", page)
    elif subtype == "/FileAttachment" and "/EF" not in (_read(node, "/FS") or {}):
        yield PdfAction("attachment", page, _name_file({"/F": _read(node, "/FS")}))
    if "/XFA" in node:
        yield PdfAction("form", page)


def _decode_string(value: Any) -> str:
    """A string of a PDF as text; "" for what is none."""
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return value if isinstance(value, str) else ""


def _name_file(node: dict[Any, Any]) -> str:
    """The name that a file specification states, here or one level below."""
    for key in ("/UF", "/F", "/Win"):
        value = _read(node, key)
        if isinstance(value, str | bytes):
            return _decode_string(value)
        if isinstance(value, dict):
            return _name_file({inner: item for inner, item in value.items() if inner in ("/UF", "/F")})
    return ""


def _read(node: dict[Any, Any], key: str) -> Any:
    value: Any = node.get(key)
    return value.get_object() if hasattr(value, "get_object") else value

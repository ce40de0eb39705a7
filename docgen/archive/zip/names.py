"""Names of members: makes names that every system can unpack, and inspects those of received packages.

Windows sets the limits: a component, a whole path, reserved names, forbidden characters; ``%``, CR and LF break known
implementations of BagIt. A forbidden character becomes its full-width form, which reads the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

MAX_COMPONENT = 80
MAX_PATH = 180
MAX_RECEIVED_PATH = 4096
"""The longest received path; no system has longer ones."""
MAX_DEPTH = 100
"""The most nested folders in a received path."""
_MAX_TOP = 60
_MAX_FOLDER = 40
_MIN_TITLE = 8
_FULL_WIDTH = str.maketrans('<>:"/\\|?*%;', "＜＞：＂／＼｜？＊％；")
_RESERVED = re.compile(r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|COM[0-9¹²³]|LPT[0-9¹²³])(?:\..*)?", re.IGNORECASE)
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_FORBIDDEN = frozenset('<>:"|?*')
_CONTROL = _UNSEEN - {"Cf"}
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_DRIVE = re.compile(r"[A-Za-z]:")
_VERSION = re.compile(r";[0-9]*$")


def clean_component(text: str, limit: int = MAX_COMPONENT) -> str:
    """A file or folder name that every system accepts, close to ``text``, at most ``limit`` long, never empty."""
    if not text.isprintable():  # most names are printable; only the others can hold invisible characters
        text = "".join(" " if char.isspace() or unicodedata.category(char) in _UNSEEN else char for char in text)
    name = " ".join(unicodedata.normalize("NFC", text).translate(_FULL_WIDTH).split())
    name = _shorten(name, limit).strip(" .")
    if _RESERVED.fullmatch(name):
        name = _shorten(f"_{name}", limit).strip(" .")
    return name or "_"


def make_top_name(archive_number: str, project_number: str, title: str, suffix: str = "") -> str:
    """The package's name and top folder: ``<档号 or project number>_<题名>``, and ``_<suffix>``, which isn't cut."""
    end = f"_{suffix}" if suffix else ""
    return clean_component(f"{archive_number or project_number}_{title}", _MAX_TOP - _units(end)) + end


def fold_name(name: str) -> str:
    """The key by which names collide: it ignores case, Unicode composition and invisible characters.

    Windows ignores case; macOS ignores composition, too, and its older file systems ignore zero-width characters.
    """
    if name.isascii():
        return name.lower()
    seen = "".join(char for char in name if not is_unseen(char)) if is_unseen(name) else name
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", seen).casefold())


def is_unseen(name: str) -> bool:
    """Whether a name holds an invisible character, such as a zero-width space."""
    return not name.isprintable() and any(unicodedata.category(char) == "Cf" for char in name)


class MemberNames:
    """Makes the payload names of one package, and numbers those that would collide."""

    def __init__(self, top: str) -> None:
        self._top = top
        self._folders: dict[str, str] = {}
        self._taken: set[str] = set()

    def make_member_name(
        self, *, item: str, label: str, number: int, title: str, holder: str = "", suffix: str = ""
    ) -> str:
        """A path in the bag: ``data/<item>_<label>/<0001>_<title>_<holder><suffix>``.

        ``number`` runs through the whole package; ``holder`` (the enterprise) may be empty; ``suffix`` is ``.docx``.
        The title is cut first, then the holder, so that component and path keep the limits.
        """
        folder = self._folder_of(item, label)
        room = MAX_PATH - _units(f"{self._top}/{PAYLOAD}/{folder}/")
        for attempt in range(1, 100_000):
            mark = f"_{attempt}" if attempt > 1 else ""
            name = _join_parts((f"{number:04d}", title, holder), mark, suffix, min(MAX_COMPONENT, room))
            path = f"{PAYLOAD}/{folder}/{name}"
            if fold_name(path) not in self._taken:
                self._taken.add(fold_name(path))
                return path
        raise ValueError(f"no free name for {title!r}")

    def _folder_of(self, item: str, label: str) -> str:
        if item not in self._folders:
            wanted = clean_component(f"{item}_{label}", _MAX_FOLDER)
            used = {fold_name(folder) for folder in self._folders.values()}
            folder, attempt = wanted, 1
            while fold_name(folder) in used:
                attempt += 1
                folder = clean_component(_shorten(wanted, _MAX_FOLDER - 4) + f"_{attempt}")
            self._folders[item] = folder
        return self._folders[item]


PAYLOAD = "data"


def _join_parts(parts: tuple[str, str, str], mark: str, suffix: str, limit: int) -> str:
    number, title, holder = parts
    end = f".{clean_component(suffix.lstrip('.'), 12)}" if suffix else ""
    room = limit - _units(number + mark + end) - 1
    title, holder = clean_component(title), clean_component(holder) if holder else ""
    if holder:
        holder = _shorten(holder, max(0, room - 1 - min(_units(title), _MIN_TITLE))).strip(" .")
        title = _shorten(title, room - 1 - _units(holder)).strip(" .")
    else:
        title = _shorten(title, room).strip(" .")
    stem = "_".join(part for part in (number, title, holder) if part)
    return f"{stem}{mark}{end}"


def _units(text: str) -> int:
    # Windows counts UTF-16 units; a lone surrogate never gets here, clean_component drops it
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def _shorten(text: str, limit: int) -> str:
    while _units(text) > limit:
        text = text[:-1]
    return text


_Test = Callable[[str], bool]
_PATH_TESTS: tuple[tuple[str, _Test], ...] = (
    ("empty", lambda name: not name),
    ("control", lambda name: not name.isprintable() and any(unicodedata.category(char) in _CONTROL for char in name)),
    ("bidi", lambda name: not _BIDI.isdisjoint(name)),
    ("backslash", lambda name: "\\" in name),
    ("absolute", lambda name: name.startswith("/")),
    ("long", lambda name: len(name) > MAX_RECEIVED_PATH),
    ("drive", lambda name: _DRIVE.match(name) is not None),
    # Info-ZIP's unzip takes the suffix for the version number of a VMS file and drops it
    ("version", lambda name: _VERSION.search(name) is not None),
)
_COMPONENT_TESTS: tuple[tuple[str, _Test], ...] = (
    ("climbs", lambda part: part in {".", ".."}),
    ("empty_component", lambda part: not part),
    ("forbidden", lambda part: not _FORBIDDEN.isdisjoint(part)),
    ("ending", lambda part: part[-1] in ". "),
    ("reserved", lambda part: _RESERVED.fullmatch(part) is not None),
    ("long", lambda part: len(part.encode("utf-8", "surrogatepass")) > 255),
)


def inspect_member_name(name: str, depth: int = MAX_DEPTH) -> str | None:
    """The fault of a received member's name, as a key of ``archive.name.*``; None if it has none.

    A folder's entry may end in one slash; ``depth`` is the most folders that the name may hold.
    """
    if name.count("/") > depth:
        return "deep"
    for key, fails in _PATH_TESTS:
        if fails(name):
            return key
    for part in name.removesuffix("/").split("/"):
        for key, fails in _COMPONENT_TESTS:
            if fails(part):
                return key
    return None


def escape_name(name: str) -> str:
    """A name safe to display: invisible characters, and those that change the direction of text, are spelled out."""
    if name.isprintable():
        return name
    unseen = _UNSEEN | {"Co", "Cn"}
    return "".join(
        f"\\u{{{ord(char):x}}}" if unicodedata.category(char) in unseen or char in _BIDI else char for char in name
    )

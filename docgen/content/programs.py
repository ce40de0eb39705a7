"""Programs and scripts: what a computer runs when somebody double-clicks it, by content and by suffix."""

from __future__ import annotations

import re

from docgen.content.formats import Format, find_suffix, sniff_head

_SUFFIXES = frozenset(
    (
        *(".exe", ".dll", ".scr", ".com", ".pif", ".cpl", ".sys", ".drv", ".ocx", ".msi", ".msp", ".mst", ".msix"),
        *(".appx", ".msc", ".bat", ".cmd", ".vbs", ".vbe", ".js", ".jse", ".mjs", ".wsf", ".wsh", ".wsc", ".sct"),
        *(".hta", ".ps1", ".psm1", ".psd1", ".ps1xml", ".lnk", ".url", ".scf", ".reg", ".inf", ".chm", ".hlp", ".jar"),
        *(".jnlp", ".class", ".apk", ".app", ".command", ".sh", ".bash", ".zsh", ".csh", ".run", ".elf", ".so"),
        *(".dylib", ".dmg", ".pkg", ".deb", ".rpm", ".py", ".pyc", ".pyw", ".pl", ".rb", ".php", ".application"),
        *(".gadget", ".settingcontent-ms", ".library-ms", ".search-ms", ".desktop", ".xll", ".xlam", ".ppam", ".wll"),
        *(".iso", ".img", ".vhd", ".vhdx"),
    )
)
"""Also what starts a program by a detour: links, registry files, images of disks, add-ins of Office."""
_SCRIPT = re.compile(rb"(?:\xef\xbb\xbf)?(?:#!\s*[/\w]|\s*@echo\s+off\b)", re.I)
_CREATING = re.compile(rb"\bcreateobject\s*\(\s*[\"']wscript\.", re.I)
_HEAD = 4096


def is_program(name: str, data: bytes = b"", head_format: Format | None = None) -> bool:
    """Whether a file of this name and beginning is a program or a script, or starts one.

    ``head_format`` is the format of its beginning, where that is known.
    """
    return find_suffix(name.rstrip(". ")).lower() in _SUFFIXES or holds_program(data, head_format)


def holds_program(data: bytes, head_format: Format | None = None) -> bool:
    """Whether a file that begins so is a program or a script, whatever it is called."""
    head = data[:_HEAD]
    if not head:
        return False
    head_format = head_format or sniff_head(head)
    if head_format.name == "program":
        return True
    return head_format.name in ("text", "html", "unknown") and _is_script(head.replace(b"\0", b""))


def _is_script(head: bytes) -> bool:
    if _SCRIPT.match(head) is not None:
        return True
    return b"createobject" in head.lower() and _CREATING.search(head) is not None

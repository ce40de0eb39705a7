"""Programs and scripts: what a computer runs when somebody double-clicks it, told by content and by suffix."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from docgen.content.formats import sniff_head

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
_SCRIPT = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:#!\s*[/\w]|\s*@echo\s+off\b)|.*\bcreateobject\s*\(\s*[\"']wscript\.", re.I | re.S
)
_HEAD = 4096


def is_program(name: str, data: bytes = b"") -> bool:
    """Whether a file of this name and beginning is a program or a script, or starts one."""
    suffix = PurePosixPath(name.rstrip(". ")).suffix.lower()
    return suffix in _SUFFIXES or runs(data)


def runs(data: bytes) -> bool:
    """Whether a file that begins so is a program or a script, whatever it is called."""
    head = data[:_HEAD]
    found = sniff_head(head) if head else None
    if found is None or found.name == "program":
        return found is not None
    return found.name in ("text", "html", "unknown") and _SCRIPT.match(head.replace(b"\0", b"")) is not None

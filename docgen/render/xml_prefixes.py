"""One prefix for a namespace: what works on a part's text may count on it, whoever wrote the part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lxml.etree import _Element


def use_prefix(root: _Element, namespace: str, prefix: str | None) -> _Element:
    """The tree with this prefix (None: none) for everything in the namespace; other prefixes stay as they are.

    Programs choose prefixes freely: ``<w:p>``, ``<ns0:p>`` and ``<p>`` under a default namespace are the same element.
    """
    from lxml import etree

    declared = {name for name, uri in root.nsmap.items() if uri == namespace}
    used = {element.prefix for element in root.iter(f"{{{namespace}}}*")}
    if (declared | used) <= {prefix} or not used:
        return root
    names: dict[Any, str] = {name: uri for name, uri in root.nsmap.items() if uri != namespace and name != prefix}
    names[prefix] = namespace
    # Moved below a root that declares the namespace, elements and attributes take its prefix.
    renamed = etree.Element(root.tag, nsmap=names)
    renamed.attrib.update(root.attrib)
    renamed.text = root.text
    renamed.extend(list(root))
    return renamed

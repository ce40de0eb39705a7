"""Compiles templates once per process and finds them by name: the user's own before those that come with docgen."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docgen.diagnostics import Location, error
from docgen.errors import TemplateError
from docgen.resources import Resources

if TYPE_CHECKING:
    from docgen.render.docx.template import DocxTemplate
    from docgen.render.values.values import Rendered
    from docgen.render.xlsx.template import XlsxTemplate


@dataclass(frozen=True, slots=True)
class _Compiled:
    path: Path
    digest: str
    template: DocxTemplate | XlsxTemplate


class TemplateStore:
    """Holds compiled templates by name (``docx/report.docx``), with the digest of each that was used."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._compiled: dict[str, _Compiled] = {}
        self._digests: dict[str, str] = {}

    def share(self) -> TemplateStore:
        """Make a store that shares the compiled templates, now and later, and has digests of its own.

        A package lists the templates that it used, whatever the process rendered before it.
        """
        store = TemplateStore(self._resources)
        store._compiled = self._compiled
        return store

    def forget(self, path: Path) -> bool:
        """Drop what was compiled from a file that changed; returns whether there was anything."""
        names = [name for name, item in self._compiled.items() if item.path == path]
        for name in names:
            del self._compiled[name]
        return bool(names)

    def forget_name(self, name: str) -> None:
        """Drop a template by name; it is looked for again when it is used next."""
        self._compiled.pop(name, None)

    @property
    def digests(self) -> Mapping[str, str]:
        """The sha256 of each template that was used, by name."""
        return dict(sorted(self._digests.items()))

    def compile(self, name: str) -> DocxTemplate | XlsxTemplate:
        """Compile a template, once; raises TemplateError with T151 where there is none, or with all its faults."""
        if name not in self._compiled:
            path = _find_path(self._resources, name)
            data = _read_file(path)
            digest = self._digests[name] = hashlib.sha256(data).hexdigest()
            self._compiled[name] = _Compiled(path, digest, _compile_template(data, str(path)))
        compiled = self._compiled[name]
        self._digests[name] = compiled.digest
        return compiled.template

    def render(self, name: str, context: Mapping[str, Any], **options: Any) -> Rendered:
        """Render a document from a template by name."""
        return self.compile(name).render(context, **options)


def read_template(resources: Resources, name: str) -> bytes:
    """Read a template by name; raises TemplateError with T151 where there is none, T152 where it can't be read."""
    return _read_file(_find_path(resources, name))


def _find_path(resources: Resources, name: str) -> Path:
    path = resources.find_template(name)
    if path is None:
        raise TemplateError(error("T151", name=name))
    return path


def read_shipped(name: str) -> bytes | None:
    """Read a template of docgen's own, even where a user has another one of that name; None where there is none."""
    path = Resources().find_template(name)
    return _read_file(path) if path is not None else None


def _read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        raise TemplateError(error("T152", Location(file=str(path)), reason=fault.strerror or str(fault))) from None


def _compile_template(data: bytes, name: str) -> DocxTemplate | XlsxTemplate:
    if name.lower().endswith(".xlsx"):
        from docgen.render.xlsx.template import XlsxTemplate

        return XlsxTemplate.compile(data, name)
    from docgen.render.docx.template import DocxTemplate

    return DocxTemplate.compile(data, name)

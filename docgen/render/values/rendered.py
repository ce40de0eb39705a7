"""What rendering a template yields, whatever the format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docgen.diagnostics import Diagnostic
    from docgen.render.values.values import Missing


@dataclass(frozen=True, slots=True)
class Rendered:
    """A document: its bytes (empty where it couldn't be rendered at all), what was missing, what went wrong.

    ``missing`` holds each value in mode ``error`` that the template printed, once, in the order of the document.
    With an error among the diagnostics the bytes are for looking at, not for filing. ``values`` are the texts that
    were printed, where the caller asked for them.
    """

    data: bytes
    missing: tuple[Missing, ...]
    diagnostics: tuple[Diagnostic, ...]
    values: tuple[str, ...] = ()

"""Plain text from a template of its own: the sandbox of the documents, nothing escaped, because a text has no marks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def render_text(source: str, values: Mapping[str, Any]) -> str:
    """The text; what isn't there is jinja2's UndefinedError. Lines that hold only a tag leave nothing behind."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        autoescape=False, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    return environment.from_string(source).render(values)

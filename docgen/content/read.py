"""Reading a text that somebody wrote, in Word or as Markdown."""

from __future__ import annotations

from pathlib import Path

from docgen.content.model import DocumentContent


def read_text(path: Path) -> DocumentContent:
    """A Word or Markdown file as content; SourceError when it can't be read."""
    if path.suffix.lower() == ".docx":
        from docgen.content.docx.read import read_docx

        return read_docx(path)
    from docgen.content.markdown_flow import read_markdown

    return read_markdown(path)

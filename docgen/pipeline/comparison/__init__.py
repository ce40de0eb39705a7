"""Compares two records, packages or documents, and tells the differences in words. Nothing is written.

The door is ``compare_files``. Imports ``pipeline.stages``.
"""

from docgen.pipeline.comparison.compare import compare_files
from docgen.pipeline.comparison.model import Change, Comparison, LineChange

__all__ = ["Change", "Comparison", "LineChange", "compare_files"]

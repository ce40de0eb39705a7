"""Compare two records, packages or documents. Nothing is written.

``compare_files`` does it. Imports ``pipeline.stages``.
"""

from docgen.pipeline.comparison.compare import compare_files
from docgen.pipeline.comparison.model import Change, Comparison, LineChange

__all__ = ["Change", "Comparison", "LineChange", "compare_files"]

"""A package from documents that people wrote by hand: matched, checked and filed beside what docgen makes itself.

The door is ``package_record``. Imports ``pipeline.stages`` and, for scans of what was signed, ``pipeline.packages``.
"""

from docgen.pipeline.handwritten.model import FiledFile, PackagingOutcome
from docgen.pipeline.handwritten.package import package_record

__all__ = ["FiledFile", "PackagingOutcome", "package_record"]

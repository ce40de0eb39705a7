"""Package documents that people wrote themselves: match, check and file them beside those that docgen makes.

``package_record`` does it. Imports ``pipeline.stages`` and, for scans of signed documents, ``pipeline.packages``.
"""

from docgen.pipeline.handwritten.model import FiledFile, PackagingOutcome
from docgen.pipeline.handwritten.package import package_record

__all__ = ["FiledFile", "PackagingOutcome", "package_record"]

"""A package from documents that people wrote by hand: matched, checked and filed beside what docgen makes itself."""

from docgen.pipeline.handwritten.model import FiledFile, LackingDocument, PackagingOutcome
from docgen.pipeline.handwritten.package import package_record

__all__ = ["FiledFile", "LackingDocument", "PackagingOutcome", "package_record"]

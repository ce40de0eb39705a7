"""The overview of many packages: their figures, summed in one workbook with charts."""

from docgen.batch.overview.summarize import SummarizeOutcome, summarize_packages

__all__ = [
    "SummarizeOutcome",
    "summarize_packages",
]

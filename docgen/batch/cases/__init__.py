"""The review of many good cases: judge, compare and annotate them; one workbook for all."""

from docgen.batch.cases.review import FoundCase, ReviewedFile, annotate_cases, find_cases, review_cases

__all__ = [
    "FoundCase",
    "ReviewedFile",
    "annotate_cases",
    "find_cases",
    "review_cases",
]

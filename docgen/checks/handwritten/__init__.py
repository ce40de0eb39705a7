"""Checks of a document that somebody wrote by hand, by its text alone: no rule of a profile is needed.

This module is the door. Imports ``checks.shared`` and ``content``.
"""

from docgen.checks.handwritten.forms import WantedLabel, check_form, holds_any
from docgen.checks.handwritten.headings import check_headings
from docgen.checks.handwritten.names import NamedIdentity, NamedParty, check_names
from docgen.checks.handwritten.placeholders import check_placeholders

__all__ = [
    "NamedIdentity",
    "NamedParty",
    "WantedLabel",
    "check_form",
    "check_headings",
    "check_names",
    "check_placeholders",
    "holds_any",
]

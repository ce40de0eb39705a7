"""Questions about projects, as the desk's process is asked them."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from docgen.web.work.projects import ProjectPlace


def answer(question: str, place: Sequence[Any], given: Sequence[Any]) -> Any:
    """Call ``module:function`` with the place of the projects first."""
    module, _, name = question.partition(":")
    return getattr(import_module(module), name)(ProjectPlace(*place), *given)

"""Loads openpyxl's formula tokenizer alone: importing all of openpyxl takes longer than making a document."""

from __future__ import annotations

import sys
from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

_NAME = "openpyxl.formula.tokenizer"


@cache
def load_tokenizer() -> tuple[Any, Any, type[Exception]]:
    """Load ``Token``, ``Tokenizer`` and ``TokenizerError``; their module needs nothing else of its package."""
    module = sys.modules.get(_NAME) or _load_alone()
    return module.Token, module.Tokenizer, module.TokenizerError


def _load_alone() -> ModuleType:
    package = find_spec("openpyxl")
    assert package is not None
    assert package.origin is not None
    spec = spec_from_file_location(_NAME, Path(package.origin).with_name("formula") / "tokenizer.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

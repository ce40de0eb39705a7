"""Parameters that several commands share; small on purpose: it stands above ``localized`` and ``completion``."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar

import click

from docgen.cli.completion import complete_documents, complete_profiles
from docgen.cli.localized import PathType

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def count_cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


profile_option = click.option("--profile", "profile_id", metavar="ID", shell_complete=complete_profiles)
mapping_option = click.option("--mapping", metavar="MAPPING.yaml", type=PathType())
only_option = click.option("--only", "only", metavar="DOC", multiple=True, shell_complete=complete_documents)
jobs_option = click.option("--jobs", metavar="N", type=click.IntRange(1, 256), default=count_cores)
path_type = PathType()
folder_type = PathType(folder=True)

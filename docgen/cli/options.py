"""Parameters that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from docgen.cli.completion import complete_documents, complete_profiles
from docgen.cli.localized import PathType

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

profile_option = click.option("--profile", "profile_id", metavar="ID", shell_complete=complete_profiles)
mapping_option = click.option("--mapping", metavar="MAPPING.yaml", type=PathType())
only_option = click.option("--only", "only", metavar="DOC", multiple=True, shell_complete=complete_documents)
path_type = PathType()
folder_type = PathType(folder=True)

"""``docgen schema``: prints the JSON Schema of a record under a profile."""

from __future__ import annotations

import click

from docgen.cli.completion import complete_profiles
from docgen.cli.localized import LocalizedCommand
from docgen.cli.report import Report, dump_json, finish
from docgen.cli.session import Session


@click.command("schema", cls=LocalizedCommand)
@click.argument("profile_id", metavar="ID", shell_complete=complete_profiles)
@click.pass_obj
def schema(session: Session, profile_id: str) -> int:
    """Print the schema."""
    from docgen.profile.load import find_profile
    from docgen.profile.schema import describe_schema

    written = describe_schema(find_profile(session.find_resources(), profile_id))
    return finish(session, Report(lines=(dump_json(written),), data={"profile": profile_id, "schema": written}))

"""``docgen serve``: serves the page for a browser on this computer."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import click

from docgen.cli.localized import LocalizedCommand
from docgen.cli.options import folder_type
from docgen.cli.session import Session
from docgen.diagnostics import error
from docgen.errors import EXIT_OK, SourceError

_REQUIRED = ("starlette", "uvicorn", "python_multipart")
_FOLDER = "docgen-page"


@click.command("serve", cls=LocalizedCommand)
@click.argument("folder", metavar="[FOLDER]", required=False, type=folder_type)
@click.option("--port", metavar="N", type=click.IntRange(1, 65535))
@click.option("--no-browser", is_flag=True)
@click.pass_obj
def serve(session: Session, *, folder: Path | None, port: int | None, no_browser: bool) -> int:
    """Serve until Ctrl-C; write the address that opens the page as the only line on stdout."""
    missing = [name for name in _REQUIRED if find_spec(name) is None]
    if missing:
        raise SourceError(error("N169", names="、".join(missing)))
    from docgen.archive.zip.limits import Limits
    from docgen.web.server import serve_page

    chosen = folder or Path.home() / _FOLDER
    resources, limits = session.enter_folder(chosen), Limits(**session.find_limits(chosen))

    def announce(address: str, key_file: Path) -> None:
        session.console.write_message(session.text("serve.folder", folder=str(chosen.absolute())))
        session.console.write_message(session.text("serve.key", path=str(key_file)))
        session.console.write_message(session.text("serve.address" if no_browser else "serve.open"))
        session.console.write_data(address)
        session.console.write_message(session.text("serve.stop"))
        if not no_browser:
            import webbrowser

            webbrowser.open(address)

    serve_page(chosen, port, session.lang, announce, resources=resources, verifying=limits)
    return EXIT_OK

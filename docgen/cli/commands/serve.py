"""``docgen serve``: the page in a browser, on this computer alone."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import click

from docgen.cli.localized import LocalizedCommand
from docgen.cli.options import folder_type
from docgen.cli.session import Session
from docgen.diagnostics import error
from docgen.errors import EXIT_OK, SourceError

_NEEDED = ("starlette", "uvicorn", "python_multipart")
_FOLDER = "docgen-page"


@click.command("serve", cls=LocalizedCommand)
@click.argument("folder", metavar="[FOLDER]", required=False, type=folder_type)
@click.option("--port", metavar="N", type=click.IntRange(1, 65535))
@click.option("--no-browser", is_flag=True)
@click.pass_obj
def serve(session: Session, *, folder: Path | None, port: int | None, no_browser: bool) -> int:
    """Serve until Ctrl-C; the address that opens the page is the only line on stdout."""
    absent = [name for name in _NEEDED if find_spec(name) is None]
    if absent:
        raise SourceError(error("N169", names="、".join(absent)))
    from docgen.archive.zip.limits import Limits
    from docgen.web.server import serve_page

    chosen = folder or Path.home() / _FOLDER
    resources, limits = session.enter_folder(chosen), Limits(**session.find_limits(chosen))

    def announce(address: str, key_file: Path) -> None:
        session.console.say(session.text("serve.folder", folder=str(chosen.absolute())))
        session.console.say(session.text("serve.key", path=str(key_file)))
        session.console.say(session.text("serve.address" if no_browser else "serve.open"))
        session.console.give(address)
        session.console.say(session.text("serve.stop"))
        if not no_browser:
            import webbrowser

            webbrowser.open(address)

    serve_page(chosen, port, session.lang, announce, resources=resources, verifying=limits)
    return EXIT_OK

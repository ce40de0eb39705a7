"""``docgen build --watch``: tells of each round what was made anew and what was found, until Ctrl-C."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.cli.report import format_diagnostic, weigh
from docgen.cli.session import Session
from docgen.diagnostics import Diagnostic
from docgen.errors import EXIT_OK
from docgen.messages.answer import SCHEMA_VERSION
from docgen.messages.description import describe_diagnostic
from docgen.messages.shell import show_path

if TYPE_CHECKING:
    from docgen.batch.watch import Round
    from docgen.pipeline import Options

_LISTED = 8


def watch_build(session: Session, record: Path, out: Path, options: Options) -> int:
    """Build, and build again what each save touches; Ctrl-C ends it well."""
    from docgen.batch.watch import watch_record

    tell = _report_json if session.is_json else _tell
    try:
        for number, done in enumerate(watch_record(record, out, options)):
            tell(session, done)
            if number == 0 and not session.is_json:
                session.console.say(session.text("watch.waiting"))
            session.console.close()
    except KeyboardInterrupt:
        pass  # the usual end of watching
    session.console.say(session.text("watch.ended"))
    return EXIT_OK


def _tell(session: Session, done: Round) -> None:
    texts = session.text
    for item in weigh(session, done.new):
        for line in format_diagnostic(session, item):
            session.console.say(line)
    for item in done.gone:
        session.console.say(texts("watch.gone", code=item.code, message=session.words.message(item)))
    if done.is_faulty and not done.written:
        session.console.say(texts("watch.faulty", seconds=f"{done.seconds:.2f}"))
        return
    for title, paths in (("watch.written", done.written), ("watch.removed", done.removed)):
        if paths:
            session.console.say(texts(title, number=len(paths), seconds=f"{done.seconds:.2f}"))
            for path in paths[:_LISTED]:
                session.console.say("    " + show_path(path))
            if len(paths) > _LISTED:
                session.console.say("    " + texts("watch.more", number=len(paths) - _LISTED))
    if not (done.written or done.removed):
        session.console.say(texts("watch.same", seconds=f"{done.seconds:.2f}"))


def _report_json(session: Session, done: Round) -> None:
    """A round as one line of JSON."""

    def describe(items: Iterable[Diagnostic]) -> list[dict[str, object]]:
        return [describe_diagnostic(item, session.words) for item in items]

    document = {
        "schema_version": SCHEMA_VERSION,
        "command": session.command,
        "written": [str(path) for path in done.written],
        "removed": [str(path) for path in done.removed],
        "new": describe(weigh(session, done.new)),
        "gone": describe(done.gone),
        "ok": not done.is_faulty,
        "seconds": round(done.seconds, 3),
    }
    session.console.give(json.dumps(document, ensure_ascii=False))

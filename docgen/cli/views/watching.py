"""``docgen build --watch``: builds after each change and reports files and diagnostics, until Ctrl-C."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.cli.report import apply_strictness, format_diagnostic
from docgen.cli.session import Session
from docgen.diagnostics import Diagnostic
from docgen.errors import EXIT_OK
from docgen.messages.answer import SCHEMA_VERSION
from docgen.messages.description import describe_diagnostic
from docgen.messages.shell import format_typed_path

if TYPE_CHECKING:
    from docgen.batch.records.watch import Round
    from docgen.pipeline import Options

_LISTED = 8


def watch_build(session: Session, record: Path, out: Path, options: Options) -> int:
    """Build, and build again what each save affects, until Ctrl-C; the exit code is 0."""
    from docgen.batch.records.watch import watch_record

    write_round = _write_json if session.is_json else _write_text
    try:
        for number, done in enumerate(watch_record(record, out, options)):
            write_round(session, done)
            if number == 0 and not session.is_json:
                session.console.write_message(session.text("watch.waiting"))
            session.console.close()
    except KeyboardInterrupt:
        pass  # the usual end of watching
    session.console.write_message(session.text("watch.ended"))
    return EXIT_OK


def _write_text(session: Session, done: Round) -> None:
    texts = session.text
    for item in apply_strictness(session, done.new):
        for line in format_diagnostic(session, item):
            session.console.write_message(line)
    for item in done.gone:
        session.console.write_message(texts("watch.gone", code=item.code, message=session.words.message(item)))
    if done.is_faulty and not done.written:
        session.console.write_message(texts("watch.faulty", seconds=f"{done.seconds:.2f}"))
        return
    for title, paths in (("watch.written", done.written), ("watch.removed", done.removed)):
        if paths:
            session.console.write_message(texts(title, number=len(paths), seconds=f"{done.seconds:.2f}"))
            for path in paths[:_LISTED]:
                session.console.write_message("    " + format_typed_path(path))
            if len(paths) > _LISTED:
                session.console.write_message("    " + texts("watch.more", number=len(paths) - _LISTED))
    if not (done.written or done.removed):
        session.console.write_message(texts("watch.same", seconds=f"{done.seconds:.2f}"))


def _write_json(session: Session, done: Round) -> None:
    """Write a round as one line of JSON."""

    def describe(items: Iterable[Diagnostic]) -> list[dict[str, object]]:
        return [describe_diagnostic(item, session.words) for item in items]

    document = {
        "schema_version": SCHEMA_VERSION,
        "command": session.command,
        "written": [str(path) for path in done.written],
        "removed": [str(path) for path in done.removed],
        "new": describe(apply_strictness(session, done.new)),
        "gone": describe(done.gone),
        "ok": not done.is_faulty,
        "seconds": round(done.seconds, 3),
    }
    session.console.write_data(json.dumps(document, ensure_ascii=False))

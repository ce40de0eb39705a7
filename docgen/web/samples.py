"""A sample to try behind each door: files that come with docgen, taken as if somebody had sent them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from starlette.concurrency import run_in_threadpool

from docgen.web.jobs.model import Order, PageJob, SourceFile
from docgen.web.state import State

FOLDER = Path(__file__).resolve().parent / "examples"
_OPTIONS = "options.json"


async def start_sample(state: State, kind: str, door: str) -> PageJob:
    """Begin a job with copies of the door's examples, and the choices that lie beside them."""
    with state.workplace.hold() as job_id:
        uploads = state.workplace.find(job_id) / "uploads"
        options = json.loads(path.read_text("utf-8")) if (path := FOLDER / door / _OPTIONS).is_file() else {}
        sources = []
        for number, path in enumerate(sorted((FOLDER / door).iterdir()), 1):
            if path.name == _OPTIONS:
                continue
            target = uploads / f"{number:04d}" / path.name
            target.parent.mkdir(parents=True)
            await run_in_threadpool(shutil.copyfile, path, target)
            sources.append(SourceFile(target, path.name))
    title = state.settings.words.text("web.sample.title", name=state.settings.words.text(f"web.{door}.name"))
    return state.runner.start(job_id, kind, Order(title, tuple(sources), options))

"""A sample to try behind each door: files that come with docgen, taken as if somebody had sent them."""

from __future__ import annotations

import shutil

from starlette.concurrency import run_in_threadpool

from docgen.resources import shipped_folder
from docgen.web.jobs.model import Job, Order, Source
from docgen.web.state import State


async def start_sample(state: State, kind: str, door: str) -> Job:
    """Begin a job with copies of the files in ``samples/page/<door>``."""
    job_id = state.workplace.make()
    uploads = state.workplace.find(job_id) / "uploads"
    found = sorted(path for path in (shipped_folder("samples") / "page" / door).iterdir() if path.is_file())
    sources = []
    for number, path in enumerate(found, 1):
        target = uploads / f"{number:04d}" / path.name
        target.parent.mkdir(parents=True)
        await run_in_threadpool(shutil.copyfile, path, target)
        sources.append(Source(target, path.name))
    title = state.settings.words.text("web.sample.title", name=sources[0].name)
    return state.runner.start(job_id, kind, Order(title, tuple(sources), {}))

"""Starts jobs with the sample files that come with docgen, as if they had been uploaded."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from docgen.web.jobs.model import Order, PageJob, SourceFile
from docgen.web.state import State, find_state

FOLDER = Path(__file__).resolve().parent / "examples"
_OPTIONS = "options.json"


def make_start_routes(kind: str, door: str) -> tuple[Route, Route]:
    """The routes that start a door's job, with a form's files and with the sample."""

    async def start(request: Request) -> Response:
        job, _ = await find_state(request).start_job(request, kind)
        return RedirectResponse(f"/jobs/{job.id}", 303)

    async def try_sample(request: Request) -> Response:
        job = await start_sample(find_state(request), kind, door)
        return RedirectResponse(f"/jobs/{job.id}", 303)

    return Route(f"/{door}", start, methods=["POST"]), Route(f"/{door}/sample", try_sample, methods=["POST"])


async def start_sample(state: State, kind: str, door: str) -> PageJob:
    """Start a job with copies of a door's examples and the options beside them."""
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

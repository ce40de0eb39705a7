"""Routes for programs: the page's jobs with JSON answers, authenticated by ``Authorization: Bearer <key>``."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from docgen.diagnostics import error, has_errors
from docgen.errors import EXIT_CANNOT_RUN, EXIT_FAULTS, EXIT_INTERRUPTED, EXIT_OK
from docgen.messages.answer import SCHEMA_VERSION, Answer
from docgen.web.diagnostics_view import replace_paths
from docgen.web.faults import PageError
from docgen.web.jobs.folder import ANSWER, read_order, read_outcome, read_step
from docgen.web.jobs.kinds import KINDS
from docgen.web.jobs.model import PageJob
from docgen.web.state import State, find_state

_POLL_SECONDS = 0.1
_CHUNK = 1 << 16


async def run_command(request: Request) -> Response:
    """Run a job with the form's files and answer when it is over; with ``?wait=0`` at once, with its address."""
    state = find_state(request)
    kind = KINDS.get(request.path_params["kind"])
    if kind is None or not kind.is_command:
        raise PageError(404, error("N162"))
    started, _ = await state.start_job(request, kind.name)
    job: PageJob | None = started
    while request.query_params.get("wait") != "0" and job is not None and not job.is_over:
        await asyncio.sleep(_POLL_SECONDS)
        job = state.ledger.find(started.id)
    if job is None:
        raise PageError(404, error("N162"))
    return _answer(state, job, 200 if job.is_over else 202)


async def report_job(request: Request) -> Response:
    """Report a job's state and result."""
    state = find_state(request)
    return _answer(state, state.find_job(request))


def _answer(state: State, job: PageJob, status: int = 200) -> Response:
    """The response for a job; an answer in its folder is streamed from there, whatever its size."""
    folder = state.workplace.find(job.id)
    if not job.is_over or not (folder / ANSWER).is_file():
        return JSONResponse(describe_job(state, job), status)
    head = {"state": job.state, "job": f"/api/jobs/{job.id}", "peak_bytes": read_outcome(folder).peak}

    def stream() -> Iterator[bytes]:
        with (folder / ANSWER).open("rb") as file:
            yield json.dumps(head)[:-1].encode() + b", " + file.read(_CHUNK).removeprefix(b"{")
            while chunk := file.read(_CHUNK):
                yield chunk

    return StreamingResponse(stream(), status, media_type="application/json")


def describe_job(state: State, job: PageJob) -> dict[str, Any]:
    """A job as the commands' JSON, with the addresses of the job and its files."""
    folder = state.workplace.find(job.id)
    status: dict[str, Any] = {"state": job.state, "job": f"/api/jobs/{job.id}"}
    if not job.is_over:
        step = read_step(folder)
        head = {"schema_version": SCHEMA_VERSION, "command": job.kind}
        return {**head, **status, "progress": {"done": step.done, "total": step.total}}
    outcome = read_outcome(folder)
    outputs = [
        {"kind": item.kind, "title": item.name, "href": f"/jobs/{job.id}/files/{number}"}
        for number, item in enumerate(outcome.outputs, 1)
    ]
    done_code = EXIT_FAULTS if has_errors(outcome.diagnostics) else EXIT_OK
    answer = Answer(
        job.kind,
        {"cancelled": EXIT_INTERRUPTED, "failed": EXIT_CANNOT_RUN}.get(job.state, done_code),
        outcome.diagnostics,
        data={**status, "outputs": outputs, "peak_bytes": outcome.peak, **outcome.data},
        language=state.settings.words.lang,
    )
    names = {str(item.path): item.name for item in read_order(folder).sources}
    described: dict[str, Any] = replace_paths(answer.describe(), names)
    return described


ROUTES = (
    Route("/api/jobs/{job}", report_job),
    Route("/api/{kind}", run_command, methods=["POST"]),
)

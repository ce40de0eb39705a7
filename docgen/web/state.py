"""Holds the state that routes share: settings, pages, folder, jobs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from docgen.diagnostics import error
from docgen.web.faults import PageError
from docgen.web.jobs.desk import Desk
from docgen.web.jobs.kinds import KINDS
from docgen.web.jobs.ledger import JobLedger
from docgen.web.jobs.model import Order, PageJob, SourceFile
from docgen.web.jobs.runner import JobRunner
from docgen.web.pages import PageRenderer
from docgen.web.settings import PageSettings
from docgen.web.uploads import Form, receive_form
from docgen.web.workplace import Workplace


@dataclass(frozen=True, slots=True)
class State:
    """The objects that all routes share; jobs change through the ledger and the folder."""

    settings: PageSettings
    pages: PageRenderer
    workplace: Workplace
    ledger: JobLedger
    runner: JobRunner
    desk: Desk

    def find_job(self, request: Request) -> PageJob:
        """The job in the request's path; PageError N162 when there is none (any more)."""
        job = self.ledger.find(request.path_params["job"])
        if job is None or not self.workplace.find(job.id).is_dir():
            raise PageError(404, error("N162"))
        return job

    async def start_job(
        self, request: Request, kind: str, title: str = "", check: Callable[[Form], None] | None = None
    ) -> tuple[PageJob, Form]:
        """Start a job with a form's files, its fields as the job's options; PageError N171 without a file.

        The default title is the first file's name with the number of files, or the folder that is named in place of
        files. ``check`` may refuse the form by raising an error.
        """
        with self.workplace.hold() as job_id:
            form = await receive_form(request, self.workplace.find(job_id) / "uploads", self.settings.limits)
            place = form.text(KINDS[kind].place) if KINDS[kind].place else ""
            if not form.files and not place:
                raise PageError(400, error("N171"))
            if check is not None:
                await run_in_threadpool(check, form)
        sources = tuple(SourceFile(item.path, item.name) for item in form.files)
        options = {name: list(values) for name, values in form.fields.items()}
        if not title:
            key = "web.job.first" if len(sources) > 1 else "web.job.only"
            words = self.settings.words
            title = words.text(key, name=sources[0].name, number=len(sources)) if sources else place
        return self.runner.start(job_id, kind, Order(title, sources, options)), form

    async def receive_fields(self, request: Request) -> Form:
        """Receive a form without files; PageError N163 when it has some."""
        return await receive_form(request, self.workplace.folder, replace(self.settings.limits, files=0))


def find_state(request: Request) -> State:
    """The state of the application that received a request."""
    state: State = request.app.state.page
    return state

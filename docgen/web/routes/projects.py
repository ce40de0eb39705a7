"""The door ``projects``: the projects of the folder, a new one, and one of them with all that is to be done for it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from docgen.batch.result import parse_diagnostics
from docgen.diagnostics import error
from docgen.web.faults import PageError
from docgen.web.jobs.folder import read_order
from docgen.web.samples import FOLDER
from docgen.web.state import State, find_state
from docgen.web.uploads import Form, receive_form

DOOR = "projects"
_CHOICE = "docgen.web.work.forms_choice"


async def ask(request: Request, question: str, *given: Any) -> Any:
    """A quick question about the projects of the folder; ``question`` is ``module:function`` below ``web.work``."""
    state = find_state(request)
    settings = state.settings
    place = (settings.folder, state.workplace.jobs, settings.resources, settings.lang)
    return await state.desk.ask("docgen.web.work.project_desk:answer", f"docgen.web.work.{question}", place, given)


async def receive_fields(request: Request) -> Form:
    """A form without files."""
    state = find_state(request)
    return await receive_form(request, state.workplace.folder, replace(state.settings.limits, files=0))


async def show(request: Request) -> Response:
    """The projects of the folder with their status, and how a new one begins."""
    state = find_state(request)
    projects = await ask(request, "projects:list_projects")
    standards = await state.desk.ask(f"{_CHOICE}:list_standards", state.settings.resources)
    return state.pages.render(request, "projects/list.html", door=DOOR, projects=projects, standards=standards)


async def begin(request: Request) -> Response:
    """Begin a project in a folder of its own."""
    form = await receive_fields(request)
    name, standard = form.text("name"), form.text("standard")
    if not name or not standard:
        raise PageError(400, error("N209"))
    project = await ask(request, "projects:begin_project", name, standard)
    return RedirectResponse(f"/{DOOR}/{project}", 303)


async def try_sample(request: Request) -> Response:
    """Copy the sample into the folder, unless it is there, and open it."""
    state = find_state(request)
    words = state.settings.words
    target = state.settings.folder / words.text("web.projects.sample")
    if not target.exists():
        await run_in_threadpool(shutil.copytree, FOLDER / DOOR, target)
    projects = await ask(request, "projects:list_projects")
    found = next((item["id"] for item in projects if item["path"].split("/")[0] == target.name), None)
    return RedirectResponse(f"/{DOOR}/{found}" if found else f"/{DOOR}", 303)


async def show_project(request: Request) -> Response:
    """One project: what is missing, what to do next, what is wrong, its documents, what can be made."""
    state = find_state(request)
    project = await ask(request, "projects:describe_project", request.path_params["project"])
    found = parse_diagnostics(project["found"])
    return state.pages.render(
        request, "projects/project.html", door=DOOR, project=project, found=found, jobs=list_jobs(state, project["id"])
    )


def list_jobs(state: State, project: str) -> list[Any]:
    """The jobs that made something of a project and whose results are still there."""
    orders = [(job, read_order(state.workplace.find(job.id))) for job in state.ledger.list_all()]
    return [(job, order.title) for job, order in orders if order.options.get("project") == [project]]


ROUTES = (
    Route(f"/{DOOR}", show),
    Route(f"/{DOOR}", begin, methods=["POST"]),
    Route(f"/{DOOR}/sample", try_sample, methods=["POST"]),
    Route(f"/{DOOR}/{{project}}", show_project),
)

"""The door ``projects``: lists the folder's projects, starts new ones, shows one with what is to be done."""

from __future__ import annotations

import shutil
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from docgen.batch.ledger.result import parse_diagnostics
from docgen.diagnostics import error
from docgen.web.faults import PageError
from docgen.web.jobs.folder import read_order
from docgen.web.samples import FOLDER
from docgen.web.state import State, find_state

DOOR = "projects"
_CHOICE = "docgen.web.work.forms_choice"


async def ask(request: Request, question: str, *arguments: Any) -> Any:
    """Ask a quick question about the folder's projects; ``question`` is ``module:function`` below ``web.work``."""
    state = find_state(request)
    settings = state.settings
    place = (settings.folder, state.workplace.jobs, settings.resources, settings.lang)
    return await state.desk.ask("docgen.web.work.projects:answer", f"docgen.web.work.{question}", place, arguments)


async def show(request: Request) -> Response:
    """Show the folder's projects with their status, and the form for a new one."""
    state = find_state(request)
    projects = await ask(request, "projects:list_projects")
    standards = await state.desk.ask(f"{_CHOICE}:list_standards", state.settings.resources)
    return state.pages.render(request, "projects/list.html", door=DOOR, projects=projects, standards=standards)


async def start(request: Request) -> Response:
    """Start a project in a folder of its own."""
    form = await find_state(request).receive_fields(request)
    name, standard = form.text("name"), form.text("standard")
    if not name or not standard:
        raise PageError(400, error("N209"))
    project = await ask(request, "projects:create_project", name, standard)
    return RedirectResponse(f"/{DOOR}/{project}", 303)


async def try_sample(request: Request) -> Response:
    """Copy the sample project into the folder, unless it is there, and open it."""
    state = find_state(request)
    words = state.settings.words
    target = state.settings.folder / words.text("web.projects.sample")
    if not target.exists():
        await run_in_threadpool(shutil.copytree, FOLDER / DOOR, target)
    projects = await ask(request, "projects:list_projects")
    project = next((item["id"] for item in projects if item["path"].split("/")[0] == target.name), None)
    return RedirectResponse(f"/{DOOR}/{project}" if project else f"/{DOOR}", 303)


async def show_project(request: Request) -> Response:
    """Show one project: missing values, next steps, problems, documents, what can be made."""
    state = find_state(request)
    project = await ask(request, "projects:describe_project", request.path_params["project"])
    diagnostics = parse_diagnostics(project["diagnostics"])
    jobs = list_jobs(state, project["id"])
    values = {"project": project, "diagnostics": diagnostics, "jobs": jobs}
    return state.pages.render(request, "projects/project.html", door=DOOR, **values)


def list_jobs(state: State, project: str) -> list[Any]:
    """The jobs of a project whose results are still there, with their titles."""
    orders = [(job, read_order(state.workplace.find(job.id))) for job in state.ledger.list_all()]
    return [(job, order.title) for job, order in orders if order.options.get("project") == [project]]


ROUTES = (
    Route(f"/{DOOR}", show),
    Route(f"/{DOOR}", start, methods=["POST"]),
    Route(f"/{DOOR}/sample", try_sample, methods=["POST"]),
    Route(f"/{DOOR}/{{project}}", show_project),
)

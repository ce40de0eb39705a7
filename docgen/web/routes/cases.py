"""The door ``cases``: good cases are uploaded or pasted, listed, shown one by one, edited with live counts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from docgen.batch.ledger.result import parse_diagnostics
from docgen.diagnostics import Diagnostic, error
from docgen.web.diagnostics_view import DiagnosticView, format_diagnostics
from docgen.web.downloads import format_disposition
from docgen.web.faults import PageError
from docgen.web.jobs.folder import read_order, read_outcome
from docgen.web.jobs.model import JobOutcome, Order, PageJob, SourceFile
from docgen.web.routes.cases_list import USUAL, CaseFile, is_fitting, list_files, sort_files
from docgen.web.samples import make_start_routes
from docgen.web.state import State, find_state
from docgen.web.uploads import Form, receive_form

DOOR, KIND = "cases", "case"
_WORK = "docgen.web.work.cases"
_MARKUP = ("#", "|", "```")
_PART = "part-"


async def show(request: Request) -> Response:
    """Show the form for files or a pasted text, and the sample."""
    return find_state(request).pages.render(request, "cases/door.html", door=DOOR)


async def start_with_text(request: Request) -> Response:
    """Start a job with a pasted text, saved as a file; PageError N176 when it is empty."""
    state = find_state(request)
    with state.workplace.hold() as job_id:
        folder = state.workplace.find(job_id)
        text = (await receive_form(request, folder / "uploads", state.settings.limits)).text("text")
        if not text:
            raise PageError(400, error("N176"))
        path = folder / "uploads" / "0001" / f"{state.settings.words.text('web.cases.pasted')}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(format_markdown(text), "utf-8")
    job = state.runner.start(job_id, KIND, Order(path.stem, (SourceFile(path, path.name),)))
    return RedirectResponse(f"/jobs/{job.id}", 303)


def format_markdown(text: str) -> str:
    """A pasted text as Markdown: each line becomes a paragraph, unless the text is Markdown already."""
    lines = [line.strip() for line in text.splitlines()]
    is_markdown = any(line.startswith(_MARKUP) for line in lines)
    return text if is_markdown else "\n\n".join(filter(None, lines)) + "\n"


@dataclass(frozen=True, slots=True)
class CaseJob:
    """A finished job of this door, and its files."""

    state: State
    job: PageJob
    order: Order
    outcome: JobOutcome
    files: list[CaseFile] = field(default_factory=list)

    def find(self, request: Request) -> CaseFile:
        """The file in the request's path; PageError N162 when there is none."""
        number: int = request.path_params["number"]
        if not 1 <= number <= len(self.files):
            raise PageError(404, error("N162"))
        return self.files[number - 1]

    @property
    def values(self) -> dict[str, Any]:
        """The values for the templates of every page of the job."""
        names = {str(item.path): item.name for item in self.order.sources}
        table = next((n for n, item in enumerate(self.outcome.outputs, 1) if item.kind == "table"), None)
        return {
            "job": self.job,
            "order": self.order,
            "outcome": self.outcome,
            "door": DOOR,
            "names": names,
            "files": self.files,
            "table": table,
            "is_fitting": is_fitting,
        }


def find_case_job(request: Request) -> CaseJob:
    """The job in the request's path; PageError N162 when it isn't one of this door, or isn't done."""
    state = find_state(request)
    job = state.find_job(request)
    if job.kind != KIND or job.state != "done":
        raise PageError(404, error("N162"))
    folder = state.workplace.find(job.id)
    order, outcome = read_order(folder), read_outcome(folder)
    return CaseJob(state, job, order, outcome, list_files(order, outcome))


async def show_all(request: Request) -> Response:
    """Show the list of all cases; of a single case its own page."""
    case_job = find_case_job(request)
    if len(case_job.files) == 1:
        return await _render_case(request, case_job, case_job.files[0])
    rows, sort = sort_files(case_job.files, request.query_params.get("sort", USUAL))
    return case_job.state.pages.render(request, "cases/list.html", rows=rows, sort=sort, **case_job.values)


async def show_one(request: Request) -> Response:
    """Show one case: its parts, facts and problems."""
    case_job = find_case_job(request)
    return await _render_case(request, case_job, case_job.find(request))


async def _render_case(request: Request, case_job: CaseJob, file: CaseFile) -> Response:
    has_draft = _draft_path(case_job, file).is_file()
    faults = _format_faults(case_job, file.diagnostics, {str(file.path): file.name}, file.name)
    values = case_job.values | {"file": file, "faults": faults, "has_draft": has_draft}
    return case_job.state.pages.render(request, "cases/case.html", **values)


def _format_faults(
    case_job: CaseJob, diagnostics: Sequence[Diagnostic], names: Mapping[str, str], file: str = ""
) -> list[DiagnosticView]:
    """The diagnostics of a page about one file: their places don't name it."""
    words = case_job.state.settings.words
    faults = format_diagnostics(diagnostics, words, names)
    places = (item.place.removeprefix(file).strip() or words.text("web.cases.whole") for item in faults)
    return [replace(item, place=place) for item, place in zip(faults, places, strict=True)]


async def edit(request: Request) -> Response:
    """Show the text by its parts for editing: the draft, else the uploaded text. A form's text becomes the draft."""
    case_job = find_case_job(request)
    file = case_job.find(request)
    if not file.is_text:
        raise PageError(404, error("N162"))
    settings, draft = case_job.state.settings, _draft_path(case_job, file)
    if request.method == "POST":
        text = _read_text(await case_job.state.receive_fields(request))
        draft.parent.mkdir(exist_ok=True)
        draft.write_text(json.dumps(text, ensure_ascii=False), "utf-8")
    elif draft.is_file():
        text = json.loads(draft.read_text("utf-8"))
    else:
        text = await case_job.state.desk.ask(f"{_WORK}:open_text", file.path, settings.resources)
    case, diagnostics, units = await case_job.state.desk.ask(
        f"{_WORK}:count_text", text, settings.resources, settings.lang
    )
    faults = _format_faults(
        case_job, parse_diagnostics(diagnostics), {part["title"]: part["title"] for part in case["parts"]}
    )
    values = {"file": file, "text": text, "case": case, "units": units, "faults": faults, "has_draft": draft.is_file()}
    return case_job.state.pages.render(request, "cases/edit.html", **case_job.values | values)


async def save(request: Request) -> Response:
    """Send the edited text as a file."""
    case_job = find_case_job(request)
    file, settings = case_job.find(request), case_job.state.settings
    text = _read_text(await case_job.state.receive_fields(request))
    markdown = await case_job.state.desk.ask(f"{_WORK}:format_text", text, settings.resources)
    name = settings.words.text("web.cases.edited", name=file.path.stem)
    headers = {"Content-Disposition": format_disposition(f"{name}.md")}
    return Response(markdown, media_type="text/markdown; charset=utf-8", headers=headers)


async def restore(request: Request) -> Response:
    """Remove the draft."""
    case_job = find_case_job(request)
    file = case_job.find(request)
    _draft_path(case_job, file).unlink(missing_ok=True)
    return RedirectResponse(f"/{DOOR}/{case_job.job.id}/{file.number}/edit", 303)


def _draft_path(case_job: CaseJob, file: CaseFile) -> Path:
    return case_job.state.workplace.find(case_job.job.id) / "drafts" / f"{file.number:04d}.json"


def _read_text(form: Form) -> Mapping[str, Any]:
    """The text in a form's fields."""
    texts = {name: "\n".join(values[:1]).replace("\r\n", "\n") for name, values in form.fields.items()}
    parts = {name.removeprefix(_PART): text for name, text in texts.items() if name.startswith(_PART)}
    return {
        "title": texts.get("title", ""),
        "units": texts.get("units", ""),
        "parts": parts,
        "rest": texts.get("rest", ""),
    }


_ONE = f"/{DOOR}/{{job}}/{{number:int}}"
ROUTES = (
    Route(f"/{DOOR}", show),
    *make_start_routes(KIND, DOOR),
    Route(f"/{DOOR}/text", start_with_text, methods=["POST"]),
    Route(f"/{DOOR}/{{job}}", show_all),
    Route(_ONE, show_one),
    Route(f"{_ONE}/edit", edit, methods=["GET", "POST"]),
    Route(f"{_ONE}/save", save, methods=["POST"]),
    Route(f"{_ONE}/restore", restore, methods=["POST"]),
)

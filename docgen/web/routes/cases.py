"""The door ``cases``: cases are put in or pasted, shown in a list and one by one, edited and counted meanwhile."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from docgen.batch.result import parse_diagnostics
from docgen.diagnostics import Diagnostic, error
from docgen.web.downloads import format_disposition
from docgen.web.faults import PageError
from docgen.web.jobs.folder import read_order, read_outcome
from docgen.web.jobs.model import JobOutcome, Order, PageJob, SourceFile
from docgen.web.routes.cases_list import USUAL, CaseFile, is_fitting, list_files, sort_files
from docgen.web.samples import start_sample
from docgen.web.spoken import SpokenFault, speak
from docgen.web.state import State, find_state
from docgen.web.uploads import Form, receive_form

DOOR, KIND = "cases", "case"
_WORK = "docgen.web.work.cases"
_MARKUP = ("#", "|", "```")
_PART = "part-"


async def show(request: Request) -> Response:
    """What the door does, where files go, where a text is pasted, a sample to try."""
    return find_state(request).pages.render(request, "cases/door.html", door=DOOR)


async def start(request: Request) -> Response:
    """Take the files and begin."""
    job, _ = await find_state(request).start_job(request, KIND)
    return RedirectResponse(f"/jobs/{job.id}", 303)


async def try_sample(request: Request) -> Response:
    """Begin with the sample."""
    job = await start_sample(find_state(request), KIND, DOOR)
    return RedirectResponse(f"/jobs/{job.id}", 303)


async def take_text(request: Request) -> Response:
    """Take a text that was pasted as if its file had been put in; PageError N176 when there is none."""
    state = find_state(request)
    with state.workplace.hold() as job_id:
        folder = state.workplace.find(job_id)
        text = (await receive_form(request, folder / "uploads", state.settings.limits)).text("text")
        if not text:
            raise PageError(400, error("N176"))
        path = folder / "uploads" / "0001" / f"{state.settings.words.text('web.cases.pasted')}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(part_lines(text), "utf-8")
    job = state.runner.start(job_id, KIND, Order(path.stem, (SourceFile(path, path.name),)))
    return RedirectResponse(f"/jobs/{job.id}", 303)


def part_lines(text: str) -> str:
    """A pasted text as Markdown: each line is a paragraph, as it was in Word, but for a text that is Markdown."""
    lines = [line.strip() for line in text.splitlines()]
    is_markdown = any(line.startswith(_MARKUP) for line in lines)
    return text if is_markdown else "\n\n".join(filter(None, lines)) + "\n"


@dataclass(frozen=True, slots=True)
class Shown:
    """A job of this door that is done, and its files."""

    state: State
    job: PageJob
    order: Order
    outcome: JobOutcome
    files: list[CaseFile] = field(default_factory=list)

    def find(self, request: Request) -> CaseFile:
        """The file that the address names; PageError N162 when there is none."""
        number: int = request.path_params["number"]
        if not 1 <= number <= len(self.files):
            raise PageError(404, error("N162"))
        return self.files[number - 1]

    @property
    def said(self) -> dict[str, Any]:
        """What every page of the job is told."""
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


def find_shown(request: Request) -> Shown:
    """The job that the address names; PageError N162 when it isn't one of this door, or isn't done."""
    state = find_state(request)
    job = state.find_job(request)
    if job.kind != KIND or job.state != "done":
        raise PageError(404, error("N162"))
    folder = state.workplace.find(job.id)
    order, outcome = read_order(folder), read_outcome(folder)
    return Shown(state, job, order, outcome, list_files(order, outcome))


async def show_all(request: Request) -> Response:
    """The list of all; of a single case its own page."""
    shown = find_shown(request)
    if len(shown.files) == 1:
        return await _render_case(request, shown, shown.files[0])
    rows, sort = sort_files(shown.files, request.query_params.get("sort", USUAL))
    return shown.state.pages.render(request, "cases/list.html", rows=rows, sort=sort, **shown.said)


async def show_one(request: Request) -> Response:
    """One case: its parts, facts and problems."""
    shown = find_shown(request)
    return await _render_case(request, shown, shown.find(request))


async def _render_case(request: Request, shown: Shown, file: CaseFile) -> Response:
    has_draft = _draft_path(shown, file).is_file()
    faults = _speak(shown, file.diagnostics, {str(file.path): file.name}, file.name)
    values = shown.said | {"file": file, "faults": faults, "has_draft": has_draft}
    return shown.state.pages.render(request, "cases/case.html", **values)


def _speak(shown: Shown, found: Sequence[Diagnostic], names: Mapping[str, str], own: str = "") -> list[SpokenFault]:
    """What was found, the place without the name of the file that the page is about."""
    words = shown.state.settings.words
    faults = speak(found, words, names)
    places = (item.place.removeprefix(own).strip() or words.text("web.cases.whole") for item in faults)
    return [replace(item, place=place) for item, place in zip(faults, places, strict=True)]


async def edit(request: Request) -> Response:
    """The text by its parts, to be edited: as it was left, else as it was put in. What comes is kept and counted."""
    shown = find_shown(request)
    file = shown.find(request)
    if not file.is_text:
        raise PageError(404, error("N162"))
    settings, draft = shown.state.settings, _draft_path(shown, file)
    if request.method == "POST":
        text = _read_text(await _receive(request, shown))
        draft.parent.mkdir(exist_ok=True)
        draft.write_text(json.dumps(text, ensure_ascii=False), "utf-8")
    elif draft.is_file():
        text = json.loads(draft.read_text("utf-8"))
    else:
        text = await shown.state.desk.ask(f"{_WORK}:open_text", file.path, settings.resources)
    case, found, units = await shown.state.desk.ask(f"{_WORK}:count_text", text, settings.resources, settings.lang)
    faults = _speak(shown, parse_diagnostics(found), {part["title"]: part["title"] for part in case["parts"]})
    values = {"file": file, "text": text, "case": case, "units": units, "faults": faults, "has_draft": draft.is_file()}
    return shown.state.pages.render(request, "cases/edit.html", **shown.said | values)


async def save(request: Request) -> Response:
    """The edited text as a file."""
    shown = find_shown(request)
    file, settings = shown.find(request), shown.state.settings
    text = _read_text(await _receive(request, shown))
    said = await shown.state.desk.ask(f"{_WORK}:format_text", text, settings.resources)
    name = settings.words.text("web.cases.edited", name=file.path.stem)
    headers = {"Content-Disposition": format_disposition(f"{name}.md")}
    return Response(said, media_type="text/markdown; charset=utf-8", headers=headers)


async def restore(request: Request) -> Response:
    """Forget what was edited."""
    shown = find_shown(request)
    file = shown.find(request)
    _draft_path(shown, file).unlink(missing_ok=True)
    return RedirectResponse(f"/{DOOR}/{shown.job.id}/{file.number}/edit", 303)


async def _receive(request: Request, shown: Shown) -> Form:
    return await receive_form(request, shown.state.workplace.find(shown.job.id) / "drafts", shown.state.settings.limits)


def _draft_path(shown: Shown, file: CaseFile) -> Path:
    return shown.state.workplace.find(shown.job.id) / "drafts" / f"{file.number:04d}.json"


def _read_text(form: Form) -> Mapping[str, Any]:
    """The text that a form brings."""
    said = {name: "\n".join(values[:1]).replace("\r\n", "\n") for name, values in form.fields.items()}
    parts = {name.removeprefix(_PART): text for name, text in said.items() if name.startswith(_PART)}
    return {
        "title": said.get("title", ""),
        "units": said.get("units", ""),
        "parts": parts,
        "rest": said.get("rest", ""),
    }


_ONE = f"/{DOOR}/{{job}}/{{number:int}}"
ROUTES = (
    Route(f"/{DOOR}", show),
    Route(f"/{DOOR}", start, methods=["POST"]),
    Route(f"/{DOOR}/sample", try_sample, methods=["POST"]),
    Route(f"/{DOOR}/text", take_text, methods=["POST"]),
    Route(f"/{DOOR}/{{job}}", show_all),
    Route(_ONE, show_one),
    Route(f"{_ONE}/edit", edit, methods=["GET", "POST"]),
    Route(f"{_ONE}/save", save, methods=["POST"]),
    Route(f"{_ONE}/restore", restore, methods=["POST"]),
)

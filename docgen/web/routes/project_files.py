"""The evidence of a project, to which files are added; the jobs that make a project's documents."""

from __future__ import annotations

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from docgen.diagnostics import error
from docgen.web.faults import PageError
from docgen.web.jobs.folder import RESULTS, read_outcome
from docgen.web.jobs.model import Order
from docgen.web.routes.projects import DOOR, ask
from docgen.web.state import find_state
from docgen.web.uploads import receive_form

KIND, PREVIEW = "project", "preview"
OWNERS = ("activity", "training", "document")
"""The fields of evidence that say what a file belongs to."""
_PAGE = 60


async def show_evidence(request: Request) -> Response:
    """Show the evidence with thumbnails, and the form for more."""
    state, name = find_state(request), request.path_params["project"]
    evidence = await ask(request, "project_files:describe_evidence", name)
    text = request.query_params.get("page", "1")
    page = int(text) if text.isdecimal() and len(text) < 6 else 1
    pages = max(1, -(-len(evidence["pieces"]) // _PAGE))
    page = min(max(page, 1), pages)
    shown_pieces = evidence["pieces"][(page - 1) * _PAGE : page * _PAGE]
    values = {
        "project": name,
        "page": page,
        "pages": pages,
        "shown": shown_pieces,
        "is_saved": "saved" in request.query_params,
    }
    return state.pages.render(request, "projects/evidence.html", door=DOOR, **evidence, **values)


async def show_thumbnail(request: Request) -> Response:
    """Send a thumbnail of a piece of evidence."""
    key = (request.path_params["project"], request.path_params["number"])
    data = await ask(request, "project_files:make_thumbnail", *key)
    return Response(data, media_type="image/jpeg")


async def add_evidence(request: Request) -> Response:
    """Add files to the project's folder of evidence and enter them in its record."""
    state, name = find_state(request), request.path_params["project"]
    with state.workplace.hold() as job_id:  # a temporary folder for the uploads
        folder = state.workplace.find(job_id)
        form = await receive_form(request, folder / "uploads", state.settings.limits)
        if not form.files:
            raise PageError(400, error("N171"))
        kind, _, key = form.text("owner").partition(" ")
        entry = {"kind": form.text("kind"), "item": form.text("item")}
        entry |= {kind: key} if kind in OWNERS else {}
        files = [(item.path, item.name) for item in form.files]
        await ask(request, "project_files:add_evidence", name, files, entry, form.text("digest"))
    state.workplace.remove(job_id)
    return RedirectResponse(f"/{DOOR}/{name}/evidence?saved=1#saved", 303)


async def build(request: Request) -> Response:
    """Start making drafts, blank forms, the package or the bound volume; or a preview of one document."""
    state, name = find_state(request), request.path_params["project"]
    form = await state.receive_fields(request)
    what = form.text("what")
    if what not in ("draft", "blank", "package", "volume", "look"):
        raise PageError(400, error("N162"))
    project = await ask(request, "projects:describe_project", name)
    titles = {item["id"]: item["title"] for step in project["steps"] for item in step["types"]}
    only = [item for item in form.fields.get("only", ()) if item in titles]
    if what == "look" and len(only) != 1:
        raise PageError(400, error("N162"))
    title = titles[only[0]] if what == "look" else state.settings.words.text(f"web.projects.make.{what}")
    options = {"project": [name], "path": [project["path"]], "what": [what], "only": only}
    steps = [step["key"] for step in project["steps"]]
    options |= {"until": [until]} if (until := form.text("until")) in steps else {}
    options |= {"pdf": ["1"]} if form.text("pdf") or what == "look" else {}
    job_id = state.workplace.make()
    kind = PREVIEW if what == "look" else KIND
    job = state.runner.start(job_id, kind, replace(Order(f"{project['name']} · {title}"), options=options))
    return RedirectResponse(f"/jobs/{job.id}", 303)


async def show_page(request: Request) -> Response:
    """Send a page of a document as a picture, from the job's folder."""
    state = find_state(request)
    job = state.find_job(request)
    folder = state.workplace.find(job.id)
    pictures = read_outcome(folder).data.get("pictures", []) if job.is_over else []
    number = request.path_params["number"]
    if not 0 <= number < len(pictures):
        raise PageError(404, error("N172"))
    return FileResponse(folder / RESULTS / "pages" / pictures[number], media_type="image/png")


_ONE = f"/{DOOR}/{{project}}"
ROUTES = (
    Route(f"{_ONE}/evidence", show_evidence),
    Route(f"{_ONE}/evidence", add_evidence, methods=["POST"]),
    Route(f"{_ONE}/evidence/{{number:int}}", show_thumbnail),
    Route(f"{_ONE}/make", build, methods=["POST"]),
    Route("/jobs/{job}/pages/{number:int}", show_page),
)

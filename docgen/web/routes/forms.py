"""The door ``forms``."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from docgen.web.samples import start_sample
from docgen.web.state import find_state

DOOR, KIND = "forms", "batch"


async def show(request: Request) -> Response:
    """What the door does, where files go, a sample to try."""
    return find_state(request).pages.render(request, "door.html", door=DOOR)


async def start(request: Request) -> Response:
    """Take the files and begin."""
    job, _ = await find_state(request).start_job(request, KIND)
    return RedirectResponse(f"/jobs/{job.id}", 303)


async def try_sample(request: Request) -> Response:
    """Begin with the sample."""
    job = await start_sample(find_state(request), KIND, DOOR)
    return RedirectResponse(f"/jobs/{job.id}", 303)


ROUTES = (
    Route(f"/{DOOR}", show),
    Route(f"/{DOOR}", start, methods=["POST"]),
    Route(f"/{DOOR}/sample", try_sample, methods=["POST"]),
)

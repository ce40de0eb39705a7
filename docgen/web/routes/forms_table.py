"""Changes an uploaded table: choices, cells, making its documents. Every change redirects to the job's page."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import replace

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from docgen.diagnostics import error
from docgen.web.faults import PageError
from docgen.web.jobs.folder import RESULTS, read_order
from docgen.web.jobs.model import PageJob
from docgen.web.state import State, find_state
from docgen.web.uploads import Form

_MADE = {"table": "forms", "fill": "filled"}
"""The kind of job that makes documents, by the kind that checks the table."""
_TABLES = {made: table for table, made in _MADE.items()}
_EDIT = {"table": "docgen.web.work.forms_edit", "fill": "docgen.web.work.fill"}
_MATCH = "match."
_change_lock = asyncio.Lock()
"""Makes changes one after the other: a cell must be written before documents are made of it."""
Change = Callable[[State, PageJob, Form], Awaitable[None]]


def _make_route(name: str, change: Change) -> Route:
    """A route that applies a change to a table whose job is over, then redirects to the job's page."""

    async def apply(request: Request) -> Response:
        state = find_state(request)
        state.find_job(request)  # refused before the form is read
        form = await state.receive_fields(request)
        async with _change_lock:
            job = state.find_job(request)
            if job.is_over and job.kind in (*_MADE, *_TABLES):
                await change(state, job, form)
        return RedirectResponse(f"/jobs/{job.id}", 303)

    return Route(f"/jobs/{{job}}/{name}", apply, methods=["POST"])


async def choose(state: State, job: PageJob, form: Form) -> None:
    """Set the standard and the documents, and check the table."""
    order = read_order(state.workplace.find(job.id))
    standard, only = form.text("standard"), list(form.fields.get("only", ()))
    if not standard and not only:
        raise PageError(400, error("N173"))
    choices = {"standard": [standard]} | ({"only": only} if only else {})
    state.runner.restart(job, _find_table_kind(job), replace(order, options={**order.options, **choices}))


async def match(state: State, job: PageJob, form: Form) -> None:
    """Set the meaning of each column, and check the table."""
    order = read_order(state.workplace.find(job.id))
    other_options = {name: value for name, value in order.options.items() if not name.startswith(_MATCH)}
    matches = {f"{_MATCH}{name}": list(values) for name, values in form.fields.items()}
    state.runner.restart(
        job, _find_table_kind(job), replace(order, options=other_options | matches | {"matched": ["1"]})
    )


async def match_again(state: State, job: PageJob, form: Form) -> None:
    """Show the columns with their current meaning."""
    del form
    await _ask(state, job, "offer_match" if job.kind == "table" else "offer_again")


async def change_cells(state: State, job: PageJob, form: Form) -> None:
    """Write cells; the name of a field is ``e.<row>.<column>.<sheet>``."""
    texts: dict[tuple[str, int, int], str] = {}
    for name, values in form.fields.items():
        mark, _, rest = name.partition(".")
        row, _, rest = rest.partition(".")
        column, _, sheet = rest.partition(".")
        if mark == "e" and row.isdecimal() and column.isdecimal() and len(row) < 8 and len(column) < 6:
            texts[sheet, int(row), int(column)] = values[0]
    await _ask(state, job, "change_cells", texts)


async def confirm(state: State, job: PageJob, form: Form) -> None:
    """Confirm a doubtful value with the reason in the field ``reason.<number>``."""
    number = form.text("confirm")
    if number.isdecimal() and len(number) < 8 and job.kind == "table":
        await _ask(state, job, "confirm_cell", int(number), form.text(f"reason.{number}"))


async def downgrade_gaps(state: State, job: PageJob, form: Form) -> None:
    """Set whether the documents of some enterprises are made with blanks to fill in by hand."""
    if (enterprises := form.fields.get("on") or form.fields.get("off")) and job.kind == "table":
        await _ask(state, job, "set_by_hand", tuple(enterprises[0].splitlines()), "on" in form.fields)


async def make(state: State, job: PageJob, form: Form) -> None:
    """Make the documents, in an empty folder of results."""
    del form
    folder = state.workplace.find(job.id)
    await run_in_threadpool(shutil.rmtree, folder / RESULTS, True)
    state.runner.restart(job, _MADE[_find_table_kind(job)], read_order(folder))


async def check_again(state: State, job: PageJob, form: Form) -> None:
    """Check the table again."""
    del form
    state.runner.restart(job, _find_table_kind(job), read_order(state.workplace.find(job.id)))


def _find_table_kind(job: PageJob) -> str:
    """The kind of job that checks a job's table."""
    return _TABLES.get(job.kind, job.kind)


async def _ask(state: State, job: PageJob, name: str, *arguments: object) -> None:
    if job.kind in _EDIT:
        await state.desk.ask(
            f"{_EDIT[job.kind]}:{name}", state.workplace.find(job.id), state.settings.resources, *arguments
        )


ROUTES = (
    _make_route("choose", choose),
    _make_route("match", match),
    _make_route("match-again", match_again),
    _make_route("cells", change_cells),
    _make_route("confirm", confirm),
    _make_route("by-hand", downgrade_gaps),
    _make_route("make", make),
    _make_route("table", check_again),
)

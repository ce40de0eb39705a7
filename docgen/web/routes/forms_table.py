"""A table that came: what is still to be chosen, its cells, what is made of it. Every change ends at the job's page."""

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
from docgen.web.uploads import Form, receive_form

_MADE = {"table": "forms", "fill": "filled"}
"""What is made of a table, by the kind of job in which it is looked through."""
_TABLES = {made: table for table, made in _MADE.items()}
_EDIT = {"table": "docgen.web.work.forms_edit", "fill": "docgen.web.work.fill"}
_MATCH = "match."
_turn = asyncio.Lock()
"""One change after the other: a cell must be written before documents are made of it."""
Change = Callable[[State, PageJob, Form], Awaitable[None]]


def _make_route(name: str, change: Change) -> Route:
    """A form of a table's page: once the table isn't worked on, the change is made; then the page is shown anew."""

    async def take(request: Request) -> Response:
        state = find_state(request)
        job = state.find_job(request)
        limits = replace(state.settings.limits, files=0)
        form = await receive_form(request, state.workplace.find(job.id), limits)
        async with _turn:
            job = state.find_job(request)
            if job.is_over and job.kind in (*_MADE, *_TABLES):
                await change(state, job, form)
        return RedirectResponse(f"/jobs/{job.id}", 303)

    return Route(f"/jobs/{{job}}/{name}", take, methods=["POST"])


async def choose(state: State, job: PageJob, form: Form) -> None:
    """Take the standard and the documents, and look through the table."""
    order = read_order(state.workplace.find(job.id))
    standard, only = form.text("standard"), list(form.fields.get("only", ()))
    if not standard and not only:
        raise PageError(400, error("N173"))
    given = {"standard": [standard]} | ({"only": only} if only else {})
    state.runner.restart(job, _name_table(job), replace(order, options={**order.options, **given}))


async def match(state: State, job: PageJob, form: Form) -> None:
    """Take what each column is, and look through the table."""
    order = read_order(state.workplace.find(job.id))
    kept = {name: value for name, value in order.options.items() if not name.startswith(_MATCH)}
    given = {f"{_MATCH}{name}": list(values) for name, values in form.fields.items()}
    state.runner.restart(job, _name_table(job), replace(order, options=kept | given | {"matched": ["1"]}))


async def match_again(state: State, job: PageJob, form: Form) -> None:
    """Show the columns and what was chosen for them."""
    del form
    await _ask(state, job, "offer_match" if job.kind == "table" else "offer_again")


async def change_cells(state: State, job: PageJob, form: Form) -> None:
    """Write cells; a field is named ``e.<row>.<column>.<sheet>``."""
    texts: dict[tuple[str, int, int], str] = {}
    for name, values in form.fields.items():
        mark, _, rest = name.partition(".")
        row, _, rest = rest.partition(".")
        column, _, sheet = rest.partition(".")
        if mark == "e" and row.isdecimal() and column.isdecimal() and len(row) < 8 and len(column) < 6:
            texts[sheet, int(row), int(column)] = values[0]
    await _ask(state, job, "change_cells", texts)


async def confirm(state: State, job: PageJob, form: Form) -> None:
    """Confirm a doubted value; its reason stands in the field of its number."""
    number = form.text("confirm")
    if number.isdecimal() and len(number) < 8 and job.kind == "table":
        await _ask(state, job, "confirm_cell", int(number), form.text(f"reason.{number}"))


async def leave_gaps(state: State, job: PageJob, form: Form) -> None:
    """Have enterprises made with gaps for the pen, or no longer."""
    if (given := form.fields.get("on") or form.fields.get("off")) and job.kind == "table":
        await _ask(state, job, "set_by_hand", tuple(given[0].splitlines()), "on" in form.fields)


async def make(state: State, job: PageJob, form: Form) -> None:
    """Make what can be made, in an empty folder of results."""
    del form
    folder = state.workplace.find(job.id)
    await run_in_threadpool(shutil.rmtree, folder / RESULTS, True)
    state.runner.restart(job, _MADE[_name_table(job)], read_order(folder))


async def look_again(state: State, job: PageJob, form: Form) -> None:
    """Go back to the table."""
    del form
    state.runner.restart(job, _name_table(job), read_order(state.workplace.find(job.id)))


def _name_table(job: PageJob) -> str:
    """The kind of job in which a job's table is looked through."""
    return _TABLES.get(job.kind, job.kind)


async def _ask(state: State, job: PageJob, name: str, *given: object) -> None:
    if job.kind in _EDIT:
        await state.desk.ask(
            f"{_EDIT[job.kind]}:{name}", state.workplace.find(job.id), state.settings.resources, *given
        )


ROUTES = (
    _make_route("choose", choose),
    _make_route("match", match),
    _make_route("match-again", match_again),
    _make_route("cells", change_cells),
    _make_route("confirm", confirm),
    _make_route("by-hand", leave_gaps),
    _make_route("make", make),
    _make_route("table", look_again),
)

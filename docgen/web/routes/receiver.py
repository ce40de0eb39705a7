"""The door ``receiver``: packages that came, their verdicts, what is in them, looking for something in them."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from docgen.batch.result import parse_diagnostics
from docgen.diagnostics import Severity, error
from docgen.web.faults import PageError
from docgen.web.jobs.folder import CANCEL, read_order, read_outcome, read_step
from docgen.web.jobs.model import PageJob
from docgen.web.routes.receipts import open_desk
from docgen.web.samples import start_sample
from docgen.web.spoken import SpokenFault, speak
from docgen.web.state import State, find_state
from docgen.web.uploads import Form, receive_form
from docgen.web.work.receiver_request import IDENTITY, INBOX, read_identities, read_inbox
from docgen.web.work.receiver_store import RANKS, Hit, ReceivedDetails, ReceivedRow, list_terms, read_store

DOOR, KIND = "receiver", "verify"
_LISTED, _MOST_HITS = 100, 200


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """What was found, and of which file in the package where the text doesn't name it."""

    fault: SpokenFault
    member: str


async def show(request: Request) -> Response:
    """Where packages go, which inbox is read, a sample to try."""
    state = find_state(request)
    has_received = any(job.kind == KIND for job in state.ledger.list_all())
    has_receipts = open_desk(state).folder.is_dir()
    return _render(state, request, "door", has_received=has_received, has_receipts=has_receipts)


async def start(request: Request) -> Response:
    """Take the packages, or the name of their folder, and begin."""
    state = find_state(request)

    def check(form: Form) -> None:
        read_inbox(form.fields, state.settings.folder)
        read_identities(form.fields)

    job, _ = await state.start_job(request, KIND, check=check)
    return RedirectResponse(f"/{DOOR}/{job.id}", 303)


async def try_sample(request: Request) -> Response:
    """Begin with the sample."""
    job = await start_sample(find_state(request), KIND, DOOR)
    return RedirectResponse(f"/{DOOR}/{job.id}", 303)


async def show_packages(request: Request) -> Response:
    """How far it is, and the verdicts that are there, those first that need attention."""
    state = find_state(request)
    job = _find_job(state, request)
    shown = request.query_params.get("show", "")
    shown = shown if shown in RANKS else ""
    asked = request.query_params.get("page", "1")
    page = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    values = await run_in_threadpool(_read_packages, state, job, shown, max(page, 1))
    return _render(state, request, "job", job=job, **values)


def _read_packages(state: State, job: PageJob, shown: str, page: int) -> dict[str, Any]:
    folder = state.workplace.find(job.id)
    order, words = read_order(folder), state.settings.words
    start = (page - 1) * _LISTED
    counts: dict[str, int] = {}
    rows: list[ReceivedRow] = []
    repeating: list[tuple[ReceivedRow, Mapping[str, Any]]] = []
    with read_store(folder) as store:
        if store is not None:
            counts = store.count_verdicts()
            rows = store.list_rows(shown, start=start, most=_LISTED)
            repeating = store.list_repeating()
    options = order.options
    return {
        "order": order,
        "names": {str(item.path): item.name for item in order.sources},
        "outcome": read_outcome(folder),
        "step": read_step(folder),
        "is_stopping": (folder / CANCEL).exists(),
        "counts": counts,
        "total": sum(counts.values()),
        "listed": counts.get(shown, 0) if shown else sum(counts.values()),
        "rows": [(row, speak(parse_diagnostics(row.first), words)) for row in rows],
        "repeating": repeating,
        "shown": shown,
        "page": page,
        "start": start,
        "identity": "\n".join(options.get(IDENTITY, ())).strip(),
        "inbox": next(iter(options.get(INBOX, ())), ""),
    }


async def show_package(request: Request) -> Response:
    """A package: each step with what it found, and what is inside."""
    state = find_state(request)
    job = _find_job(state, request)
    number = request.path_params["number"]
    values = await run_in_threadpool(_read_package, state, job, number)
    return _render(state, request, "package", job=job, **values)


def _read_package(state: State, job: PageJob, number: int) -> dict[str, Any]:
    found: ReceivedDetails | None = None
    with read_store(state.workplace.find(job.id)) as store:
        if store is not None and number < 1 << 31:
            found = store.find(number)
    if found is None:
        raise PageError(404, error("N162"))
    words, told = state.settings.words, found.told
    findings = told.get("findings")
    digest = findings["package"]["digests"].get("sha256") if findings else None
    steps: dict[str, list[ShownFinding]] = defaultdict(list)
    wrong: set[str] = set()
    for step, text in found.findings:
        for item in parse_diagnostics(text):
            member = item.location.member or ""
            (fault,) = speak([item], words, {told["path"]: found.row.name})
            is_told = member.rpartition("/")[2] in fault.message
            steps[step].append(ShownFinding(fault, "" if is_told else member))
            if item.severity is Severity.ERROR:
                wrong |= {member, member.partition("/")[2]}  # with the package's folder and without
    contents = told["contents"]
    listed = sum(len(item["documents"]) for item in contents["items"]) if contents else 0
    return {
        "row": found.row,
        "told": told,
        "findings": findings,
        "receipts": open_desk(state).list_entries(digest) if digest else [],
        "found": {"further": [], **steps},
        "unlisted": found.unlisted,
        "contents": _mark_wrong(contents, wrong) if contents else None,
        "is_cut": bool(contents) and listed < contents["documents"],
    }


def _mark_wrong(contents: Mapping[str, Any], wrong: set[str]) -> dict[str, Any]:
    """The contents, those files marked of which an error was found."""
    items = []
    for item in contents["items"]:
        documents = []
        for document in item["documents"]:
            files = [{**file, "is_wrong": file["path"] in wrong} for file in document["files"]]
            is_wrong = any(file["is_wrong"] for file in files)
            documents.append({**document, "files": files, "is_wrong": is_wrong})
        items.append({**item, "documents": documents})
    return {**contents, "items": items}


async def verify_again(request: Request) -> Response:
    """Verify with other identities, or what came into the inbox since; what is unchanged keeps its verdict."""
    state = find_state(request)
    job = _find_job(state, request)
    folder = state.workplace.find(job.id)
    form = await receive_form(request, folder, replace(state.settings.limits, files=0))
    order = read_order(folder)
    options = {**order.options, **{name: list(form.fields[name]) for name in (IDENTITY,) if name in form.fields}}
    read_identities(options)
    await run_in_threadpool(read_inbox, options, state.settings.folder)
    if job.is_over:
        state.runner.restart(job, KIND, replace(order, options=options))
    return RedirectResponse(f"/{DOOR}/{job.id}", 303)


async def search(request: Request) -> Response:
    """Packages of this job and former ones, by name, project, enterprise and document; no address holds the words."""
    state = find_state(request)
    query = ""
    if request.method == "POST":
        form = await receive_form(request, state.settings.folder, replace(state.settings.limits, files=0))
        query = form.text("query")[:200]
    groups = await run_in_threadpool(_search, state, query)
    count = sum(len(hits) for *_, hits in groups)
    values = {"query": query if list_terms(query) else "", "groups": groups, "count": count}
    return _render(state, request, "search", is_cut=count >= _MOST_HITS, **values)


def _search(state: State, query: str) -> Sequence[tuple[PageJob, str, str, Sequence[Hit]]]:
    found: list[tuple[PageJob, str, str, Sequence[Hit]]] = []
    left = _MOST_HITS
    for job in state.ledger.list_all():
        if job.kind != KIND or not left:
            continue
        folder = state.workplace.find(job.id)
        with read_store(folder) as store:
            hits = store.search(query, left) if store is not None else []
        if hits:
            left -= len(hits)
            day = time.strftime("%Y-%m-%d %H:%M", time.localtime(job.created))
            found.append((job, read_order(folder).title, day, hits))
    return found


def _find_job(state: State, request: Request) -> PageJob:
    job = state.find_job(request)
    if job.kind != KIND:
        raise PageError(404, error("N162"))
    return job


def _render(state: State, request: Request, template: str, **values: Any) -> Response:
    words = state.settings.words
    return state.pages.render(request, f"receiver/{template}.html", door=DOOR, words=words, **values)


ROUTES = (
    Route(f"/{DOOR}", show),
    Route(f"/{DOOR}", start, methods=["POST"]),
    Route(f"/{DOOR}/sample", try_sample, methods=["POST"]),
    Route(f"/{DOOR}/search", search, methods=["GET", "POST"]),
    Route(f"/{DOOR}/{{job}}", show_packages),
    Route(f"/{DOOR}/{{job}}/again", verify_again, methods=["POST"]),
    Route(f"/{DOOR}/{{job}}/{{number:int}}", show_package),
)

"""The door ``receiver``: received packages, their verdicts and contents, a search in them."""

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

from docgen.batch.ledger.result import parse_diagnostics
from docgen.diagnostics import Severity, error
from docgen.web.diagnostics_view import DiagnosticView, format_diagnostics
from docgen.web.faults import PageError
from docgen.web.jobs.folder import CANCEL, read_order, read_outcome, read_step
from docgen.web.jobs.model import PageJob
from docgen.web.routes.receipts import find_receipts
from docgen.web.samples import start_sample
from docgen.web.state import State, find_state
from docgen.web.uploads import Form
from docgen.web.work.receiver_request import IDENTITY, INBOX, read_identities, read_inbox
from docgen.web.work.receiver_store import RANKS, Hit, ReceivedDetails, ReceivedRow, list_terms, read_store

DOOR, KIND = "receiver", "verify"
_LISTED, _MOST_HITS = 100, 200


@dataclass(frozen=True, slots=True)
class PackageFault:
    """A diagnostic of a package, with the file in the package where the message doesn't name it."""

    fault: DiagnosticView
    member: str


async def show(request: Request) -> Response:
    """Show the form for packages or an inbox, and the sample."""
    state = find_state(request)
    has_received = any(job.kind == KIND for job in state.ledger.list_all())
    has_receipts = find_receipts(state).folder.is_dir()
    return _render(state, request, "door", has_received=has_received, has_receipts=has_receipts)


async def start(request: Request) -> Response:
    """Start verifying the packages, or those in a named folder."""
    state = find_state(request)

    def check(form: Form) -> None:
        read_inbox(form.fields, state.settings.folder)
        read_identities(form.fields)

    job, _ = await state.start_job(request, KIND, check=check)
    return RedirectResponse(f"/{DOOR}/{job.id}", 303)


async def try_sample(request: Request) -> Response:
    """Start with the sample."""
    job = await start_sample(find_state(request), KIND, DOOR)
    return RedirectResponse(f"/{DOOR}/{job.id}", 303)


async def show_packages(request: Request) -> Response:
    """Show a job's progress, and the packages verified so far, faulty ones first."""
    state = find_state(request)
    job = _find_job(state, request)
    verdict = request.query_params.get("show", "")
    verdict = verdict if verdict in RANKS else ""
    number = request.query_params.get("page", "1")
    page = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1
    values = await run_in_threadpool(_read_packages, state, job, verdict, max(page, 1))
    return _render(state, request, "job", job=job, **values)


def _read_packages(state: State, job: PageJob, verdict: str, page: int) -> dict[str, Any]:
    folder = state.workplace.find(job.id)
    order, words = read_order(folder), state.settings.words
    start = (page - 1) * _LISTED
    counts: dict[str, int] = {}
    rows: list[ReceivedRow] = []
    repeating: list[tuple[ReceivedRow, Mapping[str, Any]]] = []
    with read_store(folder) as store:
        if store is not None:
            counts = store.count_verdicts()
            rows = store.list_rows(verdict, start=start, most=_LISTED)
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
        "listed": counts.get(verdict, 0) if verdict else sum(counts.values()),
        "rows": [(row, format_diagnostics(parse_diagnostics(row.first), words)) for row in rows],
        "repeating": repeating,
        "shown": verdict,
        "page": page,
        "start": start,
        "identity": "\n".join(options.get(IDENTITY, ())).strip(),
        "inbox": next(iter(options.get(INBOX, ())), ""),
    }


async def show_package(request: Request) -> Response:
    """Show a package: each step with its diagnostics, and the contents."""
    state = find_state(request)
    job = _find_job(state, request)
    number = request.path_params["number"]
    values = await run_in_threadpool(_read_package, state, job, number)
    return _render(state, request, "package", job=job, **values)


def _read_package(state: State, job: PageJob, number: int) -> dict[str, Any]:
    package: ReceivedDetails | None = None
    with read_store(state.workplace.find(job.id)) as store:
        if store is not None and number < 1 << 31:
            package = store.find(number)
    if package is None:
        raise PageError(404, error("N162"))
    words, details = state.settings.words, package.details
    findings = details.get("findings")
    digest = findings["package"]["digests"].get("sha256") if findings else None
    steps: dict[str, list[PackageFault]] = defaultdict(list)
    faulty_files: set[str] = set()
    for step, text in package.findings:
        for item in parse_diagnostics(text):
            member = item.location.member or ""
            (fault,) = format_diagnostics([item], words, {details["path"]: package.row.name})
            is_named = member.rpartition("/")[2] in fault.message
            steps[step].append(PackageFault(fault, "" if is_named else member))
            if item.severity is Severity.ERROR:
                faulty_files |= {member, member.partition("/")[2]}  # with the package's folder and without
    contents = details["contents"]
    listed = sum(len(item["documents"]) for item in contents["items"]) if contents else 0
    return {
        "row": package.row,
        "details": details,
        "findings": findings,
        "receipts": find_receipts(state).list_entries(digest) if digest else [],
        "faults": {"further": [], **steps},
        "unlisted": package.unlisted,
        "contents": _mark_faulty(contents, faulty_files) if contents else None,
        "is_cut": bool(contents) and listed < contents["documents"],
    }


def _mark_faulty(contents: Mapping[str, Any], faulty_files: set[str]) -> dict[str, Any]:
    """The contents, with ``is_wrong`` of each file that has an error and of its document."""
    items = []
    for item in contents["items"]:
        documents = []
        for document in item["documents"]:
            files = [{**file, "is_wrong": file["path"] in faulty_files} for file in document["files"]]
            is_wrong = any(file["is_wrong"] for file in files)
            documents.append({**document, "files": files, "is_wrong": is_wrong})
        items.append({**item, "documents": documents})
    return {**contents, "items": items}


async def verify_again(request: Request) -> Response:
    """Verify again with other identities, or with new packages in the inbox; unchanged ones keep their verdicts."""
    state = find_state(request)
    job = _find_job(state, request)
    folder = state.workplace.find(job.id)
    form = await state.receive_fields(request)
    order = read_order(folder)
    options = {**order.options, **{name: list(form.fields[name]) for name in (IDENTITY,) if name in form.fields}}
    read_identities(options)
    await run_in_threadpool(read_inbox, options, state.settings.folder)
    if job.is_over:
        state.runner.restart(job, KIND, replace(order, options=options))
    return RedirectResponse(f"/{DOOR}/{job.id}", 303)


async def search(request: Request) -> Response:
    """Search packages of all jobs by name, project, enterprise and document; the query is posted, not in an address."""
    state = find_state(request)
    query = ""
    if request.method == "POST":
        form = await state.receive_fields(request)
        query = form.text("query")[:200]
    groups = await run_in_threadpool(_search, state, query)
    count = sum(len(hits) for *_, hits in groups)
    values = {"query": query if list_terms(query) else "", "groups": groups, "count": count}
    return _render(state, request, "search", is_cut=count >= _MOST_HITS, **values)


def _search(state: State, query: str) -> Sequence[tuple[PageJob, str, str, Sequence[Hit]]]:
    groups: list[tuple[PageJob, str, str, Sequence[Hit]]] = []
    remaining = _MOST_HITS
    for job in state.ledger.list_all():
        if job.kind != KIND or not remaining:
            continue
        folder = state.workplace.find(job.id)
        with read_store(folder) as store:
            hits = store.search(query, remaining) if store is not None else []
        if hits:
            remaining -= len(hits)
            day = time.strftime("%Y-%m-%d %H:%M", time.localtime(job.created))
            groups.append((job, read_order(folder).title, day, hits))
    return groups


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

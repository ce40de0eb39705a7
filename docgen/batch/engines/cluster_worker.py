"""What runs on the workers of a cluster: a look at whether they fit, and tasks done one after the other."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.metadata
import os
import pickle
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import docgen
from docgen.batch.engines.engine import Crash, Procedure

if TYPE_CHECKING:
    from distributed import Worker

_WRITERS = ("lxml", "pillow", "pypdf", "xlsxwriter")
"""Libraries that decide bytes of what is made."""
_PATIENCE, _TRIES, _PAUSE = 60.0, 5, 0.5
"""Seconds that a look may take; a network's folder may show a new file a little later."""
_FAREWELL = 2.0

Misfit = tuple[str, Mapping[str, str]]
"""Why a worker doesn't fit: the key of a text and what it says."""


@dataclass(frozen=True, slots=True)
class Probe:
    """What a worker has to see as the coordinator does.

    ``file`` lies where results wait and holds ``token``, None where no results are written; ``seen`` are files with
    their sizes and folders (None); ``traits`` decide what results look like.
    """

    token: str
    file: Path | None
    seen: tuple[tuple[Path, int | None], ...]
    traits: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What tasks find in a process of the coordinator's own machine without being told."""

    folder: str
    epoch: str | None

    @classmethod
    def take(cls) -> Surroundings:
        """Those of this process."""
        return cls(str(Path.cwd()), os.environ.get("SOURCE_DATE_EPOCH"))

    def enter(self) -> None:
        """Make them this process's; the folder matters only where a path is relative, and then ``Probe`` has it."""
        with contextlib.suppress(OSError):
            os.chdir(self.folder)
        if self.epoch is None:
            os.environ.pop("SOURCE_DATE_EPOCH", None)
        else:
            os.environ["SOURCE_DATE_EPOCH"] = self.epoch


def list_traits(*, with_office: bool) -> dict[str, str]:
    """What decides the bytes of results: docgen, Python, the libraries that write, LibreOffice and its fonts."""
    traits = {"docgen": docgen.__version__, "Python": f"{sys.version_info[0]}.{sys.version_info[1]}"}
    traits["zlib"] = zlib.ZLIB_RUNTIME_VERSION
    traits |= {name: importlib.metadata.version(name) for name in _WRITERS}
    return traits | _describe_office() if with_office else traits


@cache
def _describe_office() -> dict[str, str]:
    from docgen.render.office.identity import identify
    from docgen.render.pdf import find_office

    program = find_office()
    if program is None:
        return {"LibreOffice": "–"}
    identity = identify(program)
    return {"LibreOffice": identity.converter, "fonts": identity.fonts[:12]}


def find_misfits(probe: Probe) -> list[Misfit]:
    """Why this machine can't work with the coordinator; nothing where it can."""
    misfits: list[Misfit] = [("unseen", {"path": str(path)}) for path, size in probe.seen if not _sees(path, size)]
    if probe.file is not None and not _reads(probe.file, probe.token):
        misfits.append(("unseen", {"path": str(probe.file.parent)}))
    elif probe.file is not None and not os.access(probe.file.parent, os.W_OK):
        misfits.append(("readonly", {"path": str(probe.file.parent)}))
    ours = list_traits(with_office="LibreOffice" in probe.traits)
    for name, wanted in probe.traits.items():
        if ours.get(name) != wanted:
            misfits.append(("other", {"name": name, "theirs": ours.get(name, "–"), "ours": wanted}))
    return misfits


def _sees(path: Path, size: int | None) -> bool:
    try:
        return path.is_dir() if size is None else path.stat().st_size == size
    except OSError:
        return False


def _reads(file: Path, token: str) -> bool:
    for _ in range(_TRIES):
        with contextlib.suppress(OSError):
            if file.read_text("utf-8") == token:
                return True
        time.sleep(_PAUSE)
    return False


async def examine_worker(probe: Probe, dask_worker: Worker) -> list[Misfit]:
    """Look at this worker; one that fits gets the resource that the tasks of a run ask for, one of it.

    So it does one task at a time, however many threads it has, and one that doesn't fit does none.
    """
    try:
        misfits = await asyncio.wait_for(asyncio.to_thread(find_misfits, probe), _PATIENCE)
    except TimeoutError:
        misfits = [("slow", {"seconds": f"{_PATIENCE:.0f}"})]
    if not misfits:
        await dask_worker.set_resources(**{probe.token: 1})
    return misfits


def pack_tasks(work: Procedure[Any, Any], tasks: Sequence[Any], surroundings: Surroundings) -> bytes:
    """Tasks as ``perform_packed`` gets them."""
    return pickle.dumps((work, tasks, surroundings))


def perform_packed(packed: bytes) -> tuple[float, list[Any]]:
    """Do tasks one after the other; the seconds that it took and the answers.

    After one that takes longer than it may there are no more: the process that it keeps busy is renewed.
    """
    work, tasks, surroundings = pickle.loads(packed)
    surroundings.enter()
    _prepare(work.prepare)
    begun = time.perf_counter()
    answers = list(_perform(work, tasks))
    return time.perf_counter() - begun, answers


@cache
def _prepare(prepare: Callable[[], None] | None) -> None:
    if prepare is not None:
        prepare()


def _perform(work: Procedure[Any, Any], tasks: Sequence[Any]) -> Iterator[Any]:
    for task in tasks:
        if work.allow is None:
            yield work.perform(task)
            continue
        done: list[Any] = []
        thread = threading.Thread(target=_answer, args=(work.perform, task, done), daemon=True)
        thread.start()
        thread.join(work.allow(task))
        if not done:
            _renew_process()
            yield Crash(0, late=True)
            return
        if isinstance(done[0], Exception):
            raise done[0]
        yield done[0]


def _answer(perform: Callable[[Any], Any], task: Any, done: list[Any]) -> None:
    try:
        done.append(perform(task))
    except Exception as fault:  # told by who waits for it
        done.append(fault)


def _renew_process() -> None:
    """Have the nanny start this worker anew, when the coordinator had time to fetch the answer."""
    from distributed import get_worker

    worker = get_worker()
    worker.loop.add_callback(worker.loop.call_later, _FAREWELL, _leave, worker)


def _leave(worker: Worker) -> None:
    worker.loop.add_callback(worker.close_gracefully, restart=True)

"""A cluster on this machine, for one run: Dask's scheduler and workers, below a process of their own.

In the coordinator's process the scheduler would take the coordinator's time, and what it remembers would be the
coordinator's memory. ``distributed`` starts a scheduler in a process of its own by ``SubprocessCluster`` alone, which
refuses Windows.
"""

from __future__ import annotations

import logging
import multiprocessing
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection

from docgen.batch.engines.engine import Crash
from docgen.batch.engines.pool import shielded

_HERE = "127.0.0.1"
_UNTOLD = f"{_HERE}:0"
"""Dask serves pages about itself; nobody is told the port, and none but this machine can reach it."""
_LIFETIME, _STAGGER = "1 hour", "5 minutes"
"""How long a worker lives before it is renewed, whatever its memory became."""
_CLOSING = 10.0
"""Seconds that the cluster may take to end."""
DASK_SETTINGS = {
    "distributed.admin.low-level-log-length": 10,
    "distributed.admin.tick.interval": "1s",
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": 128 << 20,
    "distributed.worker.profile.enabled": False,
}
"""Off is what Dask notes for its developers, and nobody here reads: the last thousand messages of each connection, tens
of megabytes of our tasks; how late each process is, fifty times a second; what each worker is at, a hundred.

A worker that gives each 64 KB of free memory back to the system asks for it again at once: a fifth of its time."""


@contextmanager
def open_local_cluster(workers: int) -> Iterator[str]:
    """Start a cluster of so many workers; the address of its scheduler.

    It ends with the block, and with this process, however that ends. RuntimeError when it can't be started.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, workers))
    with shielded():
        process.start()
    theirs.close()
    try:
        try:
            answer = ours.recv()
        except (EOFError, OSError):
            process.join()
            raise RuntimeError(Crash(process.exitcode or 0).reason) from None
        if isinstance(answer, Exception):
            raise answer
        yield answer
    finally:
        ours.close()
        process.join(_CLOSING)
        if process.is_alive():
            process.kill()
            process.join()


def _serve(pipe: Connection, workers: int) -> None:
    """The life of the cluster's process: nobody sends anything, the pipe ends when the coordinator does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    import dask
    from distributed import LocalCluster

    dask.config.set(DASK_SETTINGS)
    try:
        cluster = LocalCluster(
            host=_HERE,
            n_workers=workers,
            threads_per_worker=1,
            dashboard_address=_UNTOLD,
            worker_dashboard_address=_UNTOLD,
            silence_logs=logging.CRITICAL,
            lifetime=_LIFETIME,
            lifetime_stagger=_STAGGER,
            lifetime_restart=True,
        )
    except Exception as fault:  # told by who waits for the address
        pipe.send(RuntimeError(f"{type(fault).__name__}: {fault}"))
        return
    with cluster, suppress(EOFError, OSError):
        pipe.send(cluster.scheduler_address)
        pipe.recv()

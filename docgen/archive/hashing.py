"""sha256 beside the reading: hashlib lets go of the interpreter, so a second thread hashes while the first reads."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

CHUNK = 1 << 20
"""Bytes read at a time."""

_MAX_WAITING = 8
_WORTH_A_THREAD = 1 << 15


class HashThread:
    """A thread that hashes for many streams in the order of their chunks; only a few chunks wait for it."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self._pool = pool
        self._waiting: deque[Future[None]] = deque()

    def start(self) -> StreamDigest:
        """The digest of another stream."""
        return StreamDigest(self)

    def submit(self, take: Callable[[bytes], None], chunk: bytes) -> Future[None]:
        """Let the thread take the chunk when its turn comes."""
        while len(self._waiting) >= _MAX_WAITING:
            self._waiting.popleft().result()
        work = self._pool.submit(take, chunk)
        self._waiting.append(work)
        return work


@contextmanager
def open_hash_thread() -> Iterator[HashThread]:
    """A thread to hash with, gone when the block ends."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        yield HashThread(pool)


class StreamDigest:
    """The sha256 of chunks that come one after another; the chunks must not change afterwards.

    Nothing waits at the end of a stream: the digest may be asked for when many more were read.
    """

    def __init__(self, thread: HashThread) -> None:
        self._thread = thread
        self._hash = hashlib.sha256()
        self._last: Future[None] | None = None

    def update(self, chunk: bytes) -> None:
        """Take the next chunk."""
        if self._last is None and len(chunk) < _WORTH_A_THREAD:
            self._hash.update(chunk)
        else:
            self._last = self._thread.submit(self._hash.update, chunk)

    def hexdigest(self) -> str:
        """The digest of everything taken so far."""
        if self._last is not None:
            self._last.result()
        return self._hash.hexdigest()

"""Digests beside the reading: hashlib lets go of the interpreter, so a second thread hashes while the first reads.

Hashing takes longer than reading: when the second thread has enough to do, the first one hashes, too.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from types import MappingProxyType

CHUNK = 1 << 20
"""Bytes read at a time."""

_NOTHING: Mapping[str, str] = MappingProxyType({})
_MAX_WAITING = 8
_WORTH_A_THREAD = 1 << 15


class HashThread:
    """A thread that hashes for many streams in the order of their chunks; only a few chunks wait for it."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self._pool = pool
        self._waiting: deque[Future[None]] = deque()

    def start(self, others: Collection[str] = ()) -> StreamDigest:
        """The sha256 of another stream, and its digests by ``others``: algorithms that ``can_hash``."""
        return StreamDigest(self, others)

    @property
    def is_full(self) -> bool:
        """Whether so many chunks wait for the thread that one more would have to wait, too."""
        while self._waiting and self._waiting[0].done():
            self._waiting.popleft().result()
        return len(self._waiting) >= _MAX_WAITING

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


def can_hash(algorithm: str) -> bool:
    """Whether this computer has an algorithm."""
    return algorithm in hashlib.algorithms_available


class StreamDigest:
    """The sha256 of chunks that come one after another; the chunks must not change afterwards.

    Nothing waits at the end of a stream: the digest may be asked for when many more were read.
    """

    def __init__(self, thread: HashThread, others: Collection[str] = ()) -> None:
        self._thread = thread
        self._hash = hashlib.sha256()
        self._others = {name: hashlib.new(name, usedforsecurity=False) for name in others}
        self._last: Future[None] | None = None

    def update(self, chunk: bytes) -> None:
        """Take the next chunk."""
        if self._last is None and (len(chunk) < _WORTH_A_THREAD or self._thread.is_full):
            self._take(chunk)
        else:
            self._last = self._thread.submit(self._take, chunk)

    def hexdigest(self) -> str:
        """The sha256 of everything taken so far."""
        self._wait()
        return self._hash.hexdigest()

    def list_others(self) -> Mapping[str, str]:
        """The digests of everything taken so far by the other algorithms."""
        if not self._others:
            return _NOTHING
        self._wait()
        return {name: digest.hexdigest() for name, digest in self._others.items()}

    def _take(self, chunk: bytes) -> None:
        self._hash.update(chunk)
        for digest in self._others.values():
            digest.update(chunk)

    def _wait(self) -> None:
        if self._last is not None:
            self._last.result()

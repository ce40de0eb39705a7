"""Computes digests in a second thread while the first one reads: reading and hashing release the interpreter lock.

Hashing takes longer than reading, so the first thread hashes, too, when the second one has a full queue.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial
from queue import SimpleQueue
from threading import Thread
from types import MappingProxyType

from isal import isal_zlib

CHUNK = 1 << 20
"""Bytes read at a time."""

SM3 = "sm3"
"""The Chinese standard digest (GB/T 32905), which Python has where its OpenSSL has it."""

_NOTHING: Mapping[str, str] = MappingProxyType({})
_MAX_WAITING, _MOST_LONG = 8, 2
_ROOM = 16 * CHUNK
_WORTH_A_THREAD = 1 << 15


class HashThread:
    """A thread that hashes the chunks of many streams in order, or reads whole files; its queue is short."""

    def __init__(self) -> None:
        self._tasks: SimpleQueue[Callable[[], object] | None] = SimpleQueue()
        self._finished: SimpleQueue[BaseException | None] = SimpleQueue()
        self._submitted = 0
        self._done = 0
        self._long: deque[int] = deque()
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def start(self, others: Collection[str] = ()) -> StreamDigest:
        """Start the digest of a new stream: sha256, and ``others``, algorithms that ``can_hash``."""
        return StreamDigest(self, others)

    @property
    def is_full(self) -> bool:
        """Whether the queue is full, or a long task is in it."""
        self._note_finished()
        return self._submitted - self._done >= _MAX_WAITING or bool(self._long)

    @property
    def has_room(self) -> bool:
        """Whether there is room for a long task: one may wait while another is being done."""
        self._note_finished()
        return len(self._long) < _MOST_LONG

    def submit(self, task: Callable[[], object], *, is_long: bool = False) -> int:
        """Queue a task, such as hashing a chunk; returns the task's number for ``wait``."""
        self.wait(self._submitted + 1 - _MAX_WAITING)
        self._tasks.put(task)
        self._submitted += 1
        if is_long:
            self._long.append(self._submitted)
        return self._submitted

    def wait(self, number: int) -> None:
        """Wait until the thread has done the task with this number; raises any error of the thread."""
        while self._done < number:
            self._note_next()

    def stop(self) -> None:
        """End the thread after the queued tasks."""
        self._tasks.put(None)
        self._thread.join()

    def _note_finished(self) -> None:
        while not self._finished.empty():
            self._note_next()

    def _note_next(self) -> None:
        fault = self._finished.get()
        self._done += 1
        if self._long and self._long[0] == self._done:
            self._long.popleft()
        if fault is not None:
            raise fault

    def _run(self) -> None:
        while (task := self._tasks.get()) is not None:
            fault: BaseException | None = None
            try:
                task()
            except BaseException as problem:  # ``wait`` raises it
                fault = problem
            del task
            self._finished.put(fault)


@contextmanager
def open_hash_thread() -> Iterator[HashThread]:
    """A hashing thread that ends with the block."""
    _keep_room()
    thread = HashThread()
    try:
        yield thread
    finally:
        thread.stop()


@cache
def _keep_room() -> None:
    """Make glibc's allocator reuse the memory of freed chunks.

    By default glibc returns freed memory above twice its largest mapped block to the system, and requests zeroed memory
    for the next chunk; that takes a quarter of the time of reading and hashing.
    """
    bytes(_ROOM)


def add_crc(data: bytes, crc: int = 0) -> int:
    """The CRC-32 of data that goes on from ``crc``.

    ISA-L leaves the vector registers in a state in which the processor computes SHA-256 a fifth slower, in the same
    thread and until other code clears them; OpenSSL's SHA-512 does so, in half a microsecond.
    """
    crc = isal_zlib.crc32(data, crc)
    hashlib.sha512(usedforsecurity=False).digest()
    return crc


def can_hash(algorithm: str) -> bool:
    """Whether this computer's hashlib has an algorithm."""
    return algorithm in hashlib.algorithms_available


class StreamDigest:
    """The digests of a stream, updated chunk by chunk; callers must not change a chunk afterwards.

    Ending a stream doesn't wait for the thread: the digest can be fetched after later streams were read. Without a
    thread each chunk is hashed at once.
    """

    def __init__(self, thread: HashThread | None, others: Collection[str] = ()) -> None:
        self._thread = thread
        self._hash = hashlib.sha256()
        self._others = {name: hashlib.new(name, usedforsecurity=False) for name in others}
        self._last: int | None = None

    def update(self, chunk: bytes) -> None:
        """Add the next chunk."""
        thread = self._thread
        if thread is None or (self._last is None and (len(chunk) < _WORTH_A_THREAD or thread.is_full)):
            self._take(chunk)
        else:
            self._last = thread.submit(partial(self._take, chunk))

    def hexdigest(self) -> str:
        """The sha256 of all chunks so far."""
        self._wait()
        return self._hash.hexdigest()

    def list_others(self) -> Mapping[str, str]:
        """The digests of all chunks so far by the other algorithms."""
        if not self._others:
            return _NOTHING
        self._wait()
        return {name: digest.hexdigest() for name, digest in self._others.items()}

    def _take(self, chunk: bytes) -> None:
        self._hash.update(chunk)
        for digest in self._others.values():
            digest.update(chunk)

    def _wait(self) -> None:
        if self._thread is not None and self._last is not None:
            self._thread.wait(self._last)

"""sha256 beside the reading: hashlib lets go of the interpreter, so a second thread hashes while the first reads."""

from __future__ import annotations

import hashlib
from concurrent.futures import Executor, Future

CHUNK = 1 << 20
"""Bytes read at a time."""

_WORTH_A_THREAD = 1 << 17


class StreamDigest:
    """The sha256 of chunks that come one after another; the chunks must not change afterwards."""

    def __init__(self, pool: Executor) -> None:
        self._pool = pool
        self._hash = hashlib.sha256()
        self._pending: Future[None] | None = None

    def update(self, chunk: bytes) -> None:
        """Take the next chunk; a large one is hashed in the pool while the caller goes on."""
        self._wait()
        if len(chunk) < _WORTH_A_THREAD:
            self._hash.update(chunk)
        else:
            self._pending = self._pool.submit(self._hash.update, chunk)

    def hexdigest(self) -> str:
        """The digest of everything taken so far."""
        self._wait()
        return self._hash.hexdigest()

    def _wait(self) -> None:
        if self._pending is not None:
            self._pending.result()
            self._pending = None

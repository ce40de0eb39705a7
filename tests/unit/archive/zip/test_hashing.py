"""Digests beside the reading: the same whichever thread makes them, in the order of the chunks."""

from __future__ import annotations

import hashlib
import threading

import pytest

from docgen.archive.zip.hashing import open_hash_thread

LARGE = bytes(range(256)) * 256


def test_streams_that_overlap_have_their_own_digests() -> None:
    chunks = [bytes([number]) * 70_000 for number in range(40)]
    with open_hash_thread() as thread:
        digests = [thread.start(("md5",)) for _ in chunks]
        for number, (digest, chunk) in enumerate(zip(digests, chunks, strict=True)):
            digest.update(chunk)
            digest.update(str(number).encode())
    for number, (digest, chunk) in enumerate(zip(digests, chunks, strict=True)):
        data = chunk + str(number).encode()
        assert digest.hexdigest() == hashlib.sha256(data).hexdigest()
        assert digest.list_others() == {"md5": hashlib.md5(data, usedforsecurity=False).hexdigest()}


def test_when_the_thread_has_enough_to_do_the_first_one_hashes() -> None:
    gate = threading.Event()
    with open_hash_thread() as thread:
        while not thread.is_full:
            thread.submit(lambda _: gate.wait(60) and None, b"")
        digest = thread.start()
        digest.update(LARGE)
        digest.update(LARGE)
        assert digest.hexdigest() == hashlib.sha256(LARGE * 2).hexdigest(), "nobody waited for the gate"
        gate.set()
    assert not thread.is_full


def test_what_the_thread_could_not_do_is_raised_where_it_is_asked_for() -> None:
    def fail(_chunk: bytes) -> None:
        raise MemoryError

    with open_hash_thread() as thread:
        number = thread.submit(fail, b"")
        with pytest.raises(MemoryError):
            thread.wait(number)
        digest = thread.start()
        digest.update(LARGE)
        assert digest.hexdigest() == hashlib.sha256(LARGE).hexdigest(), "the thread goes on"

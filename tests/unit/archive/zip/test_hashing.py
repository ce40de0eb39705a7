"""Digests beside the reading: the same whichever thread makes them, in the order of the chunks."""

from __future__ import annotations

import hashlib
import threading
import zlib

import pytest

from docgen.archive.zip.hashing import StreamDigest, add_crc, open_hash_thread

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
            thread.submit(lambda: gate.wait(60))
        digest = thread.start()
        digest.update(LARGE)
        digest.update(LARGE)
        assert digest.hexdigest() == hashlib.sha256(LARGE * 2).hexdigest(), "nobody waited for the gate"
        gate.set()
    assert not thread.is_full


def test_while_the_thread_has_a_long_task_the_first_one_hashes_and_one_more_may_wait() -> None:
    gate = threading.Event()
    with open_hash_thread() as thread:
        assert thread.has_room
        thread.submit(lambda: gate.wait(60), is_long=True)
        assert thread.is_full
        assert thread.has_room
        last = thread.submit(lambda: gate.wait(60), is_long=True)
        assert not thread.has_room
        digest = thread.start()
        digest.update(LARGE)
        assert digest.hexdigest() == hashlib.sha256(LARGE).hexdigest(), "nobody waited for the gate"
        gate.set()
        thread.wait(last)
        assert thread.has_room
        assert not thread.is_full


def test_a_digest_without_a_thread_and_a_crc_that_goes_on() -> None:
    digest = StreamDigest(None, ("md5",))
    for _ in range(2):
        digest.update(LARGE)
    assert digest.hexdigest() == hashlib.sha256(LARGE * 2).hexdigest()
    assert digest.list_others() == {"md5": hashlib.md5(LARGE * 2, usedforsecurity=False).hexdigest()}
    assert add_crc(LARGE, add_crc(b"a")) == zlib.crc32(b"a" + LARGE)


def test_what_the_thread_could_not_do_is_raised_where_it_is_asked_for() -> None:
    def fail() -> None:
        raise MemoryError

    with open_hash_thread() as thread:
        number = thread.submit(fail)
        with pytest.raises(MemoryError):
            thread.wait(number)
        digest = thread.start()
        digest.update(LARGE)
        assert digest.hexdigest() == hashlib.sha256(LARGE).hexdigest(), "the thread goes on"

"""Bytes that nobody meant: no crash, no hang, nothing beyond the limits."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from support.fuzzing import WAYS, list_seeds, mutate, try_input

FOUND = Path(__file__).resolve().parents[3] / "fuzz" / "found"


def test_the_seeds_are_read(tmp_path: Path) -> None:
    seeds = list_seeds()
    assert {WAYS[seed[0]] for seed in seeds} == set(WAYS)
    for seed in seeds:
        try_input(seed, tmp_path)
    for short in (b"", *(bytes([way]) for way in range(len(WAYS)))):
        try_input(short, tmp_path)


@pytest.mark.parametrize("path", sorted(FOUND.glob("*")), ids=lambda path: path.name)
def test_what_was_found_before_is_read(tmp_path: Path, path: Path) -> None:
    begun = time.process_time()
    try_input(path.read_bytes(), tmp_path)
    assert time.process_time() - begun < 10


def fuzz(folder: Path, rounds: int, seed: int) -> None:
    chance = random.Random(seed)
    seeds = list_seeds()
    for number in range(rounds):
        data = mutate(chance.choice(seeds), chance)
        begun = time.process_time()
        try:
            try_input(data, folder)
        except Exception:
            (folder / f"crash-{number}").write_bytes(data)
            raise
        assert time.process_time() - begun < 10, f"input {number} of seed {seed} takes too long"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_mutated_input_is_read(tmp_path: Path, seed: int) -> None:
    fuzz(tmp_path, 150, seed)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_much_mutated_input_is_read(tmp_path: Path) -> None:
    fuzz(tmp_path, 20_000, random.SystemRandom().randrange(1 << 30))

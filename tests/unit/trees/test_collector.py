"""What is loaded once is left out of the collector's rounds; afterwards it works as before."""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest

from docgen.trees.collector import pause_collector


def test_the_collector_goes_on_whatever_happened() -> None:
    def fail() -> None:
        with pause_collector():
            assert not gc.isenabled()
            raise ValueError

    assert gc.isenabled()
    with pytest.raises(ValueError, match=r"^$"):
        fail()
    assert gc.isenabled()


@pytest.mark.heavy
def test_the_rooms_are_left_out_once() -> None:
    code = (
        "import gc; from docgen.pipeline import Options; before = gc.get_freeze_count()\n"
        "from docgen.pipeline import build_record; first = gc.get_freeze_count()\n"
        "made = [[] for _ in range(1000)]\n"
        "from docgen.pipeline import check_record; after = gc.get_freeze_count()\n"
        "print(before, gc.isenabled(), first > 10_000, first == after)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.split() == ["0", "True", "True", "True"]

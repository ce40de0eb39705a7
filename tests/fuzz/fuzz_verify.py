"""Coverage-guided fuzzing of ``docgen verify``'s reader, of manifests and of the index: ``make fuzz``.

Atheris changes inputs so that they reach more of the code, for as long as it is told (see the Makefile). An input that
ends in an error, takes more than ten seconds or much memory is kept in tests/fuzz/found, where the tests read it again.
"""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path

try:
    import atheris
except ImportError:
    sys.exit("fuzz_verify: there is no atheris here (it runs on Linux)" if sys.platform == "linux" else 0)

with atheris.instrument_imports(include=["docgen.archive", "docgen.ooxml", "docgen.content"]):
    from support.fuzzing import list_seeds, mutate, try_input


def main() -> None:
    corpus = Path(sys.argv[1])
    for number, seed in enumerate(list_seeds()):
        (corpus / f"seed-{number:02}").write_bytes(seed)
    with tempfile.TemporaryDirectory() as folder:

        def try_one(data: bytes) -> None:
            try_input(data, Path(folder))

        def change(data: bytes, max_size: int, seed: int) -> bytes:
            chance = random.Random(seed)
            if chance.random() < 0.5:
                return atheris.Mutate(data, max_size)
            return mutate(data, chance)[:max_size]

        atheris.Setup(sys.argv, try_one, custom_mutator=change)
        atheris.Fuzz()


if __name__ == "__main__":
    main()

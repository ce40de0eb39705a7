"""One form with 60 tags and a loop of 10 rows: docxtpl as its documentation shows it against the compiled template.

Run ``python benchmarks/docx.py [ROUNDS [DOCUMENTS]]``. The engines take turns, so that a busy machine slows both; the
ratio of the medians is what counts, absolute times move with the machine. Whatever writes to disk writes a new file
each time, as a run that makes documents does.
"""

from __future__ import annotations

import gc
import itertools
import platform
import statistics
import sys
import tempfile
import time
import tracemalloc
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

# This file's own folder must not be searched: the file would be taken for the package docx.
_FOLDER = Path(__file__).resolve().parent
sys.path[:] = [str(_FOLDER.parent), *(entry for entry in sys.path if Path(entry or ".").resolve() != _FOLDER)]

FORM = _FOLDER / "form.docx"
FIELDS = 60
ROWS = 10
COLUMNS = 5
GOAL = 50.0


def make_context(mark: str = "") -> dict[str, Any]:
    """Values for every tag, all with ``mark``."""
    form = SimpleNamespace(**{f"field_{at}": f"某某机械有限公司 A&B 第{at}项{mark}" for at in range(FIELDS)})
    rows = [
        SimpleNamespace(**{f"cell_{at}": f"第{row}行第{at}列{mark}" for at in range(COLUMNS)}) for row in range(ROWS)
    ]
    return {"form": form, "rows": rows}


def measure(engines: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The median time of each engine in seconds, in turns."""
    times: dict[str, list[float]] = {name: [] for name in engines}
    for engine in engines.values():
        engine()
    for _ in range(rounds):
        for name, engine in engines.items():
            repeat = 1 if name.startswith("docxtpl") else 10
            start = time.perf_counter()
            for _ in range(repeat):
                engine()
            times[name].append((time.perf_counter() - start) / repeat)
    return {name: statistics.median(values) for name, values in times.items()}


def measure_steps(template: Any, context: Mapping[str, Any], rounds: int) -> dict[str, float]:
    """The seconds that each step of rendering takes; rendering itself is what the others leave."""
    from docgen.ooxml.members import pack_member, write_parts
    from docgen.ooxml.package import read_parts

    parts = read_parts(template.render(context).data)
    tagged = {name: parts[name] for name in template.parts}
    members = [pack_member(name, data) for name, data in parts.items()]
    found = measure(
        {
            "whole": lambda: template.render(context),
            "context": make_context,
            "deflate": lambda: [pack_member(name, data) for name, data in tagged.items()],
            "zip": lambda: write_parts(members),
        },
        rounds,
    )
    render = found["whole"] - found["deflate"] - found["zip"]
    return {"context": found["context"], "render": render, "deflate": found["deflate"], "zip": found["zip"]}


def measure_peak(template: Any, context: Mapping[str, Any]) -> int:
    """The most bytes that rendering one document holds at a time, the document itself included."""
    template.render(context)
    tracemalloc.start()
    template.render(context)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def measure_growth(template: Any, count: int) -> tuple[float, float]:
    """Resident memory (MB) after the first tenth of the documents and after the last; each has values of its own."""
    marks: list[float] = []
    for number in range(count):
        template.render(make_context(str(number)))
        if number + 1 in (count // 10, count):
            gc.collect()
            marks.append(read_resident())
    return marks[0], marks[1]


def read_resident() -> float:
    """Resident memory in MB, where the system tells."""
    status = Path("/proc/self/status")
    if not status.exists():
        return float("nan")
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def describe_versions() -> str:
    from importlib.metadata import version

    named = ", ".join(f"{name} {version(name)}" for name in ("docxtpl", "python-docx", "Jinja2", "lxml"))
    return f"Python {platform.python_version()}, zlib {zlib.ZLIB_RUNTIME_VERSION}, {named}"


def main(rounds: int = 25, documents: int = 10_000) -> float:
    """Print the tables; returns how many times faster a compiled template is than docxtpl."""
    import docxtpl

    from docgen.render.docx.template import DocxTemplate

    data, context = FORM.read_bytes(), make_context()
    template = DocxTemplate.compile(data, FORM.name)
    rendered = template.render(context)
    assert not rendered.diagnostics
    assert not rendered.missing
    with tempfile.TemporaryDirectory() as folder:
        source, numbers = Path(folder, "template.docx"), itertools.count()
        source.write_bytes(data)

        def documented() -> None:
            document = docxtpl.DocxTemplate(source)
            document.render(context, autoescape=True)
            document.save(Path(folder, f"{next(numbers)}.docx"))

        engines: dict[str, Callable[[], object]] = {
            "docxtpl as documented": documented,
            "docgen compile + render": lambda: DocxTemplate.compile(data, "b").render(context),
            "docgen render + write": lambda: Path(folder, f"{next(numbers)}.docx").write_bytes(
                template.render(context).data
            ),
            "docgen render": lambda: template.render(context),
        }
        medians = measure(engines, rounds)
    base = medians["docxtpl as documented"]
    print(describe_versions())
    print(f"{FORM.name}: {FIELDS} tags, {ROWS} rows; {len(data)} bytes, a document {len(rendered.data)} bytes")
    print(f"\n{'engine':26}{'ms':>10}{'times':>9}")
    for name, median in medians.items():
        print(f"{name:26}{median * 1000:10.3f}{base / median:9.1f}")
    steps = measure_steps(template, context, rounds)
    print(f"\n{'step':26}{'ms':>10}{'share':>9}")
    for name, seconds in steps.items():
        print(f"{name:26}{seconds * 1000:10.3f}{seconds / sum(steps.values()):9.0%}")
    print(f"\npeak of one document (tracemalloc): {measure_peak(template, context) / 1024:.0f} KB")
    early, late = measure_growth(template, documents)
    print(f"resident after {documents // 10} documents {early:.1f} MB, after {documents} {late:.1f} MB")
    ratio = base / medians["docgen render + write"]
    print(f"goal: {GOAL:.0f} times, written to disk — {'reached' if ratio >= GOAL else 'missed'} ({ratio:.0f})")
    return ratio


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:]))

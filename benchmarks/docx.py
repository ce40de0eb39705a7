"""One form with 60 tags and a loop of 10 rows: docxtpl as its documentation shows it against the compiled template.

Run ``python benchmarks/docx.py [ROUNDS]``. The engines take turns, so that a busy machine slows both; the ratio of the
medians is what counts, absolute times move with the machine.
"""

from __future__ import annotations

import io
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

# This file's own folder must not be searched: the file would be taken for the package docx.
_FOLDER = Path(__file__).resolve().parent
sys.path[:] = [str(_FOLDER.parent), *(entry for entry in sys.path if Path(entry or ".").resolve() != _FOLDER)]

FIELDS = 60
ROWS = 10
COLUMNS = 5
GOAL = 50.0


def make_template() -> bytes:
    """A form of label and value cells with FIELDS tags, and a table with a row loop."""
    import docx

    document = docx.Document()
    document.add_heading("企业质量提升情况表", 1)
    form = document.add_table(FIELDS // 2, 4)
    form.style = "Table Grid"
    for at in range(FIELDS // 2):
        for side in range(2):
            number = at * 2 + side
            form.cell(at, side * 2).text = f"项目{number}"
            form.cell(at, side * 2 + 1).text = f"{{{{ form.field_{number} }}}}"
    rows = document.add_table(4, COLUMNS)
    rows.style = "Table Grid"
    rows.cell(1, 0).text, rows.cell(3, 0).text = "{%tr for row in rows %}", "{%tr endfor %}"
    for column in range(COLUMNS):
        rows.cell(0, column).text = f"列{column}"
        rows.cell(2, column).text = f"{{{{ row.cell_{column} }}}}"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def make_context() -> dict[str, Any]:
    form = SimpleNamespace(**{f"field_{at}": f"某某机械有限公司 A&B 第{at}项" for at in range(FIELDS)})
    rows = [SimpleNamespace(**{f"cell_{at}": f"第{row}行第{at}列" for at in range(COLUMNS)}) for row in range(ROWS)]
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


def main(rounds: int = 25) -> float:
    """Print the table; returns how many times faster a compiled template is than docxtpl."""
    import docxtpl

    from docgen.render.docx_template import DocxTemplate

    data, context = make_template(), make_context()
    template = DocxTemplate.compile(data, "benchmark.docx")
    assert not template.render(context).diagnostics
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "template.docx"), Path(folder, "out.docx")
        source.write_bytes(data)

        def documented() -> None:
            document = docxtpl.DocxTemplate(source)
            document.render(context, autoescape=True)
            document.save(target)

        engines: dict[str, Callable[[], object]] = {
            "docxtpl as documented": documented,
            "docgen compile + render": lambda: DocxTemplate.compile(data, "b").render(context),
            "docgen render + write": lambda: target.write_bytes(template.render(context).data),
            "docgen render": lambda: template.render(context),
        }
        medians = measure(engines, rounds)
    base = medians["docxtpl as documented"]
    print(
        f"{FIELDS} tags, {ROWS} rows; template {len(data)} bytes, document {len(template.render(context).data)} bytes"
    )
    print(f"{'engine':26}{'ms':>10}{'times':>9}")
    for name, median in medians.items():
        print(f"{name:26}{median * 1000:10.3f}{base / median:9.1f}")
    ratio = base / medians["docgen render"]
    print(f"goal: {GOAL:.0f} times — {'reached' if ratio >= GOAL else 'missed'}")
    return ratio


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 25)

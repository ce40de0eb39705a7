"""What a run costs before it has anything to do: processes, timed as wholes, in turns, by their processor time.

Run ``python benchmarks/start.py [ROUNDS]``. Each is measured against something that it can't do without, or against
the tool that people use for the same, in the same run: what other work slows down slows both. The system counts user
and system time of each finished process; elsewhere than on Linux and macOS nothing is measured.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RECORD = ROOT / "samples" / "db3203-t1023-2023" / "complete" / "record.yaml"
FORM = ROOT / "benchmarks" / "form.docx"
DOCXTPL = f"""
from types import SimpleNamespace
from docxtpl import DocxTemplate
form = SimpleNamespace(**{{f"field_{{at}}": f"第{{at}}项" for at in range(60)}})
rows = [SimpleNamespace(**{{f"cell_{{at}}": f"第{{row}}行第{{at}}列" for at in range(5)}}) for row in range(10)]
document = DocxTemplate({str(FORM)!r})
document.render({{"form": form, "rows": rows}}, autoescape=True)
document.save("out.docx")
"""


def time_process(words: list[str], folder: Path) -> float:
    """The seconds of processor that a process takes."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(words, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, words)
    return usage.ru_utime + usage.ru_stime


def main(rounds: int = 9) -> None:
    """Print the table."""
    docgen = [sys.executable, "-m", "docgen"]
    build = [*docgen, "build", str(RECORD), "--force", "-o"]
    runs = {
        "python -c 'import click'": [sys.executable, "-c", "import click"],
        "docgen --version": [*docgen, "--version"],
        "docxtpl: load, render, save a form": [sys.executable, "-c", DOCXTPL],
        "docgen build --only, a report": [*build, "report", "--only", "work-plan"],
        "docgen build --only, a workbook": [*build, "book", "--only", "acceptance-summary"],
        "docgen build, 56 documents": [*build, "all"],
    }
    times: dict[str, list[float]] = {name: [] for name in runs}
    with tempfile.TemporaryDirectory() as name:
        for number in range(rounds + 1):
            for run, words in runs.items():
                taken = time_process(words, Path(name))
                if number:  # the first writes the bytecode
                    times[run].append(taken)
    print(f"{'process':36}{'s':>8}")
    for run, values in times.items():
        print(f"{run:36}{statistics.median(values):8.3f}")
    pairs = zip(times["docgen --version"], times["python -c 'import click'"], strict=True)
    ratio = statistics.median(one / other for one, other in pairs)
    print(f"goal: --version in 1.3 times what click takes — {'reached' if ratio <= 1.3 else 'missed'} ({ratio:.2f})")
    whole = statistics.median(times["docgen build, 56 documents"])
    for run in ("docgen build --only, a report", "docgen build --only, a workbook"):
        print(f"{run}: {statistics.median(times[run]) / whole:.2f} of the whole build")


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:]))

"""Forms through the page against the command: looking through a table, making a form of each row, all of them in a zip.

    python benchmarks/page.py [ROWS]

The page looks through the table and makes what can be made (as ``docgen check`` and ``docgen batch --combine`` do), and
a cell is mended in between. Goals: at most 1.2 times the commands' time; a cell is checked again within a second; the
server stays below 250 MB.
"""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode, urlsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path[:] = [
    str(ROOT),
    str(ROOT / "tests"),
    *(entry for entry in sys.path if Path(entry or ".").resolve() != ROOT / "benchmarks"),
]

RATIO, SECONDS, MEGABYTES = 1.2, 1.0, 250
_CELLS, _POLL = 5, 0.3
"""Cells that are mended; seconds between two looks whether a job is over, about as often as the page itself looks."""


class Page:
    """A page that is served, asked as a program asks it."""

    def __init__(self, address: str, folder: Path) -> None:
        self._host = urlsplit(address).netloc
        self._key = (folder / "program-key").read_text("ascii").strip()

    def ask(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> tuple[str, bytes]:
        """Where an answer leads, and what it says."""
        connection = http.client.HTTPConnection(self._host, timeout=600)
        heads = {"Authorization": f"Bearer {self._key}"} | ({"Content-Type": kind} if kind else {})
        connection.request(method, path, body, heads)
        answer = connection.getresponse()
        said = answer.read()
        assert answer.status in (200, 303), (path, answer.status, said[:500])
        return answer.getheader("Location") or "", said

    def press(self, path: str, **fields: str) -> str:
        return self.ask("POST", path, urlencode(fields or {"": ""}).encode(), "application/x-www-form-urlencoded")[0]

    def wait_for(self, job: str) -> None:
        while not json.loads(self.ask("GET", f"{job}/state")[1])["is_over"]:
            time.sleep(_POLL)

    def send(self, table: Path, **fields: str) -> str:
        parts = [f'--B\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}' for name, text in fields.items()]
        parts.append(f'--B\r\nContent-Disposition: form-data; name="files"; filename="{table.name}"\r\n\r\n')
        body = "\r\n".join(parts).encode() + table.read_bytes() + b"\r\n--B--\r\n"
        return self.ask("POST", "/forms", body, "multipart/form-data; boundary=B")[0]


def run_command(*words: object) -> float:
    start = time.perf_counter()
    called = subprocess.run(
        [sys.executable, "-m", "docgen", *map(str, words)], cwd=ROOT, capture_output=True, check=False
    )
    assert called.returncode in (0, 1), called.stderr.decode()
    return time.perf_counter() - start


def measure_memory(process: subprocess.Popen[str]) -> int:
    """The most megabytes that the server had at once; 0 where the system doesn't tell."""
    status = Path(f"/proc/{process.pid}/status")
    return int(status.read_text().partition("VmHWM:")[2].split()[0]) // 1024 if status.is_file() else 0


def tell(name: str, value: float, unit: str, goal: float) -> None:
    print(f"{name:34}{value:9.2f} {unit:8} goal {goal:g}: {'reached' if value <= goal else 'missed'}")


def main(count: int = 300) -> None:
    """Print the table."""
    from support.form_tables import FORM, STANDARD, TITLE, make_table

    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        table = make_table(root / "table.xlsx", count)
        words = [sys.executable, "-m", "docgen", "serve", str(root / "page"), "--no-browser"]
        with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
            assert server.stdout is not None
            page = Page(server.stdout.readline().strip(), root / "page")
            checked = run_command("check", table, "--only", FORM)
            start = time.perf_counter()
            job = page.send(table, standard=STANDARD, only=FORM)
            page.wait_for(job)
            looked = time.perf_counter() - start
            page.press(f"{job}/cells")  # as the page itself does when it is opened
            took = []
            for number in range(_CELLS):
                start = time.perf_counter()
                page.press(f"{job}/cells", **{f"e.{number + 5}.3.{TITLE}": f"2024-11-{number + 20}"})
                page.ask("GET", job)
                took.append(time.perf_counter() - start)
            made = run_command("batch", table, "-o", root / "out", "--only", FORM, "--combine")
            start = time.perf_counter()
            page.press(f"{job}/make")
            page.wait_for(job)
            page.ask("GET", f"{job}/all")
            brought = time.perf_counter() - start
            memory = measure_memory(server)
            server.terminate()
        print(f"{count} forms{'':24}{'page s':>9}{'command s':>11}")
        print(f"{'looking through':34}{looked:9.2f}{checked:11.2f}")
        print(f"{'making, and all in a zip':34}{brought:9.2f}{made:11.2f}\n")
        tell("page, times the commands", (looked + brought) / (checked + made), "times", RATIO)
        tell("making, times the command", brought / made, "times", RATIO)
        tell("a cell checked again", sorted(took)[_CELLS // 2], "s", SECONDS)
        tell("the server's memory at most", memory, "MB", MEGABYTES)


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:]))

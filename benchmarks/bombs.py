"""What small packages that ask for much cost ``docgen verify``: processor seconds, memory, and the work it counted.

Run it: ``python benchmarks/bombs.py [NAME...]``. Each package (tests/support/bombs.py) is made as large as the limits
of every day make it sensible, and verified by a process of its own; refused or read, none may take 10 s or 300 MB.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
SECONDS, MEGABYTES = 10, 300


def measure(path: Path) -> None:
    """Verify one package and print what that cost."""
    from docgen.archive.verify.package import verify_package

    begun = time.process_time()
    report = verify_package(path)
    taken = time.process_time() - begun
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    peaks = [int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM")]
    peak = peaks[0] if peaks else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    codes = ", ".join(dict.fromkeys(item.code for item in report.diagnostics))
    work = report.work
    counted = f"{work.entries:9,}{work.inflated >> 20:7,}{work.elements:13,}"
    over = "  OVER" if taken > SECONDS or peak > MEGABYTES else ""
    print(f"{path.stem:22}{path.stat().st_size / 1e6:8.1f}{taken:7.1f}{peak:7}{counted}  {codes}{over}", flush=True)


def main() -> None:
    from support.bombs import BOMBS

    print(f"{'':22}{'MB':>8}{'cpu s':>7}{'peak':>7}{'entries':>9}{'MiB':>7}{'elements':>13}")
    for name in sys.argv[1:] or BOMBS:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"{name}.zip"
            BOMBS[name](path, 1.0)
            subprocess.run([sys.executable, __file__, "--measure", str(path)], check=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(Path(sys.argv[2]))
    else:
        main()

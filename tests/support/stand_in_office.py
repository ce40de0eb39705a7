"""A program in LibreOffice's place: it makes a PDF of whatever it is given, and goes wrong over what says so."""

from __future__ import annotations

import stat
import sys
from dataclasses import dataclass
from pathlib import Path

from support.archive_samples import make_pdf

_PROGRAM = """#!{python}
import pathlib, shutil, subprocess, sys, time
if "--version" in sys.argv:
    print({version!r})
    sys.exit()
at = sys.argv.index("--outdir")
folder, names = pathlib.Path(sys.argv[at + 1]), sys.argv[at + 2 :]
profile = next(word for word in sys.argv if word.startswith("-env:UserInstallation="))
with open({log!r}, "a") as log:
    print(profile.rpartition("/")[2], *names, file=log)
for name in names:
    data = pathlib.Path(name).read_bytes()
    made, target = pathlib.Path({pdf!r}).read_bytes(), folder.joinpath(name).with_suffix(".pdf")
    fault = data.rpartition(b" ")[2].decode("ascii", "ignore")
    if {fault!r} and {marked!r} in name:
        fault = {fault!r}
    if fault == "half":
        target.write_bytes(made[: len(made) // 2])
    if fault == "ends":
        target.write_bytes(made[: len(made) // 2] + b"startxref\\n9\\n%%EOF\\n")
    if fault == "folder":
        target.mkdir()
    if fault in ("junk", "empty"):
        target.write_bytes(b"junk" if fault == "junk" else b"")
        folder.joinpath("core").write_bytes(b"junk")
    if fault in ("crash", "half"):
        print("terminate called without an active exception")
        sys.exit(77)
    if fault == "hang":
        child = subprocess.Popen(["sleep", "600"])
        with open({log!r} + ".children", "a") as children:
            print(child.pid, file=children)
        child.wait()
    if fault == "gone":
        shutil.rmtree(folder)
        sys.exit(3)
    if fault == "slow":
        time.sleep(4)
    if fault not in ("refuse", "junk", "empty", "ends", "folder"):
        target.write_bytes(made)
"""


@dataclass(frozen=True)
class StandIn:
    """The program, and what it noted down: a line with the profile and the files of each run."""

    program: Path
    log: Path

    def list_runs(self) -> list[list[str]]:
        """The files of each run."""
        return [line.split()[1:] for line in self.log.read_text().splitlines()] if self.log.exists() else []

    def list_profiles(self) -> list[str]:
        """The profile of each run."""
        return [line.split()[0] for line in self.log.read_text().splitlines()]

    def list_children(self) -> list[str]:
        """The processes that runs which hang had started."""
        path = Path(f"{self.log}.children")
        return path.read_text().split() if path.exists() else []


def make_stand_in(
    folder: Path, *, version: str = "LibreOffice 7.4.7.2 40(Build:2)", pages: int = 3, fault: str = "", marked: str = ""
) -> StandIn:
    """``soffice`` in a folder. It goes wrong over files that end in a space and a fault: ``crash``, ``half``, ``hang``,
    ``junk``, ``empty``, ``ends``, ``folder``, ``refuse``, ``gone``, ``slow``; and by ``fault`` over those
    whose name holds ``marked``.
    """
    folder.mkdir(exist_ok=True)
    pdf, log, program = folder / "made.pdf", folder / "log", folder / "soffice"
    pdf.write_bytes(make_pdf(pages))
    said = {"python": sys.executable, "version": version, "pdf": str(pdf), "log": str(log)}
    program.write_text(_PROGRAM.format(**said, fault=fault, marked=marked))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return StandIn(program, log)

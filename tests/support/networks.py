"""Machines that aren't there: network namespaces of their own, joined by a switch whose cables can be pulled."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

_ABSENT = "network namespaces can't be made ({reason}): run scripts/install-tools, as root, on Linux"


@dataclass(frozen=True)
class Network:
    """A switch and the machines on it; the first has the address 10.77.0.1."""

    prefix: str
    names: tuple[str, ...]

    def find_address(self, name: str) -> str:
        """A machine's address."""
        return f"10.77.0.{self.names.index(name) + 1}"

    def place(self, name: str, words: Sequence[object], *, hidden: Path | None = None) -> list[str]:
        """A command as it runs on a machine; with ``hidden`` an empty folder lies over that one there."""
        inside = [str(word) for word in words]
        if hidden is not None:
            inside = ["sh", "-c", 'mount -t tmpfs none "$0" && exec "$@"', str(hidden), *inside]
        return ["ip", "netns", "exec", f"{self.prefix}{name}", *inside]

    def cut(self, name: str) -> None:
        """Pull a machine's cable."""
        _ip("-n", f"{self.prefix}switch", "link", "set", f"to-{name}", "down")

    def mend(self, name: str) -> None:
        """Put it back."""
        _ip("-n", f"{self.prefix}switch", "link", "set", f"to-{name}", "up")


@contextmanager
def open_network(*names: str) -> Iterator[Network]:
    """Machines of these names for the time of a block; skipped, or failed where CI wants it, when it can't be had."""
    network = Network(f"docgen{os.getpid()}-", names)
    spaces = [f"{network.prefix}{name}" for name in ("switch", *names)]
    try:
        try:
            for space in spaces:
                _ip("netns", "add", space)
                _ip("-n", space, "link", "set", "lo", "up")
            _ip("-n", spaces[0], "link", "add", "bridge", "type", "bridge")
            _ip("-n", spaces[0], "link", "set", "bridge", "up")
            for name, space in zip(names, spaces[1:], strict=True):
                cable = f"to-{name}"
                _ip(*("-n", spaces[0], "link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", space))
                _ip("-n", spaces[0], "link", "set", cable, "master", "bridge", "up")
                _ip("-n", space, "address", "add", f"{network.find_address(name)}/24", "dev", "eth0")
                _ip("-n", space, "link", "set", "eth0", "up")
        except (OSError, subprocess.CalledProcessError) as fault:
            said = getattr(fault, "stderr", b"") or str(fault).encode()
            _give_up(said.decode("utf-8", "replace").strip())
        yield network
    finally:
        for space in spaces:
            with suppress(OSError, subprocess.CalledProcessError):
                _ip("netns", "delete", space)


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    """A folder on a disk of its own that is soon full."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "none", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def enlarge(folder: Path, megabytes: int) -> None:
    """Give such a disk more room."""
    subprocess.run(["mount", "-o", f"remount,size={megabytes}m", folder], check=True)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


def _give_up(reason: str) -> None:
    said = _ABSENT.format(reason=reason if shutil.which("ip") and sys.platform == "linux" else "no ip")
    if os.environ.get("DOCGEN_REQUIRE_TOOLS", "") not in ("", "0"):
        pytest.fail(said, pytrace=False)
    pytest.skip(said)

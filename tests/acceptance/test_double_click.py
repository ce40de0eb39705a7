"""What opens the page by a double click, and the bundle for a computer without a network."""

from __future__ import annotations

import configparser
import importlib.machinery
import importlib.util
import os
import re
import shlex
import shutil
import sys
import zipfile
from collections.abc import Iterator
from email.parser import Parser
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import canonicalize_name, parse_wheel_filename
from support import processes
from support.command_line import ROOT

CMD, COMMAND, DESKTOP = "打开docgen.cmd", "open-docgen.command", "docgen.desktop"
ON_UNIX = pytest.mark.skipif(os.name == "nt", reason="a shell script")
LOCK = ROOT / "requirements.lock"


class TestWindows:
    """Nobody ran it on Windows here: what is known to break such a file there is looked for."""

    data = (ROOT / CMD).read_bytes()
    lines = data.decode("utf-8").split("\r\n")

    def test_its_bytes_are_such_as_cmd_reads(self) -> None:
        assert not self.data.startswith(b"\xef\xbb\xbf")
        assert self.data.count(b"\n") == self.data.count(b"\r\n") > 50
        first = next(at for at, byte in enumerate(self.data) if byte > 127)
        assert 0 <= self.data.find(b"chcp 65001") < first
        assert re.search(r"^\*\.cmd text eol=crlf$", (ROOT / ".gitattributes").read_text("utf-8"), re.MULTILINE)

    def test_every_path_is_in_quotes(self) -> None:
        for line in self.lines:
            if line.startswith(("rem ", "echo ")):
                continue
            bare = re.sub(r'"[^"]*"', "", line)
            assert "%~dp0" not in bare, line
            assert "%OWN%" not in bare, line
            assert "%ENV%" not in bare, line
            assert "requirements.lock" not in bare, line
            assert "\\" not in bare, line

    def test_what_is_not_ascii_stands_behind_the_last_step(self) -> None:
        """cmd looks for labels by bytes, and was known to miss some behind such text."""
        first = next(number for number, line in enumerate(self.lines) if not line.isascii())
        assert first > self.lines.index(":stop") > self.lines.index(":open")

    def test_every_label_is_there(self) -> None:
        labels = {line[1:] for line in self.lines if line.startswith(":")}
        wanted = set(re.findall(r"(?:goto |call :)(\w+)", "\n".join(self.lines)))
        assert wanted == labels

    def test_it_says_in_chinese_what_to_fetch(self) -> None:
        text = "\n".join(self.lines[self.lines.index(":absent") :])
        for word in ("Python 3.11", "安装程序", "U 盘", "python 文件夹"):
            assert word in text
        assert "goto stop" in text


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The launcher as somebody has it: in a folder of a Chinese name, with the sources beside it."""
    place = tmp_path / "质量 提升"
    place.mkdir()
    for name in (COMMAND, DESKTOP, "requirements.lock"):
        shutil.copy2(ROOT / name, place / name)
    for name in ("docgen", "profiles", "templates", "schemas"):
        (place / name).symlink_to(ROOT / name)
    return place


def make_programs(folder: Path, *names: str) -> Path:
    """A folder of few programs, as a computer without Python has them."""
    folder.mkdir()
    for name in ("sh", "dirname", "cmp", "cp", *names):
        found = shutil.which(name)
        assert found is not None
        (folder / name).symlink_to(found)
    return folder


def make_environment(folder: Path, programs: Path) -> dict[str, str]:
    home = folder / "空的家"
    home.mkdir()
    return {"HOME": str(home), "PATH": str(programs), "LANG": "C.UTF-8"}


@ON_UNIX
@pytest.mark.heavy
class TestUnix:
    def test_without_python_it_says_what_to_fetch(self, folder: Path, tmp_path: Path) -> None:
        env = make_environment(tmp_path, make_programs(tmp_path / "bin"))
        done = processes.run(["sh", folder / COMMAND], cwd=tmp_path, env=env)
        said = done.stderr.decode("utf-8")
        assert done.returncode == 1
        assert "没有 Python 3.11" in said
        assert "python3-venv" in said
        assert not (folder / ".docgen-env").exists()

    def test_an_old_python_is_passed_over(self, folder: Path, tmp_path: Path) -> None:
        programs = make_programs(tmp_path / "bin")
        old = programs / "python3"
        old.write_text("#!/bin/sh\nexit 1\n", "utf-8")  # what its version check ends with
        old.chmod(0o755)
        done = processes.run(["sh", folder / COMMAND], cwd=tmp_path, env=make_environment(tmp_path, programs))
        assert "没有 Python 3.11" in done.stderr.decode("utf-8")

    def test_a_python_beside_it_that_has_all_is_used_as_it_is(self, folder: Path, tmp_path: Path) -> None:
        add_portable(folder)
        env = make_environment(tmp_path, make_programs(tmp_path / "bin"))
        assert open_page([f"{folder / COMMAND}", "--no-browser"], env, tmp_path).startswith("http://127.0.0.1:")
        assert not (folder / ".docgen-env").exists()
        assert (tmp_path / "空的家" / "docgen-page").is_dir()

    def test_the_desktop_file_runs_it_from_anywhere(self, folder: Path, tmp_path: Path) -> None:
        add_portable(folder)
        env = make_environment(tmp_path, make_programs(tmp_path / "bin"))
        entry = configparser.RawConfigParser(interpolation=None)
        entry.optionxform = str  # type: ignore[method-assign,assignment]
        entry.read_string((folder / DESKTOP).read_text("utf-8"))
        said = entry["Desktop Entry"]
        assert said["Terminal"] == "true"
        # as the specification has it: escapes of the string first, those of the quoting then
        words = [word.replace("\\$", "$") for word in shlex.split(said["Exec"].replace("\\\\", "\\"))]
        words = [str(folder / DESKTOP) if word == "%k" else word for word in words]
        assert open_page(words, {**env, "BROWSER": "true"}, tmp_path).startswith("http://127.0.0.1:")

    def test_what_cannot_be_prepared_is_told(self, folder: Path, tmp_path: Path) -> None:
        (folder / "wheels").mkdir()
        programs = make_programs(tmp_path / "bin")
        base = programs / "python3"
        base.write_text(f'#!/bin/sh\ncase "$*" in *starlette*) exit 1;; esac\nexec {sys.executable} "$@"\n', "utf-8")
        base.chmod(0o755)
        done = processes.run(["sh", folder / COMMAND], cwd=tmp_path, env=make_environment(tmp_path, programs))
        said = done.stderr.decode("utf-8")
        assert done.returncode == 1
        assert "第一次打开" in said
        assert "wheels 文件夹里的库" in said
        assert not (folder / ".docgen-env" / "docgen.lock").exists(), "the next time it is tried again"


def add_portable(folder: Path) -> None:
    """A Python beside the launcher in which everything is there."""
    python = folder / "python" / "bin" / "python3"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n', "utf-8")
    python.chmod(0o755)


def open_page(words: list[str], env: dict[str, str], cwd: Path) -> str:
    """The address that is given when a command opens the page."""
    with processes.start(words, cwd=cwd, env=env) as process:
        assert process.stdout is not None
        return process.stdout.readline().decode("utf-8")


@pytest.fixture(scope="module")
def script() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("make_offline_bundle", str(ROOT / "scripts" / "make-offline-bundle"))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


class TestLocked:
    """Which requirements of the lock are fetched for a platform."""

    @pytest.mark.parametrize("platform", ["win_amd64", "linux_x86_64"])
    def test_each_is_there_with_its_hashes(self, script: ModuleType, platform: str) -> None:
        found = list(script.list_locked(LOCK.read_text("utf-8"), platform, "3.12"))
        names = {canonicalize_name(line.partition("==")[0]) for line in found}
        assert {"lxml", "starlette", "uvicorn", "python-multipart", "docxtpl"} <= names
        assert all("--hash=sha256:" in line and ";" not in line.partition("\\")[0] for line in found)

    def test_conditions_are_weighed_by_the_platform(self, script: ModuleType) -> None:
        asked = ("a==1", 'b==2 ; sys_platform == "win32"', 'c==3 ; python_full_version < "3.12"')
        lock = "".join(f"{line} \\\n    --hash=sha256:0\n" for line in asked)
        names = {
            (platform, python): [line[0] for line in script.list_locked(lock, platform, python)]
            for platform in ("win_amd64", "linux_x86_64")
            for python in ("3.11", "3.13")
        }
        assert names[("win_amd64", "3.11")] == ["a", "b", "c"]
        assert names[("linux_x86_64", "3.13")] == ["a"]


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle, made and unpacked: it is fetched as pip is configured here."""
    folder = tmp_path_factory.mktemp("离线包")
    done = processes.run([sys.executable, ROOT / "scripts" / "make-offline-bundle", "-o", folder], cwd=ROOT)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    (path,) = folder.glob("*.zip")
    with zipfile.ZipFile(path) as packed:
        packed.extractall(folder)
        for item in packed.infolist():
            os.chmod(folder / item.filename, item.external_attr >> 16)  # noqa: PTH101
    return folder / "docgen"


@pytest.mark.slow
@pytest.mark.timeout(900)
class TestBundle:
    def test_nothing_names_a_registry(self, bundle: Path) -> None:
        for name in (CMD, COMMAND, DESKTOP, "requirements.lock"):
            assert "://" not in (bundle / name).read_text("utf-8"), name

    @pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])
    @pytest.mark.parametrize("platform", ["win_amd64", "linux_x86_64"])
    def test_the_wheels_of_a_platform_are_complete(
        self, bundle: Path, script: ModuleType, platform: str, python: str
    ) -> None:
        """Each requirement has a wheel, and each wheel what it requires itself, by the platform's conditions."""
        tags = set(list_tags(platform, python))
        found = {}
        for path in (bundle / "wheels").glob("*.whl"):
            name, version, _, own = parse_wheel_filename(path.name)
            if own & tags:
                found[name] = (version, path)
        lock = list(script.list_locked(LOCK.read_text("utf-8"), platform, python))
        for line in lock:
            asked = Requirement(line.partition("\\")[0].partition("--hash")[0].strip())
            assert canonicalize_name(asked.name) in found, asked
            assert asked.specifier.contains(found[canonicalize_name(asked.name)][0]), asked
        environment = script.describe_platform(platform, python)
        wanted = [("docgen", "web"), ("docgen", "")]
        for name, (_, path) in found.items():
            for asked in read_requirements(path):
                extras = {extra for of, extra in wanted if of == name} | {""}
                if any(asked.marker is None or asked.marker.evaluate(environment | {"extra": item}) for item in extras):
                    other = canonicalize_name(asked.name)
                    assert other in found, (path.name, asked)
                    assert asked.specifier.contains(found[other][0]), (path.name, asked)

    @ON_UNIX
    @pytest.mark.skipif(sys.platform != "linux" or os.name == "nt" or os.geteuid() != 0, reason="a network namespace")
    def test_a_computer_without_a_network_opens_the_page(self, bundle: Path, tmp_path: Path) -> None:
        home = tmp_path / "空的家"
        home.mkdir()
        base = Path(sys.base_prefix) / "bin"
        env = {
            "HOME": str(home),
            "PATH": f"{base}:/usr/sbin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "PIP_CONFIG_FILE": os.devnull,
        }
        words = ["unshare", "-n", "sh", "-c", 'ip link set lo up; exec "$0" --no-browser', bundle / COMMAND]
        for _ in range(2):  # the second time nothing is prepared any more
            with processes.start(words, cwd=tmp_path, env=env) as process:
                assert process.stdout is not None
                address = process.stdout.readline().decode("utf-8")
                assert address.startswith("http://127.0.0.1:"), process.stderr.read() if process.stderr else b""
        assert (bundle / ".docgen-env" / "docgen.lock").read_bytes() == LOCK.read_bytes()


def list_tags(platform: str, python: str) -> Iterator[Tag]:
    version = tuple(map(int, python.split(".")))
    platforms = (
        ["win_amd64"] if platform == "win_amd64" else [f"manylinux_2_{minor}_x86_64" for minor in range(28, 4, -1)]
    )
    if platform != "win_amd64":
        platforms += ["manylinux2014_x86_64", "manylinux2010_x86_64", "manylinux1_x86_64", "linux_x86_64"]
    yield from cpython_tags(version, platforms=platforms)
    yield from compatible_tags(version, f"cp{version[0]}{version[1]}", platforms)


def read_requirements(wheel: Path) -> Iterator[Requirement]:
    with zipfile.ZipFile(wheel) as opened:
        name = next(item for item in opened.namelist() if item.endswith(".dist-info/METADATA"))
        told = Parser().parsestr(opened.read(name).decode("utf-8"))
    yield from map(Requirement, told.get_all("Requires-Dist", []))

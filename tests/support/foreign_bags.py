"""Bags as other programs make them, in a folder, and that folder as a zip."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from docgen.archive.verify.package import verify_package
from docgen.archive.verify.report import VerifyReport

PAYLOAD = {"data/报名表.txt": "甲\n".encode(), "data/照片/一 号.txt": b"one", "data/照片/二.txt": b"two"}


@dataclass
class ForeignBag:
    """What a bag is made of; ``texts`` replace or add files after the manifests are made, None leaves one out."""

    payload: Mapping[str, bytes] = field(default_factory=lambda: dict(PAYLOAD))
    tags: Mapping[str, bytes] = field(default_factory=dict)
    version: str = "1.0"
    encoding: str = "UTF-8"
    algorithms: Sequence[str] = ("sha512",)
    tag_algorithms: Sequence[str] | None = None
    info: str | None = "Source-Organization: 某某公司\nContact-Name: 张三\n  和李四\n"
    texts: Mapping[str, bytes | None] = field(default_factory=dict)

    def list_files(self) -> dict[str, bytes]:
        """Every file by its path in the bag."""
        files = dict(self.payload)
        for algorithm in self.algorithms:
            files[f"manifest-{algorithm}.txt"] = self.list_digests(algorithm, self.payload)
        declaration = f"BagIt-Version: {self.version}\nTag-File-Character-Encoding: {self.encoding}\n"
        tags = {"bagit.txt": declaration.encode(), **self.tags}
        if self.info is not None:
            size = sum(map(len, self.payload.values()))
            tags["bag-info.txt"] = f"{self.info}Payload-Oxum: {size}.{len(self.payload)}\n".encode(self.encoding)
        tags |= {name: files[name] for name in files if name.startswith("manifest-")}
        files |= tags
        for algorithm in self.algorithms if self.tag_algorithms is None else self.tag_algorithms:
            files[f"tagmanifest-{algorithm}.txt"] = self.list_digests(algorithm, tags)
        changed = {name: data for name, data in self.texts.items() if data is not None}
        return {name: data for name, data in (files | changed).items() if self.texts.get(name, b"") is not None}

    def list_digests(self, algorithm: str, files: Mapping[str, bytes]) -> bytes:
        """A manifest of these files."""
        lines = (f"{hashlib.new(algorithm, data).hexdigest()}  {self.escape(path)}\n" for path, data in files.items())
        return "".join(lines).encode(self.encoding)

    def escape(self, path: str) -> str:
        """A path as a manifest of the bag's version writes it."""
        encoded = path.replace("%", "%25") if self.version == "1.0" else path
        return encoded.replace("\n", "%0A").replace("\r", "%0D")


def write_folder(folder: Path, files: Mapping[str, bytes]) -> Path:
    """The files below a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def write_zip(path: Path, files: Mapping[str, bytes], top: str = "袋") -> Path:
    """The files below a folder of a zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(f"{top}/{name}" if top else name), data)
    return path


def verify_both(folder: Path, files: Mapping[str, bytes]) -> tuple[VerifyReport, VerifyReport]:
    """The verdicts on the same bag as a folder and as a zip."""
    zipped = verify_package(write_zip(folder / "袋.zip", files))
    return verify_package(write_folder(folder / "袋", files)), zipped

"""Receipts: decided by a person, numbered, chained, signed by an outside program; what was tampered with is found."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from docx import Document
from support.archive_samples import build, render_papers
from support.command_line import CommandLine
from support.office_schemas import check_file

from docgen.archive.receipts.model import parse_receipt
from docgen.archive.receipts.register import REGISTER

ACCEPT = ("--decision", "接收")
RETURN = ("--decision", "退回补正")


@pytest.fixture
def docgen(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("sound"), render_papers)


@pytest.fixture
def packages(tmp_path: Path, sound: Path) -> list[Path]:
    """Four packages, the last of which was changed; a comment behind a zip makes them different files."""
    folder = tmp_path / "收件"
    folder.mkdir()
    paths = []
    for number, name in enumerate("甲乙丙坏", 1):
        path = folder / f"{name}.zip"
        data = bytearray(sound.read_bytes())
        data[-2:] = number.to_bytes(2, "little")
        path.write_bytes(data + b" " * number)
        paths.append(path)
    data = bytearray(paths[3].read_bytes())
    data[data.index(b"PNG") + 20] ^= 1
    paths[3].write_bytes(data)
    return paths


@pytest.fixture
def issued(docgen: CommandLine, packages: list[Path], tmp_path: Path) -> Path:
    """A folder with four receipts."""
    folder = tmp_path / "回执"
    assert docgen.json("verify", *packages[:3], "--receipt", folder, *ACCEPT).code == 0
    assert docgen.json("verify", packages[3], "--receipt", folder, *RETURN).code == 1
    return folder


def read_json(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return loaded


def test_a_receipt_says_what_was_verified_and_decided(issued: Path, packages: list[Path]) -> None:
    good, bad = read_json(path_of(issued, 1)), read_last(issued)
    package = good["findings"]["package"]
    assert (good["decision"], good["findings"]["proposed"], good["previous"]) == ("accepted", "accepted", None)
    for algorithm in ("sha256", "sm3"):
        digest = subprocess.run(["openssl", "dgst", f"-{algorithm}", packages[0]], capture_output=True, check=True)
        assert package["digests"][algorithm] == digest.stdout.decode().split()[-1]
    assert package["file"] == "甲.zip"
    assert good["findings"]["state"] == "sound"
    assert (bad["decision"], bad["findings"]["state"]) == ("returned", "faulty")
    (correction, *_) = bad["findings"]["corrections"]
    assert correction["code"]
    assert correction["mend"]
    assert str(packages[3].parent) not in json.dumps(bad, ensure_ascii=False)
    for path in issued.glob("*.docx"):
        check_file(path)
    receipt = parse_receipt((issued / f"{bad['number']}.json").read_bytes())
    assert receipt is not None
    assert receipt.digest() == bad["check"]


def read_last(folder: Path) -> dict[str, Any]:
    return read_json(sorted(folder.glob("HZ-*.json"))[-1])


def test_nobody_decided_so_it_is_a_draft_without_a_number(
    docgen: CommandLine, packages: list[Path], tmp_path: Path
) -> None:
    folder = tmp_path / "回执"
    ran = docgen("verify", packages[0], "--receipt", folder)
    assert "草稿" in ran.out + ran.err
    (draft,) = folder.glob("*.json")
    receipt = read_json(draft)
    assert (receipt["number"], receipt["decision"], receipt["sequence"]) == ("", None, 0)
    assert not (folder / REGISTER).exists()
    assert docgen.json("verify", packages[0], "--receipt", folder).code == 0  # it is brought up to date
    assert docgen.json("verify-receipt", draft).codes[:1] == ["V240"]
    assert docgen.json("verify", packages[0], *ACCEPT).codes == ["V262"]
    draft.write_text("别人的", "utf-8")
    assert "A101" in docgen.json("verify", packages[0], "--receipt", folder).codes
    assert docgen.json("verify", packages[0], "--receipt", folder, "--force").code == 0


def test_a_package_without_a_fault_is_returned_for_a_reason_of_the_receivers_own(
    docgen: CommandLine, packages: list[Path], tmp_path: Path
) -> None:
    """The paper doesn't send the agency to corrections that aren't there."""
    folder = tmp_path / "回执"
    assert "V260" in docgen.json("verify", packages[0], "--receipt", folder, *RETURN).codes
    (paper,) = folder.glob("*.docx")
    texts = [paragraph.text for paragraph in Document(str(paper)).paragraphs]
    (statement,) = [text for text in texts if "决定：退回补正" in text]
    assert "退回的原因由接收单位另行说明" in statement
    assert not any("补正后请重新生成" in text for text in texts)


def test_a_person_may_decide_otherwise_and_is_told(docgen: CommandLine, packages: list[Path], tmp_path: Path) -> None:
    folder = tmp_path / "回执"
    assert "V260" in docgen.json("verify", packages[3], "--receipt", folder, *ACCEPT).codes
    again = docgen.json("verify", packages[3], "--receipt", folder, *ACCEPT)
    assert "V261" in again.codes
    assert len(list(folder.glob("HZ-*.json"))) == 1
    docgen.json("verify", packages[3], "--receipt", folder, *RETURN)
    assert read_last(folder)["earlier"].endswith("-0001")


def test_an_inbox_is_answered_as_single_packages_are(docgen: CommandLine, packages: list[Path], tmp_path: Path) -> None:
    folder = tmp_path / "回执"
    ran = docgen.json("verify", packages[0].parent, "--jobs", "1", "--receipt", folder, *RETURN)
    assert len(ran.document["receipts"]) == 4
    assert docgen.json("verify-receipt", folder).code == 0
    receipt = read_json(sorted(folder.glob("HZ-*.json"))[0])
    assert receipt["findings"]["package"]["digests"]["sha256"]


Change = Callable[[Path], None]


def path_of(folder: Path, number: int, suffix: str = "json") -> Path:
    return next(folder.glob(f"HZ-*-{number:04d}.{suffix}"))


def edit(number: int, old: str, new: str) -> Change:
    def change(folder: Path) -> None:
        path = path_of(folder, number)
        assert old in path.read_text("utf-8")
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")

    return change


def reseal(number: int) -> Change:
    """Somebody who knows how makes a receipt anew, check value and all."""

    def change(folder: Path) -> None:
        path = path_of(folder, number)
        receipt = parse_receipt(path.read_bytes())
        assert receipt is not None
        path.write_bytes(receipt.model_copy(update={"earlier": "HZ-2020-0001"}).seal().dump())

    return change


def remove(number: int) -> Change:
    return lambda folder: path_of(folder, number).unlink()


def swap(first: int, second: int) -> Change:
    def change(folder: Path) -> None:
        one, other = path_of(folder, first), path_of(folder, second)
        aside = one.with_suffix(".aside")
        one.rename(aside)
        other.rename(one)
        aside.rename(other)

    return change


def save_word(number: int) -> Change:
    def change(folder: Path) -> None:
        path_of(folder, number, "docx").write_bytes(b"PK")

    return change


@pytest.mark.parametrize(
    ("change", "alone", "beside_register"),
    [
        (edit(2, '"accepted"', '"returned"'), {"V241", "V243"}, {"V241", "V243", "V247"}),
        (edit(4, '"returned"', '"accepted"'), {"V241"}, {"V241", "V247"}),
        (reseal(2), {"V243"}, {"V243", "V247"}),
        (reseal(4), set(), {"V247"}),
        (remove(1), {"V244"}, {"V244", "V248"}),
        (remove(3), {"V244"}, {"V244", "V248"}),
        (remove(4), set(), {"V248"}),
        (swap(2, 3), {"V245"}, {"V245"}),
        (save_word(3), {"V242"}, {"V242"}),
    ],
)
def test_what_was_changed_removed_or_swapped_is_found(
    docgen: CommandLine, issued: Path, change: Change, alone: set[str], beside_register: set[str]
) -> None:
    assert docgen.json("verify-receipt", issued).codes == []
    change(issued)
    ran = docgen.json("verify-receipt", issued)
    assert set(ran.codes) == beside_register
    assert ran.code == (1 if beside_register else 0)
    (issued / REGISTER).unlink()
    without = docgen.json("verify-receipt", issued)
    assert set(without.codes) == {*alone, "V250"}
    steps = {item["step"]: item["verdict"] for item in without.document["steps"]}
    assert steps["register"] == "not_run"
    assert ("failed" in steps.values()) == bool(alone)


def test_one_receipt_is_checked_as_far_as_it_goes(docgen: CommandLine, issued: Path) -> None:
    ran = docgen.json("verify-receipt", path_of(issued, 2, "docx"))
    assert set(ran.codes) == {"V250", "V269"}
    both = docgen.json("verify-receipt", path_of(issued, 2), path_of(issued, 1), "--register", issued / REGISTER)
    assert both.codes == []
    empty = issued / "空"
    empty.mkdir()
    assert docgen.json("verify-receipt", empty).codes == ["V267"]
    assert docgen.json("verify-receipt", issued / "无.json").codes == ["V101"]


def test_the_register_is_searched_and_exported(docgen: CommandLine, issued: Path, tmp_path: Path) -> None:
    listed = docgen.json("receipts", issued).document["receipts"]
    assert [item["file"] for item in listed] == ["甲.zip", "乙.zip", "丙.zip", "坏.zip"]
    assert [item["decision"] for item in listed] == ["accepted"] * 3 + ["returned"]
    matching = docgen.json("receipts", issued, listed[1]["number"], "乙")
    assert [item["file"] for item in matching.document["receipts"]] == ["乙.zip"]
    assert docgen.json("receipts", issued, "没有的").codes == ["V263"]
    book, data = tmp_path / "登记簿.xlsx", tmp_path / "登记簿.json"
    assert docgen.json("receipts", issued, "-o", book).code == docgen.json("receipts", issued, "-o", data).code == 0
    check_file(book)
    rows = list(openpyxl.load_workbook(book).worksheets[0].values)
    assert [row[0] for row in rows[1:]] == [item["number"] for item in listed]
    assert read_json(data)["receipts"] == listed
    assert docgen.json("receipts", tmp_path).codes == ["V267"]


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """What signs with a key of OpenSSL's, and what checks that."""
    folder = tmp_path_factory.mktemp("keys")
    key, public = folder / "key.pem", folder / "public.pem"
    command = ["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", str(key)]
    subprocess.run(command, check=True, capture_output=True)
    subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-out", public], check=True, capture_output=True)
    sign = f"openssl dgst -sha256 -sign '{key}' -out {{out}} {{in}}"
    return sign, f"openssl dgst -sha256 -verify '{public}' -signature {{sig}} {{in}}"


def find_step(document: dict[str, Any], step: str) -> str:
    (verdict,) = (item["verdict"] for item in document["steps"] if item["step"] == step)
    assert isinstance(verdict, str)
    return verdict


@pytest.mark.heavy
def test_a_receipt_is_signed_and_its_signature_checked(
    docgen: CommandLine, packages: list[Path], keys: tuple[str, str], tmp_path: Path
) -> None:
    folder, (sign, check) = tmp_path / "回执", keys
    assert docgen.json("verify", packages[0], "--receipt", folder, *ACCEPT, "--sign-with", sign).code == 0
    signature = path_of(folder, 1, "json.sig")
    unchecked = docgen.json("verify-receipt", folder)
    assert (unchecked.codes, find_step(unchecked.document, "signature")) == (["V265"], "not_run")
    checked = docgen.json("verify-receipt", folder, "--verify-with", check)
    assert (checked.codes, find_step(checked.document, "signature")) == ([], "passed")
    whole = signature.read_bytes()
    signature.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert docgen.json("verify-receipt", folder, "--verify-with", check).codes == ["V251"]
    signature.unlink()
    assert set(docgen.json("verify-receipt", folder).codes) == {"V252"}


@pytest.mark.heavy
def test_a_package_is_signed_by_its_maker(
    docgen: CommandLine, packages: list[Path], keys: tuple[str, str], tmp_path: Path
) -> None:
    sign, check = keys
    assert docgen.json("sign", packages[0], "--sign-with", sign).code == 0
    assert docgen.json("sign", packages[0], "--sign-with", sign).codes == ["A101"]
    ran = docgen.json("verify", packages[0], "--verify-with", check)
    assert (ran.code, ran.document["packages"][0]["signature"]) == (0, "passed")
    assert "V265" in docgen.json("verify", packages[0]).codes
    shutil.copy(packages[0].with_name("甲.zip.sig"), packages[1].with_name("乙.zip.sig"))
    folder = tmp_path / "回执"
    other = docgen.json("verify", *packages, "--jobs", "1", "--verify-with", check, "--receipt", folder, *RETURN)
    assert sorted(set(other.codes) & {"V251", "V253"}) == ["V251", "V253"]
    assert other.code == 1
    receipt = read_json(path_of(folder, 2))
    assert (receipt["findings"]["signature"], receipt["findings"]["proposed"]) == ("failed", "returned")
    assert "V251" in [item["code"] for item in receipt["findings"]["corrections"]]
    inbox = docgen("verify", packages[0].parent, "--jobs", "1", "--verify-with", check)
    assert "签名：核对通过 1 个，没有通过 1 个，没有检测 2 个。" in inbox.out
    assert "V189" not in inbox.err, "a signature is expected beside its package"


SCRIPTS = {
    "V254": "import sys; print('no card', file=sys.stderr); sys.exit(3)",
    "V255": "import time; time.sleep(60)",
    "V256": "pass",
}


@pytest.mark.heavy
@pytest.mark.parametrize("code", [*SCRIPTS, "V257"])
def test_a_signer_that_gives_nothing_leaves_nothing(
    docgen: CommandLine, packages: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    script = tmp_path / "signer.py"
    script.write_text(SCRIPTS.get(code, ""), "utf-8")
    program = sys.executable if code != "V257" else str(tmp_path / "不在")
    workplace, folder = tmp_path / "这里", tmp_path / "回执"
    workplace.mkdir()
    monkeypatch.chdir(workplace)
    command = json.dumps([program, str(script), "{in}", "{out}"])
    (workplace / "docgen.toml").write_text(f"[signing]\nsign = {command}\nseconds = 1\n", "utf-8")
    ran = docgen.json("verify", *packages[:2], "--receipt", folder, *ACCEPT)
    assert ([item for item in ran.codes if item != "V116"], ran.code) == ([code], 2)
    assert ran.document["receipts"] == []
    assert [path.name for path in folder.iterdir()] == [REGISTER]
    (workplace / "docgen.toml").unlink()
    docgen.json("verify", packages[0], "--receipt", folder, *ACCEPT)
    assert path_of(folder, 1).is_file()


@pytest.mark.heavy
def test_nothing_in_a_receipt_or_beside_it_is_run(
    docgen: CommandLine, issued: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A receipt names a command, its signature is a script, and a docgen.toml came with the receipts."""
    trace = tmp_path / "ran"
    script = f"import pathlib; pathlib.Path({str(trace)!r}).touch()"
    command = json.dumps([sys.executable, "-c", script, "{in}", "{sig}"])
    receipt = parse_receipt(path_of(issued, 4).read_bytes())
    assert receipt is not None
    findings = receipt.findings.model_copy(update={"verified_by": f"$(touch {trace}); `touch {trace}` {command}"})
    path_of(issued, 4).write_bytes(receipt.model_copy(update={"findings": findings}).seal().dump())
    path_of(issued, 4).with_name(f"{path_of(issued, 4).name}.sig").write_text(f"#!{sys.executable}\n{script}\n")
    (issued / "docgen.toml").write_text(f"[signing]\nverify = {command}\nsign = {command}\n", "utf-8")
    docgen.json("verify-receipt", issued)
    monkeypatch.chdir(issued)
    ran = docgen.json("verify-receipt", ".")
    assert "V265" in ran.codes
    (issued / "bagit.txt").write_text("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", "utf-8")
    docgen.json("verify", ".", "--receipt", tmp_path / "别处", *RETURN)
    assert list((tmp_path / "别处").glob("HZ-*.json"))
    assert not trace.exists()
    elsewhere = tmp_path / "自己的"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    shutil.copy(issued / "docgen.toml", elsewhere)
    docgen.json("verify-receipt", issued)
    assert trace.exists()  # the user's own docgen.toml is used


def test_a_command_has_a_place_for_the_files(docgen: CommandLine, packages: list[Path], tmp_path: Path) -> None:
    for command in ("openssl dgst {in}", "'open", "", "{in} {out}"):
        arguments = ("--sign-with", command) if command else ()
        ran = docgen.json("sign", packages[0], *arguments)
        assert ran.codes == (["V264"] if command else ["X105"])
    ran = docgen.json("verify-receipt", tmp_path, "--verify-with", "openssl {in}")
    assert ran.codes == ["V264"]

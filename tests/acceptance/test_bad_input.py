"""What a user may do wrong ends with a plain word and exit 1 or 2: never a traceback, never half a file."""

from __future__ import annotations

import errno
import io
import json
import os
import shutil
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
import yaml
from support.command_line import ROOT, CommandLine, list_tree, run_docgen
from support.negative_samples import FOLDER, read_base

from docgen.pipeline import Options, build_record

REGISTER = ROOT / "templates" / "docx" / "register.docx"
EVIDENCE_LINE = next(number for number, line in enumerate(read_base().splitlines(), 1) if "file: 现场.jpg" in line)


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """A short sound record with its evidence, in a folder of its own."""
    folder = tmp_path / "项目"
    folder.mkdir()
    shutil.copy(FOLDER / "现场.jpg", folder)
    path = folder / "record.yaml"
    path.write_text(read_base(), "utf-8")
    return path


def change(record: Path, *changes: tuple[str, str]) -> Path:
    text = record.read_text("utf-8")
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    record.write_text(text, "utf-8")
    return record


# --- files that are no record -----------------------------------------------------------------------------------------


def test_no_such_file(tmp_path: Path) -> None:
    ran = run_docgen("check", tmp_path / "recrod.yaml")
    assert (ran.code, ran.out) == (2, "")
    assert "S101" in ran.err
    assert "recrod.yaml" in ran.err


def test_a_near_name_is_told(command: CommandLine, record: Path) -> None:
    ran = command.json("build", record.with_name("recrod.yaml"), "-o", record.parent / "out")
    assert ran.code == 2
    assert "record.yaml" in ran.find("S101")["message"]


def test_a_folder(command: CommandLine, record: Path) -> None:
    ran = command.json("check", record.parent)
    assert ran.code == 2
    assert str(record) in ran.find("S121")["message"], "the record inside is named"


@pytest.mark.parametrize("suffix", [".docx", ".pdf", ".zip", ".xlsx", ".xls", ".et", ".ods"])
def test_another_kind_of_file(command: CommandLine, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"台账{suffix}"
    path.write_bytes(b"PK\x03\x04")
    ran = command.json("build", path, "-o", tmp_path / "out")
    expected = {".xlsx": "W101", ".xls": "W107", ".et": "W107", ".ods": "W107"}.get(suffix, "S122")
    assert (ran.code, ran.codes) == (2, [expected])
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_another_encoding_is_named_and_how_to_convert(record: Path, encoding: str) -> None:
    record.write_bytes(record.read_text("utf-8").encode(encoding))
    ran = run_docgen("check", record)
    assert ran.code == 2
    assert "S107" in ran.err
    assert encoding.upper() in ran.err
    assert "另存为" in ran.err
    assert "UTF-8" in ran.err


def test_a_byte_order_mark_is_no_fault(command: CommandLine, record: Path) -> None:
    record.write_bytes(b"\xef\xbb\xbf" + record.read_bytes())
    assert command("check", record).code == 0


@pytest.mark.parametrize("text", ["", " \n\n", "\ufeff"])
def test_an_empty_file(command: CommandLine, tmp_path: Path, text: str) -> None:
    path = tmp_path / "record.yaml"
    path.write_text(text, "utf-8")
    ran = command.json("check", path)
    assert (ran.code, ran.codes) == (2, ["S105"])


def test_an_enormous_file_isn_t_read(command: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "record.yaml"
    with path.open("wb") as file:
        file.truncate(65 * 1024 * 1024)
    assert command.json("check", path).codes == ["S106"]


def test_five_megabytes_of_text_are_read(command: CommandLine, record: Path) -> None:
    change(record, ("rules: 例会和月报。", "rules: " + "例会和月报。" * 280_000))
    assert command("check", record).code == 0


def test_duplicate_keys_and_aliases_come_together(command: CommandLine, record: Path) -> None:
    change(
        record,
        ("    staff: 46", "    staff: &count 46\n    staff: *count"),
        ("    size_class: 小型", "    size_class: 小型\n    size_class: 微型"),
    )
    ran = command.json("check", record)
    assert ran.code == 2
    found = [(item["code"], item["location"]["line"]) for item in ran.document["diagnostics"]]
    assert found == [("S113", 11), ("S112", 12), ("S113", 12), ("S112", 15)]


@pytest.mark.parametrize(
    "nest",
    [
        pytest.param(lambda depth: "[" * depth + "]" * depth, id="flow"),
        pytest.param(lambda depth: "".join(f"\n{'  ' * (level + 3)}a:" for level in range(depth)), id="block"),
    ],
)
def test_a_thousand_levels(command: CommandLine, record: Path, nest: Callable[[int], str]) -> None:
    change(record, ("staff: 46", "staff: " + nest(1000)))
    ran = command.json("check", record)
    assert (ran.code, ran.codes) == (2, ["S119"])


def test_a_link_in_a_circle_and_a_device(command: CommandLine, tmp_path: Path) -> None:
    loop = tmp_path / "record.yaml"
    loop.symlink_to(loop)
    assert command.json("check", loop).codes == ["S102"]
    assert command.json("check", os.devnull).codes == ["S105"]


def test_one_bad_record_doesn_t_keep_the_others_from_being_checked(command: CommandLine, record: Path) -> None:
    ran = command.json("check", record.with_name("none.yaml"), record)
    assert ran.code == 2
    assert ran.codes == ["S101"]
    assert len(ran.document["records"]) == 2


# --- evidence ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "code"),
    [(None, "E101"), (b"", "E105"), ("不是照片。".encode(), "E109"), (b"\xff\xd8\xff\xe0\x00\x10JFIF", "E110")],
)
def test_evidence_stops_the_package(command: CommandLine, record: Path, data: bytes | None, code: str) -> None:
    photo = record.with_name("现场.jpg")
    photo.unlink()
    if data is not None:
        photo.write_bytes(data)
    before = list_tree(record.parent)
    ran = command.json("build", record, "-o", record.parent / "out")
    assert (ran.code, ran.codes) == (1, [code])
    assert ran.find(code)["location"]["line"] == EVIDENCE_LINE
    assert "现场.jpg" in ran.find(code)["message"]
    assert list_tree(record.parent) == before


@pytest.mark.parametrize(
    "name", ["..", "照片\\\\现场.jpg", "/etc/hostname", "C:\\\\a.jpg", "长" * 300 + ".jpg", "a\\0b.jpg"]
)
def test_strange_evidence_names(command: CommandLine, record: Path, name: str) -> None:
    change(record, ("file: 现场.jpg", f'file: "{name}"'))
    ran = command.json("check", record)
    assert ran.code == 1
    assert len(ran.codes) == 1
    assert ran.document["diagnostics"][0]["location"]["line"] == EVIDENCE_LINE


def test_a_backslash_parts_folders(command: CommandLine, record: Path) -> None:
    folder = record.parent / "照片"
    folder.mkdir()
    record.with_name("现场.jpg").rename(folder / "现场.jpg")
    change(record, ("file: 现场.jpg", "file: 照片\\现场.jpg"))
    assert command("build", record, "-o", record.parent / "out").code == 0


# --- templates --------------------------------------------------------------------------------------------------------


def write_template(folder: Path, old: str, new: str) -> Path:
    """A copy of the register's template with a change in its text, where ``--templates`` looks for it."""
    target = folder / "docx" / "register.docx"
    target.parent.mkdir(parents=True)
    with zipfile.ZipFile(REGISTER) as source, zipfile.ZipFile(target, "w") as copy:
        for name in source.namelist():
            data = source.read(name)
            if name == "word/document.xml":
                assert data.count(old.encode()) >= 1
                data = data.replace(old.encode(), new.encode(), 1)
            copy.writestr(name, data)
    return target


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("{{ document.title", "T104"),
        ("{% if document.title %}", None),
        ("{{ document.title | nosuch }}", "T106"),
        ("{{ documnt.titel }}", "T120"),
        ("{{ document.__class__ }}", None),
    ],
)
def test_a_template_that_is_wrong_is_named_with_its_place(
    command: CommandLine, record: Path, tmp_path: Path, tag: str, code: str | None
) -> None:
    template = write_template(tmp_path / "模板", "{{ document.title }}", tag)
    ran = command.json("--templates", tmp_path / "模板", "build", record, "-o", tmp_path / "out")
    assert ran.code in (1, 2)
    found = ran.document["diagnostics"]
    assert code is None or [item["code"] for item in found] == [code]
    assert all(item["code"].startswith("T") for item in found)
    assert all(str(template) in (item["location"].get("file"), *item["message"].split()) for item in found)
    assert any("document" in json.dumps(item, ensure_ascii=False) for item in found)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "T101"), (b"no zip", "T101"), (b"PK\x05\x06" + bytes(18), "T102")],
    ids=["empty", "text", "zip-without-parts"],
)
def test_a_template_that_is_no_word_file(
    command: CommandLine, record: Path, tmp_path: Path, data: bytes, code: str
) -> None:
    template = tmp_path / "模板" / "docx" / "register.docx"
    template.parent.mkdir(parents=True)
    template.write_bytes(data)
    ran = command.json("--templates", tmp_path / "模板", "build", record, "-o", tmp_path / "out")
    assert (ran.code, ran.codes) == (2, [code])
    assert ran.find(code)["location"]["file"] == str(template)
    assert not (tmp_path / "out").exists()


def test_a_folder_of_templates_that_isn_t_there(command: CommandLine, record: Path, tmp_path: Path) -> None:
    ran = command.json("--templates", tmp_path / "none", "build", record, "-o", tmp_path / "out")
    assert (ran.code, ran.codes) == (2, ["X111"])


# --- outputs ----------------------------------------------------------------------------------------------------------


def test_names_that_windows_can_t_hold(command: CommandLine, record: Path, tmp_path: Path) -> None:
    change(
        record,
        ("    name: 徐州澄砺消防器材有限公司", '    name: "澄砺<>:\\"/\\\\|?*%公司. "'),
        ("name: 反例底本项目", "name: CON"),
        ("number: XZ-FL-01", 'number: "A/B:1"'),
    )
    out = tmp_path / "out"
    assert command("build", record, "-o", out).code == 0
    names = [part for path in out.rglob("*") for part in path.relative_to(out).parts]
    package = next(out.glob("*.zip"))
    with zipfile.ZipFile(package) as opened:
        names += [part for name in opened.namelist() for part in name.split("/")]
        index = json.loads(opened.read(next(name for name in opened.namelist() if name.endswith("package.json"))))
    assert not [name for name in names if set(name) & set('<>:"\\|?*%')]
    assert not [name for name in names if name.endswith((" ", ".")) or name.upper() == "CON"]
    assert any('澄砺<>:"/\\|?*%公司. ' in item["title"] for item in index["documents"]), "the index has the full name"
    assert command("verify", package).code == 0


@pytest.mark.parametrize("name", ["CON", "长" * 200, "𠮷" * 200, ".", "..", "~$a"])
def test_names_of_projects_and_enterprises(command: CommandLine, record: Path, tmp_path: Path, name: str) -> None:
    change(
        record,
        ("    name: 徐州澄砺消防器材有限公司", f"    name: {name}"),
        ("name: 反例底本项目", f"name: {name}"),
        ("number: XZ-FL-01", f"number: {name}"),
    )
    out = tmp_path / "out"
    assert command("build", record, "-o", out).code == 0
    assert all(len(part) <= 80 for path in out.rglob("*") for part in path.relative_to(out).parts)
    assert command("verify", next(out.glob("*.zip"))).code == 0


def add_enterprise(data: dict[str, Any]) -> None:
    """A second enterprise that is in everything like the first, but for its key and code."""
    first = data["enterprises"][0]
    data["enterprises"].append({**first, "key": "second", "uscc": "91320321MAYT6H186N"})
    for entries in data["forms"].values():
        if entries[0].get("of") == first["key"]:
            entries.append({**entries[0], "of": "second"})
    candidates = data["forms"]["enrolment"][0]["candidates"]
    candidates.append({**candidates[0], "enterprise": "second"})


def write_json(record: Path, data: dict[str, Any]) -> Path:
    path = record.with_name("record.json")
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1), "utf-8")
    return path


def test_two_enterprises_of_one_name_keep_their_documents_apart(
    command: CommandLine, record: Path, tmp_path: Path
) -> None:
    alone = command.json("build", record, "-o", tmp_path / "alone")
    data = yaml.load(record.read_text("utf-8"), yaml.BaseLoader)
    add_enterprise(data)
    ran = command.json("build", write_json(record, data), "-o", tmp_path / "out")
    assert (ran.code, ran.codes) == (0, ["C260"]), ran.out
    outputs = [Path(item["path"]) for item in ran.document["outputs"]]
    name = data["enterprises"][0]["name"]
    of_one = [item for item in alone.document["outputs"] if name in Path(item["path"]).name]
    assert len(of_one) >= 7
    assert len(set(outputs)) == len(outputs) == len(alone.document["outputs"]) + len(of_one)
    assert all(output.is_file() for output in outputs)


def test_the_target_of_another_enterprise_is_told(command: CommandLine, record: Path) -> None:
    data = yaml.load(record.read_text("utf-8"), yaml.BaseLoader)
    add_enterprise(data)
    second = data["enterprises"][1]
    second["indicators"] = second["indicators"][:1]
    ran = command.json("check", write_json(record, data))
    assert ran.code == 1
    assert set(ran.codes) == {"C208"}, "the second plan still has the complaints that only the first counts"
    found = ran.find("C208")
    assert found["location"]["path"] == "forms.improvement-plan[1].targets[1].indicator"
    assert "complaints" in found["message"]


def test_a_file_in_the_way(record: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine", "utf-8")
    for out in (tmp_path / "out", tmp_path / "out" / "below"):
        before = list_tree(tmp_path)
        ran = run_docgen("build", record, "-o", out)
        assert ran.code == 2
        assert "X153" in ran.err
        assert str(tmp_path / "out") in ran.err
        assert list_tree(tmp_path) == before


Fault = Callable[[pytest.MonkeyPatch, OSError], None]


def fail_at_documents(monkeypatch: pytest.MonkeyPatch, fault: OSError) -> None:
    """The third document can't be written."""
    write, calls = Path.write_bytes, iter(range(100))

    def refuse(path: Path, data: Any) -> int:
        if next(calls) == 2:
            raise fault
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", refuse)


def fail_at_folder(monkeypatch: pytest.MonkeyPatch, fault: OSError) -> None:
    """Nothing can be made beside the output's place."""

    make = Path.mkdir

    def refuse(path: Path, *arguments: Any, **named: Any) -> None:
        if path.name.startswith(".docgen-"):
            raise fault
        make(path, *arguments, **named)

    monkeypatch.setattr(Path, "mkdir", refuse)


def fail_at_package(monkeypatch: pytest.MonkeyPatch, fault: OSError) -> None:
    """The disk says so when the whole package was handed over."""

    def refuse(_handle: int) -> None:
        raise fault

    monkeypatch.setattr("os.fsync", refuse)


@pytest.mark.parametrize("code", [errno.EACCES, errno.ENOSPC, errno.EROFS, errno.EIO])
@pytest.mark.parametrize("fail", [fail_at_documents, fail_at_folder, fail_at_package])
def test_a_disk_that_is_full_or_closed(
    command: CommandLine, record: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fail: Fault, code: int
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    before = list_tree(tmp_path)
    with monkeypatch.context() as patched:
        fail(patched, OSError(code, os.strerror(code)))
        ran = command.json("build", record, "-o", out)
    assert ran.code == 2
    assert ran.codes[0][0] in "XA"
    assert str(out) in ran.document["diagnostics"][0]["message"]
    assert list_tree(tmp_path) == before


def test_what_is_there_stays_without_force(command: CommandLine, record: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert command("build", record, "-o", out).code == 0
    before = list_tree(out)
    change(record, ("一年内建立体系并有效运行。", "两年内建立体系并有效运行。"))
    ran = command.json("build", record, "-o", out)
    assert (ran.code, ran.codes) == (2, ["X152", "X152"])
    assert list_tree(out) == before
    assert command("build", record, "-o", out, "--force").code == 0
    after = list_tree(out)
    assert sorted(after) == sorted(before)
    assert after != before


def test_force_leaves_what_stood_there_when_it_fails(
    command: CommandLine, record: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    assert command("build", record, "-o", out).code == 0
    before = list_tree(out)
    with monkeypatch.context() as patched:
        fail_at_package(patched, OSError(errno.ENOSPC, "full"))
        assert command("build", record, "-o", out, "--force").code == 2
    assert list_tree(out) == before


# --- Ctrl-C -----------------------------------------------------------------------------------------------------------

INTERRUPT = """\
import os, pathlib, signal, zipfile

def interrupt(owner, name, at):
    function, calls = getattr(owner, name), iter(range(10_000))
    def wrapped(*arguments, **named):
        if next(calls) == at:
            os.kill(os.getpid(), signal.SIGINT)
        return function(*arguments, **named)
    setattr(owner, name, wrapped)

interrupt({owner}, {name!r}, {at})
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to itself")
@pytest.mark.parametrize(
    ("owner", "name", "at"),
    [("pathlib.Path", "write_bytes", 3), ("zipfile.ZipFile", "writestr", 12), ("os", "fsync", 0)],
)
def test_ctrl_c_in_the_middle_leaves_nothing(record: Path, tmp_path: Path, owner: str, name: str, at: int) -> None:
    """A real SIGINT reaches the process while it writes its documents, or its package."""
    patch = tmp_path / "patch"
    patch.mkdir()
    (patch / "sitecustomize.py").write_text(INTERRUPT.format(owner=owner, name=name, at=at), "utf-8")
    out = tmp_path / "out"
    out.mkdir()
    before = list_tree(out)
    ran = run_docgen("build", record, "-o", out, PYTHONPATH=os.pathsep.join([str(patch), str(ROOT)]))
    assert ran.code == 130, ran
    assert "X112" in ran.err
    assert list_tree(out) == before


def test_an_interrupted_progress_leaves_nothing(record: Path, tmp_path: Path) -> None:
    def stop(_title: str, number: int, _of: int) -> None:
        if number == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_record(record, tmp_path / "out", Options(), stop)
    assert not (tmp_path / "out").exists()


# --- values -----------------------------------------------------------------------------------------------------------

VALUES = [
    "A&B <公司> 5<6",
    "{{ 7*7 }}",
    "{% for x in y %}",
    "=1+1",
    "+86",
    "-5",
    "@SUM(A1)",
    "'引号",
    "前\t后",
    "第一行\n第二行",
    "𠮷野家",
    "笑😀脸",
    "_x0041_",
    "&amp;",
    "长" * 10_000,
]


def iterate_texts(document: Any) -> Iterator[str]:
    for paragraph in document.paragraphs:
        yield paragraph.text
    for table in document.tables:
        for row in table.rows:
            for cell in row.cells:
                yield cell.text


@pytest.fixture(scope="module")
def with_values(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The documents of a record in which every value stands as an indicator's name, an opinion and a duty."""
    folder = tmp_path_factory.mktemp("values")
    shutil.copy(FOLDER / "现场.jpg", folder)
    data = yaml.load(read_base(), yaml.BaseLoader)
    indicator = data["enterprises"][0]["indicators"][0]
    del indicator["unit"]  # the sheet prints it behind the name
    data["enterprises"][0]["indicators"] = [
        {**indicator, "key": f"v{number}", "name": value} for number, value in enumerate(VALUES)
    ]
    target = data["forms"]["improvement-plan"][0]["targets"][0]
    data["forms"]["improvement-plan"][0]["targets"] = [
        {**target, "indicator": f"v{number}"} for number in range(len(VALUES))
    ]
    opinion = data["forms"]["diagnosis-confirmation"][0]["opinions"][0]
    data["forms"]["diagnosis-confirmation"][0]["opinions"] = [{**opinion, "text": value} for value in VALUES]
    member = data["forms"]["working-group"][0]["members"][0]
    data["forms"]["working-group"][0]["members"] = [
        {**member, "role": "组员" if number else "组长", "task": value} for number, value in enumerate(VALUES)
    ]
    record = folder / "record.json"
    record.write_text(json.dumps(data, ensure_ascii=False), "utf-8")
    outcome = build_record(record, folder / "out", Options())
    assert [item.code for item in outcome.diagnostics] == ["C260"]
    return {output.path.name: output.path.read_bytes() for output in outcome.outputs}


@pytest.mark.parametrize("value", VALUES, ids=lambda value: value[:12])
@pytest.mark.parametrize("title", ["企业质量诊断意见确认表", "认证提升工作小组名单", "认证提升成效评价表"])
def test_values_come_out_of_word_as_typed(with_values: dict[str, bytes], title: str, value: str) -> None:
    data = next(data for name, data in with_values.items() if name.startswith(title) and name.endswith(".docx"))
    texts = list(iterate_texts(docx.Document(io.BytesIO(data))))
    assert any(value in text for text in texts)


@pytest.mark.parametrize("value", VALUES, ids=lambda value: value[:12])
def test_values_come_out_of_excel_as_typed(with_values: dict[str, bytes], value: str) -> None:
    data = next(
        data for name, data in with_values.items() if name.startswith("认证提升成效评价表") and name.endswith(".xlsx")
    )
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    # openpyxl doesn't decode the _xHHHH_ that stands for a character, as Excel does
    found = [cell for cell in cells if cell.value.replace("_x005F_", "_") == value]
    assert found
    assert all(cell.data_type == "s" for cell in found), "it is text, no formula"


def test_nothing_was_computed_from_a_value(with_values: dict[str, bytes]) -> None:
    for name, data in with_values.items():
        if name.endswith(".docx"):
            assert "49" not in "".join(iterate_texts(docx.Document(io.BytesIO(data))))


def test_a_character_that_no_document_holds_names_its_field(command: CommandLine, record: Path, tmp_path: Path) -> None:
    change(record, ("    name: 徐州澄砺消防器材有限公司", '    name: "徐州\\b澄砺"'))
    ran = command.json("build", record, "-o", tmp_path / "out")
    assert ran.code == 1
    found = ran.find("R141")
    assert "企业名称" in found["message"]
    assert "U+0008" in found["message"]
    assert (found["location"]["line"], found["location"]["path"]) == (9, "enterprises[0].name")
    assert not (tmp_path / "out").exists()


def test_a_form_without_content_is_told_once_not_each_of_its_fields(command: CommandLine, tmp_path: Path) -> None:
    text = (ROOT / "samples" / "db3203-t1023-2023" / "complete" / "record.yaml").read_text("utf-8")
    before, _, rest = text.partition("  acceptance-review:\n")
    record = tmp_path / "record.yaml"
    record.write_text(before + rest[rest.index("  acceptance-summary:") :], "utf-8")
    ran = command.json("build", record, "-o", tmp_path / "out", "--only", "acceptance-review", "--guard")
    assert ran.code == 1
    assert "验收评审记录" in next(item for item in ran.document["diagnostics"] if item["code"] == "R201")["message"]
    assert "R205" not in ran.codes

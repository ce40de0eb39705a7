"""``docgen build --redact``: a second package without what is confidential, which says so and leaks nothing."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest
from docx import Document
from PIL import Image
from pypdf import PdfReader
from support import made_up
from support.command_line import COMPLETE, CommandLine
from support.office_schemas import OoxmlCheck
from support.redacted_packages import MARK, SHORT_MARK, build, find_packages, read_docx, read_everything, read_package

PHONES = ("13900000211", "13900000301", "13900000401", "13900000101")
FIGURES = ("2386.40", "268.50", "1642.75", "186.20")


@pytest.fixture
def docgen(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


def copy_sample(folder: Path, *changes: tuple[str, str]) -> Path:
    """The complete sample, changed."""
    shutil.copytree(COMPLETE.parent, folder / "sample")
    record = folder / "sample" / "record.yaml"
    text = record.read_text("utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    record.write_text(text, "utf-8")
    return record


def disclose(closed: str = "", opened: str = "") -> tuple[str, str]:
    """A change that adds marks to what the sample closes, and marks that open."""
    last = "    - {evidence: [review-record]}\n"
    marks = "".join(f"    - {line}\n" for line in closed.split("\n") if line)
    opens = "  open:\n" + "".join(f"    - {line}\n" for line in opened.split("\n") if line) if opened else ""
    return last, last + marks + opens


def add_evidence(*lines: str) -> tuple[str, str]:
    """A change that adds pieces of evidence to the sample."""
    last = "  - {key: review-record,"
    return last, "".join(f"  - {line}\n" for line in lines) + last


def test_the_sample_has_a_public_edition(docgen: CommandLine, tmp_path: Path, ooxml_check: OoxmlCheck) -> None:
    result = build(docgen, COMPLETE, tmp_path)
    assert (result["code"], [item["code"] for item in result["diagnostics"]]) == (0, ["C260"])
    full, redacted = find_packages(tmp_path)
    told = read_everything(redacted)
    whole = read_everything(full)
    for secret in (*PHONES, *FIGURES):
        assert secret in whole, secret
        assert secret not in told, secret
    assert MARK in told
    members = read_package(redacted)
    assert "record/record.json" not in members
    assert not any("调查问卷" in name or "满意度" in name or "签到表" in name for name in members)
    index = json.loads(members["package.json"])
    assert (index["kind"], index["supplements"], index["archive"]["confidentiality"]) == ("redacted", None, "公开")
    left_out = {key: index["redaction"][key] for key in ("documents", "evidence", "files", "masked", "unsearched")}
    assert left_out == {"documents": 4, "evidence": 2, "files": 6, "masked": 5, "unsearched": 8}
    page = members["00_打开我_目录.html"].decode()
    assert "未放入文书 4 份、佐证材料 2 件，合 6 个文件" in page
    assert "未放入文书 4 份" in read_docx(members["03_备考表.docx"])
    assert "公开版" in read_docx(members["01_案卷封面.docx"])
    for number, (name, data) in enumerate(members.items()):
        if name.endswith((".docx", ".xlsx")):
            path = tmp_path / f"{number}{Path(name).suffix}"
            path.write_bytes(data)
            assert ooxml_check(path) == [], name


def test_it_verifies_with_the_full_package_and_names_it(docgen: CommandLine, tmp_path: Path) -> None:
    build(docgen, COMPLETE, tmp_path)
    full, redacted = find_packages(tmp_path)
    ran = docgen.json("verify", full, redacted)
    assert (ran.code, ran.document["diagnostics"]) == (0, [])
    first, second = ran.document["packages"]
    assert (first["kind"], first["belongs_to"], first["redaction"]) == ("main", None, None)
    assert second["belongs_to"] == {"name": first["name"], "identity": first["identity"], "verified": True}
    assert second["redaction"]["identity"] == first["identity"]
    shown = docgen("verify", redacted).out
    assert "没有一并检测" in shown
    assert "未放入文书 4 份" in shown


def test_the_full_package_says_what_is_confidential_and_is_the_same_without_the_option(
    docgen: CommandLine, tmp_path: Path
) -> None:
    build(docgen, COMPLETE, tmp_path / "a")
    full, _ = find_packages(tmp_path / "a")
    assert docgen("build", COMPLETE, "-o", tmp_path / "b").code == 0
    (plain,) = (tmp_path / "b").glob("*.zip")
    assert plain.read_bytes() == full.read_bytes()
    documents = json.loads(read_package(full)["package.json"])["documents"]
    classes = {item["id"]: item["confidentiality"] for item in documents}
    assert classes["questionnaire/chengli"] == "不公开"
    assert classes["evidence/sign-in"] == "不公开"
    assert classes["expert-group/project"] == "部分不公开"
    assert classes["work-plan/project"] == "内部"


def test_two_redactions_are_the_same_bytes(docgen: CommandLine, tmp_path: Path) -> None:
    for name in ("a", "b"):
        build(docgen, COMPLETE, tmp_path / name)
    one, two = (find_packages(tmp_path / name)[1].read_bytes() for name in ("a", "b"))
    assert one == two


def test_an_enterprise_that_is_closed_goes_by_an_alias(docgen: CommandLine, tmp_path: Path) -> None:
    marks = '{paths: ["enterprises[]"], enterprises: [tangshali]}\n{texts: [棠沙里, 程晚棠]}'
    record = copy_sample(tmp_path, disclose(marks))
    assert build(docgen, record, tmp_path / "out")["code"] == 0
    _, redacted = find_packages(tmp_path / "out")
    told = read_everything(redacted)
    for secret in ("棠沙里", "程晚棠", "91320321MAYT6H186N", "tangshali"):
        assert secret not in told, secret
    assert "企业甲" in told
    assert "澄砺消防" in told
    members = read_package(redacted)
    assert not any("现场调研记录_企业甲" in name for name in members)
    ids = [item["id"] for item in json.loads(members["package.json"])["documents"]]
    assert "training-record/floor-e1" in ids
    assert docgen("verify", redacted).code == 0


def test_masked_figures_freeze_a_workbook(docgen: CommandLine, tmp_path: Path) -> None:
    record = copy_sample(tmp_path, disclose('{paths: ["enterprises[].indicators[].after"]}'))
    assert build(docgen, record, tmp_path / "out")["code"] == 0
    full, redacted = find_packages(tmp_path / "out")
    for package, formulas, shown in ((full, True, "优秀"), (redacted, False, SHORT_MARK)):
        (data,) = (data for name, data in read_package(package).items() if "_验收评价汇总表" in name)
        sheet = openpyxl.load_workbook(io.BytesIO(data))["汇总"]
        cells = [cell for row in sheet.iter_rows() for cell in row]
        assert any(cell.data_type == "f" for cell in cells) is formulas
        values = openpyxl.load_workbook(io.BytesIO(data), data_only=True)["汇总"]
        assert values["M4"].value == shown
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            charts = "".join(parts.read(name).decode() for name in parts.namelist() if "charts/chart" in name)
        assert (">80<" in charts) is formulas
    # A workbook that shows nothing masked keeps its formulas, and is the same file.
    kept = {
        name.partition("_")[2]: data for name, data in read_package(redacted).items() if "流程梳理与制度清单" in name
    }
    whole = {name.partition("_")[2]: data for name, data in read_package(full).items() if "流程梳理与制度清单" in name}
    assert [*kept.values()] == [*whole.values()]


def test_an_item_without_anything_left_is_withheld(docgen: CommandLine, tmp_path: Path) -> None:
    record = copy_sample(tmp_path, disclose("{documents: [launch-record]}"))
    build(docgen, record, tmp_path / "out")
    _, redacted = find_packages(tmp_path / "out")
    items = {item["key"]: item for item in json.loads(read_package(redacted)["package.json"])["items"]}
    assert (items["c"]["status"], items["c"]["reason"]) == ("withheld", "这一类目的 1 件材料不公开，见完整档案包")
    assert "归档类目“c 项目启动”：这一类目的 1 件材料不公开" in read_docx(read_package(redacted)["03_备考表.docx"])
    ran = docgen.json("verify", redacted)
    assert (ran.code, ran.document["diagnostics"]) == (0, [])


@pytest.mark.parametrize("leak", ["139-0000-0301", "魏承屿"])
def test_a_template_that_leaks_is_found_and_its_package_is_not_written(
    docgen: CommandLine, tmp_path: Path, leak: str
) -> None:
    record = copy_sample(tmp_path, disclose('{paths: ["enterprises[].legal_representative"]}'))
    templates = tmp_path / "templates" / "docx"
    templates.mkdir(parents=True)
    cover = Document(str(COMPLETE.parents[3] / "templates" / "docx" / "package-cover.docx"))
    paragraph = cover.paragraphs[0].insert_paragraph_before(f"联系{leak[:2]}")
    paragraph.add_run(leak[2:]).bold = True
    cover.save(str(templates / "package-cover.docx"))
    ran = docgen.json("build", record, "-o", tmp_path / "out", "--redact", "--templates", templates.parent)
    found = ran.find("A230")
    assert (ran.code, found["location"]["member"]) == (1, "01_案卷封面.docx")
    assert len([*(tmp_path / "out").glob("*.zip")]) == 1
    assert not [path.name for path in (tmp_path / "out").iterdir() if path.name.startswith(".")]


def test_evidence_that_leaks_is_found_and_only_the_full_package_stands(docgen: CommandLine, tmp_path: Path) -> None:
    piece = "{key: note, file: 佐证材料/纪要.docx, kind: review, title: 会议纪要}"
    record = copy_sample(tmp_path, add_evidence(piece))
    note = Document()
    paragraph = note.add_paragraph("有事请打139")
    paragraph.add_run("00000301").bold = True
    note.save(str(record.parent / "佐证材料" / "纪要.docx"))
    ran = docgen.json("build", record, "-o", tmp_path / "out", "--redact")
    assert ran.code == 1
    found = ran.find("A230")
    assert found["location"]["member"].endswith("_会议纪要.docx")
    assert "enterprises[0].contact.phone" in found["message"]
    assert [path.name for path in (tmp_path / "out").glob("*.zip")] == [
        "Z109-WS·2024·D30·认证监管处_徐州市2023年小微企业质量管理体系认证提升项目（第三批）.zip"
    ]


def test_a_redacted_copy_takes_the_place_of_what_is_closed(docgen: CommandLine, tmp_path: Path) -> None:
    copies = add_evidence(
        "{key: sign-in-copy, file: 佐证材料/一.pdf, kind: other, title: 签到表（隐去姓名）, redacts: sign-in}",
        "{key: form-copy, file: 佐证材料/二.pdf, kind: other, title: 问卷摘录, redacts: questionnaire/chengli}",
    )
    record = copy_sample(tmp_path, copies)
    folder = record.parent / "佐证材料"
    scan = (folder / "质量意识集中培训签到表_20231206.pdf").read_bytes()
    for name in ("一.pdf", "二.pdf"):
        (folder / name).write_bytes(scan + f"% {name}\n".encode())
    result = build(docgen, record, tmp_path / "out")
    assert (result["code"], [item["code"] for item in result["diagnostics"]]) == (0, ["C260"])
    full, redacted = find_packages(tmp_path / "out")
    assert not any("隐去姓名" in name or "摘录" in name for name in read_package(full))
    filed = {item["id"]: item for item in json.loads(read_package(redacted)["package.json"])["documents"]}
    copy = filed["evidence/sign-in-copy"]
    assert (copy["item"], copy["renditions"][0]["role"]) == ("f", "redacted")
    assert (filed["evidence/form-copy"]["item"], "evidence/sign-in" in filed) == ("j", False)
    assert docgen("verify", full, redacted).code == 0


def test_a_signed_scan_goes_with_what_is_masked_in_its_document(docgen: CommandLine, tmp_path: Path) -> None:
    scans = add_evidence(
        "{key: signed-a, file: 佐证材料/甲.pdf, kind: scan, document: expert-group/project}",
        "{key: signed-b, file: 佐证材料/乙.pdf, kind: scan, document: work-plan/project}",
    )
    record = copy_sample(tmp_path, scans)
    folder = record.parent / "佐证材料"
    scan = (folder / "质量意识集中培训签到表_20231206.pdf").read_bytes()
    for name in ("甲.pdf", "乙.pdf"):
        (folder / name).write_bytes(scan + f"% {name}\n".encode())
    assert build(docgen, record, tmp_path / "out")["code"] == 0
    packages = find_packages(tmp_path / "out")
    full, redacted = (json.loads(read_package(package)["package.json"]) for package in packages)
    roles = [
        {item["id"]: [one["role"] for one in item["renditions"]] for item in index["documents"]}
        for index in (full, redacted)
    ]
    assert [role["expert-group/project"] for role in roles] == [["original", "signed"], ["original"]]
    assert [role["work-plan/project"] for role in roles] == [["original", "signed"], ["original", "signed"]]
    assert redacted["redaction"]["evidence"] == 3
    assert not any("甲.pdf" in str(item) for item in redacted["documents"])


def test_a_photo_sheet_shows_no_closed_photograph(docgen: CommandLine, tmp_path: Path) -> None:
    profiles = made_up.write_profile(tmp_path / "profiles")
    profile = profiles / "kites" / "profile.yaml"
    sheet = (
        "  - id: photos\n    title: 照片页\n    shape: photo-sheet\n    clause: '4.5'\n    level: 可\n"
        "    per: enterprises[]\n    photos: {kinds: [photograph]}\n"
    )
    profile.write_text(profile.read_text("utf-8") + sheet, "utf-8")
    filing = profiles / "kites" / "filing.yaml"
    filing.write_text(filing.read_text("utf-8").replace("kite-card]", "kite-card, photos]"), "utf-8")
    record = made_up.write_record(tmp_path)
    for number in (1, 2):
        Image.new("RGB", (80, 60), (90 * number, 0, 0)).save(tmp_path / f"{number}.png")
    evidence = (
        "evidence:\n"
        "  - {key: one, file: 1.png, kind: photograph, title: 放线的照片, enterprises: [yan]}\n"
        "  - {key: two, file: 2.png, kind: photograph, title: 收线的照片, enterprises: [yan], confidential: true}\n"
    )
    record.write_text(record.read_text("utf-8").replace("forms:\n", evidence + "forms:\n"), "utf-8")
    ran = docgen.json("build", record, "-o", tmp_path / "out", "--redact", "--profiles", profiles)
    assert (ran.code, ran.codes) == (0, [])
    full, redacted = find_packages(tmp_path / "out")
    for package, pictures in ((full, 2), (redacted, 1)):
        (data,) = (data for name, data in read_package(package).items() if "照片页" in name)
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            assert sum(name.startswith("word/media/") for name in parts.namelist()) == pictures
        assert ("收线" in read_docx(data)) is (pictures == 2)


@pytest.mark.office
def test_pdfs_of_what_is_masked_are_made_anew_and_those_of_what_is_closed_are_counted(
    docgen: CommandLine, tmp_path: Path
) -> None:
    profiles = made_up.write_profile(tmp_path / "profiles")
    record = made_up.write_record(tmp_path)
    closed = "disclosure:\n  confidential:\n    - {documents: [kite-check]}\n    - {texts: [放线三百米]}\n"
    record.write_text(record.read_text("utf-8").replace("forms:\n", closed + "forms:\n"), "utf-8")
    ran = docgen.json("build", record, "-o", tmp_path / "out", "--redact", "--pdf", "--profiles", profiles)
    assert (ran.code, ran.codes) == (0, [])
    full, redacted = (read_package(path) for path in find_packages(tmp_path / "out"))

    def read_plan(members: dict[str, bytes]) -> str:
        (data,) = (data for name, data in members.items() if name.endswith("放飞计划.pdf"))
        return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages).split())

    assert ("放线三百米" in read_plan(full), MARK in read_plan(full)) == (True, False)
    assert ("放线三百米" in read_plan(redacted), MARK in read_plan(redacted)) == (False, True)
    told = json.loads(redacted["package.json"])["redaction"]
    assert (told["documents"], told["masked"], told["files"], told["unsearched"]) == (1, 1, 2, 0)
    payload = [sum(name.startswith("data/") for name in members) for members in (full, redacted)]
    assert payload[0] - payload[1] == told["files"]
    assert docgen("verify", *find_packages(tmp_path / "out")).code == 0


def test_an_alias_with_an_open_credit_code_is_told(docgen: CommandLine, tmp_path: Path) -> None:
    record = copy_sample(tmp_path, disclose('{paths: ["enterprises[].name"], enterprises: [chengli]}'))
    result = build(docgen, record, tmp_path / "out")
    assert result["code"] == 0
    assert "A233" in [item["code"] for item in result["diagnostics"]]


@pytest.mark.parametrize("option", [("--no-package",), ("--blank",), ("--only", "work-plan")])
def test_documents_alone_have_no_redacted_package(docgen: CommandLine, tmp_path: Path, option: tuple[str, ...]) -> None:
    ran = docgen.json("build", COMPLETE, "-o", tmp_path / "out", "--redact", *option)
    assert (ran.code, ran.codes, list(tmp_path.iterdir())) == (2, ["A235"], [])


def test_nothing_is_overwritten(docgen: CommandLine, tmp_path: Path) -> None:
    build(docgen, COMPLETE, tmp_path)
    full, redacted = find_packages(tmp_path)
    full.unlink()
    for folder in tmp_path.iterdir():
        if folder.is_dir():
            shutil.rmtree(folder)
    before = redacted.read_bytes()
    ran = docgen.json("build", COMPLETE, "-o", tmp_path, "--redact")
    assert (ran.code, ran.codes) == (2, ["X152"])
    assert redacted.read_bytes() == before

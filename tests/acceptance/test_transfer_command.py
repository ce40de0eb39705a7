"""``docgen transfer`` with the sample's package."""

from __future__ import annotations

from pathlib import Path

import pypdf
import pytest
from docx import Document
from lxml import etree
from support import made_up, processes
from support.command_line import COMPLETE, CommandLine, list_tree
from support.office_schemas import OoxmlCheck
from support.office_tools import Office

from docgen.pipeline import Options, build_record


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    outcome = build_record(COMPLETE, tmp_path_factory.mktemp("sample"), Options())
    return next(output.path for output in outcome.outputs if output.kind == "package")


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


def test_the_samples_package_is_laid_out(command: CommandLine, package: Path, tmp_path: Path) -> None:
    ran = command.json("transfer", package, "-o", tmp_path, "--receiver", "徐州市档案馆")
    assert ran.code == 0
    (output,) = ran.document["outputs"]
    assert output["kind"] == "transfer"
    folder = Path(output["path"])
    assert folder == tmp_path / package.stem
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        ["其他", "文件目录.XML", "电子档案", "说明文件.TXT"]
    )
    root = etree.parse(str(folder / "文件目录.XML")).getroot()
    etree.XMLSchema(etree.parse(str(folder / "其他" / "文件目录.xsd"))).assertValid(root)
    names = [child.text for line in root for child in line if child.tag == "电子档案名称"]
    assert len(root) > 60
    assert all((folder / "电子档案" / str(name)).is_file() for name in names)
    sums = processes.run(["sha256sum", "-c", "--quiet", "其他/校验清单.txt"], cwd=folder)
    assert (sums.returncode, sums.stdout + sums.stderr) == (0, b"")


@pytest.mark.office
def test_the_register_is_one_page_to_sign(
    command: CommandLine, package: Path, tmp_path: Path, office: Office, ooxml_check: OoxmlCheck
) -> None:
    assert command("transfer", package, "-o", tmp_path, "--receiver", "徐州市档案馆").code == 0
    register = tmp_path / package.stem / "其他" / "电子档案移交与接收登记表.docx"
    assert ooxml_check(register) == []
    pages = pypdf.PdfReader(office.to_pdf(register, tmp_path / "pdf")).pages
    assert len(pages) == 1
    text = "".join(pages[0].extract_text().split())
    for printed in ("移交单位：江苏衡澍认证有限公司", "接收单位：徐州市档案馆", "病毒检测：", "单位（印章）"):
        assert printed in text
    assert "{{" not in text


@pytest.mark.parametrize(
    ("names", "statement"),
    [
        (["a.rtf"], "除1个须人工打开的文件外，未发现宏、嵌入对象和外部链接"),
        (["a.rtf", "b.pdf"], "有1处宏、脚本、附件或外部链接，须人工查看"),
    ],
)
def test_the_register_claims_no_more_than_was_seen(
    command: CommandLine, tmp_path: Path, names: list[str], statement: str
) -> None:
    profiles = made_up.write_profile(tmp_path / "profiles")
    record = made_up.write_record(tmp_path)
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_attachment("名单.xlsx", b"x")
    writer.write(tmp_path / "b.pdf")
    (tmp_path / "a.rtf").write_bytes(b"{\\rtf1 }")
    lines = "".join(f"  - {{key: {name[0]}, file: {name}, kind: photograph, title: 材料}}\n" for name in names)
    archive = "dated: 2030-04-05, archive: {retention: D30}"
    text = record.read_text("utf-8").replace("dated: 2030-04-05", archive)
    record.write_text(text.replace("forms:\n", f"evidence:\n{lines}forms:\n"), "utf-8")
    assert command("build", record, "-o", tmp_path / "out", "--profiles", profiles).code == 0
    (package,) = (tmp_path / "out").glob("*.zip")
    assert command("transfer", package, "-o", tmp_path / "handed").code == 0
    (folder,) = (tmp_path / "handed").iterdir()
    register = Document(str(folder / "其他" / "电子档案移交与接收登记表.docx"))
    cells = {cell.text.replace(" ", "") for table in register.tables for row in table.rows for cell in row.cells}
    assert [cell for cell in cells if "病毒检测：" in cell] == [f"没有目录之外的文件；{statement}。病毒检测："]
    note = (folder / "说明文件.TXT").read_text("utf-8-sig")
    assert "保管期限：30年\n" in note
    assert "RTF：1 个文件，用 Word 或 WPS 文字打开\n" in note


def test_a_file_that_is_no_package_is_refused(command: CommandLine, package: Path, tmp_path: Path) -> None:
    broken = tmp_path / "坏.zip"
    broken.write_bytes(package.read_bytes()[:-100])
    before = list_tree(tmp_path)
    ran = command.json("transfer", broken, tmp_path / "没有.zip", "-o", tmp_path / "out")
    assert ran.code == 2
    assert ran.codes == ["V102", "A113", "V101"]
    assert list_tree(tmp_path) == before

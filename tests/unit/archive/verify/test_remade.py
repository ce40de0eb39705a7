"""The page and the papers at the top say what package.json gives, though every manifest was made anew."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from support.archive_samples import read_all, write_all
from support.command_line import ROOT, CommandLine
from support.foreign_bags import ForeignBag

from docgen.archive.verify.identity import judge_identity, parse_identity
from docgen.archive.verify.package import verify_package
from docgen.archive.verify.page import read_page
from docgen.archive.verify.report import Step, Verdict, VerifyReport
from docgen.messages import LANGUAGES, catalogue
from docgen.pipeline.packages.remaking import PaperMaker

pytestmark = pytest.mark.heavy

PACKAGE = ROOT / "tests/old/0.1.0/packages/WH-FL-01_反例底本项目.zip"
REDACTED = ROOT / "tests/old/0.1.0/packages/XPC-00_反例底本项目_企业甲_企业质量档案_公开版.zip"
PAGE, COVER, LIST, REMARKS = "00_打开我_目录.html", "01_案卷封面.docx", "02_卷内目录.xlsx", "03_备考表.docx"
MAKER = PaperMaker()

Files = dict[str, bytes]


def change(path: Path, edit: Callable[[Files], None], package: Path = PACKAGE) -> VerifyReport:
    """The verdict on a package that was changed, all of its manifests made anew."""
    members = read_all(package)
    top = next(iter(members)).partition("/")[0]
    files = {name.removeprefix(f"{top}/"): data for name, data in members.items()}
    edit(files)
    payload = {name: data for name, data in sorted(files.items()) if name.startswith("data/")}
    bag = ForeignBag(payload)
    files["manifest-sha256.txt"] = bag.list_digests("sha256", payload)
    tags = {n: d for n, d in sorted(files.items()) if not n.startswith(("data/", "tagmanifest"))}
    files["tagmanifest-sha256.txt"] = bag.list_digests("sha256", tags)
    write_all(path / "p.zip", {f"{top}/{name}": data for name, data in files.items()})
    report = verify_package(path / "p.zip", remake=MAKER)
    for item in report.diagnostics:
        assert all(catalogue(language).message(item) for language in LANGUAGES)
    return report


UNASKED = (Step.REBUILD, Step.STANDARD, Step.VIRUS)


def codes(report: VerifyReport) -> list[str]:
    # the package holds one picture twice, as a photograph and as a sign-in sheet, which is pointed out (V228)
    return [item.code for item in report.diagnostics if item.code != "V228"]


def swap(name: str, old: str, new: str) -> Callable[[Files], None]:
    """Change a text: of the page, or of a part of a paper."""

    def edit(files: Files) -> None:
        if name.endswith(".html"):
            assert old in files[name].decode()
            files[name] = files[name].decode().replace(old, new, 1).encode()
            return
        with zipfile.ZipFile(io.BytesIO(files[name])) as archive:
            parts = {entry.filename: archive.read(entry) for entry in archive.infolist()}
        held = [part for part in parts if part.endswith(".xml") and old.encode() in parts[part]]
        assert held, name
        parts[held[0]] = parts[held[0]].replace(old.encode(), new.encode(), 1)
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for part, data in parts.items():
                archive.writestr(part, data)
        files[name] = buffer.getvalue()

    return edit


def test_a_sound_package_passes_every_step_that_can_be_run(tmp_path: Path) -> None:
    for package in (PACKAGE, REDACTED):
        report = change(tmp_path, lambda files: None, package)
        assert codes(report) == []
        verdicts = {item.step: item.verdict for item in report.steps}
        assert verdicts == {step: Verdict.PASSED for step in Step} | dict.fromkeys(UNASKED, Verdict.NOT_RUN)


INFO, RECORD = "bag-info.txt", "record/record.json"


@pytest.mark.parametrize(
    ("name", "old", "new", "code"),
    [
        (INFO, "External-Description: 反例", "External-Description: 正例", "V140"),
        (INFO, "Bagging-Date: ", "Bagging-Date: 2", "V140"),
        (INFO, "Bag-Group-Identifier: ", "bag-group-identifier: 别的", "V140"),
        (RECORD, '"number": "WH-FL-01"', '"number": "WH-FL-02"', "V185"),
        (RECORD, "反例底本项目", "别的项目", "V185"),
        (RECORD, "{", "", "V280"),
        (RECORD, '"record"', '"records"', "V280"),
    ],
)
def test_what_names_another_project_than_the_index_is_found(
    tmp_path: Path, name: str, old: str, new: str, code: str
) -> None:
    def edit(files: Files) -> None:
        assert old in files[name].decode()
        files[name] = files[name].decode().replace(old, new, 1).encode()

    report = change(tmp_path, edit)
    assert code in codes(report)
    assert {item.step: item.verdict for item in report.steps}[Step.INDEX] is Verdict.FAILED


def test_labels_that_others_add_or_rewrite_are_no_contradiction(tmp_path: Path) -> None:
    def edit(files: Files) -> None:
        text = re.sub("Bag-Software-Agent: .*", "Bag-Software-Agent: bagit.py", files[INFO].decode())
        files[INFO] = f"{text}Contact-Name: 梅若青\n".encode()

    assert codes(change(tmp_path, edit)) == []


def test_a_page_that_was_taken_out_is_missed(tmp_path: Path) -> None:
    report = change(tmp_path, lambda files: files.pop(PAGE))
    assert codes(report) == ["V121"]
    assert {item.step: item.verdict for item in report.steps}[Step.PAGE] is Verdict.FAILED


ACTIVE = [
    "<script>fetch('http://evil/')</script>",
    '<script src="http://evil/x.js"></script>',
    '<p onclick="alert(1)">',
    '<img src="http://evil/x.png">',
    '<iframe src="http://evil/"></iframe>',
    '<object data="x"></object>',
    '<embed src="x">',
    '<form action="http://evil/">',
    '<meta http-equiv="refresh" content="0;url=http://evil/">',
    '<base href="http://evil/">',
    '<link rel="stylesheet" href="http://evil/x.css">',
    "<style>p{background:url(http://evil/)}</style>",
    '<style>@import "http://evil/x.css";</style>',
    '<style>h1::after{content:"已验收"}</style>',
    '<p style="background:url(x)">',
    '<svg onload="x()"></svg>',
    "<!--[if IE]><p>x</p><![endif]-->",
]


@pytest.mark.parametrize("more", ACTIVE)
def test_what_acts_or_reaches_out_is_refused_whoever_made_the_page(tmp_path: Path, more: str) -> None:
    for generator in (None, "docgen 0.0.9"):

        def edit(files: Files, generator: str | None = generator) -> None:
            swap(PAGE, "</body>", f"{more}</body>")(files)
            if generator:
                pretend(files, generator)

        report = change(tmp_path, edit)
        assert "V186" in codes(report)
        assert not report.is_intact


@pytest.mark.parametrize(
    "address", ["http://evil/", "javascript:alert(1)", "//evil/x", "file:///c:/x", "\\\\evil\\x", "../x"]
)
def test_a_link_out_of_the_package_is_refused(tmp_path: Path, address: str) -> None:
    report = change(tmp_path, swap(PAGE, "</body>", f'<a href="{address}">x</a></body>'))
    assert codes(report) == ["V186", "V185"]


def pretend(files: Files, generator: str) -> None:
    """The package says that another version made it, in its index and on its page."""
    index = json.loads(files["package.json"])
    files[PAGE] = files[PAGE].decode().replace(index["generator"], generator).encode()
    index["generator"] = generator
    files["package.json"] = json.dumps(index, ensure_ascii=False).encode()


def first_row(files: Files) -> str:
    page = files[PAGE].decode()
    return page[page.index('<td class="c1"') : page.index("</tr>", page.index('<td class="c1"'))]


ROW_CHANGES = {
    "number": (r'(data-label="件号">)0001', r"\g<1>0007"),
    "title": (r"<b>[^<]+</b>", "<b>另一份文书</b>"),
    "date": (r'(data-label="日期">)[^<]+', r"\g<1>2020-01-01"),
    "pages": (r'(data-label="页数">)[^<]*', r"\g<1>99 页"),
    "link": (r'href="[^"]+"', 'href="package.json"'),
}


@pytest.mark.parametrize("generator", [None, "docgen 0.0.9"])
@pytest.mark.parametrize("what", [name for name in ROW_CHANGES if name != "pages"])
def test_a_changed_value_of_the_page_is_found(tmp_path: Path, what: str, generator: str | None) -> None:
    def edit(files: Files) -> None:
        row = first_row(files)
        changed = re.sub(*ROW_CHANGES[what], row, count=1)
        assert changed != row
        files[PAGE] = files[PAGE].decode().replace(row, changed, 1).encode()
        if generator:
            pretend(files, generator)

    report = change(tmp_path, edit)
    assert codes(report) == ["V185"]
    assert {item.step: item.verdict for item in report.steps}[Step.PAGE] is Verdict.FAILED


def test_a_sentence_more_is_found(tmp_path: Path) -> None:
    assert codes(change(tmp_path, swap(PAGE, "<h2 ", "<p>本项目已验收合格。</p><h2 "))) == ["V185"]


def test_the_layout_of_another_version_is_no_change(tmp_path: Path) -> None:
    def edit(files: Files) -> None:
        page = files[PAGE].decode()
        page = re.sub(r"<style>.*?</style>", "<style>td { color: black }</style>", page, flags=re.DOTALL)
        page = page.replace("<h2>基本信息</h2>", '<h2 class="new">项目基本情况</h2><p>说明：下列信息取自项目记录。</p>')
        files[PAGE] = re.sub(
            r'<h2>校验值</h2>.*?<table class="digests">.*?</table>', "", page, flags=re.DOTALL
        ).encode()
        pretend(files, "docgen 0.0.9")

    report = change(tmp_path, edit)
    assert codes(report) == ["V187"]
    assert report.is_intact


def test_another_style_says_nothing_else(tmp_path: Path) -> None:
    edit = swap(PAGE, "<style>", "<style>h1 { color: blue }")
    assert codes(change(tmp_path, edit)) == []


@pytest.mark.parametrize("name", [COVER, LIST, REMARKS])
def test_a_changed_paper_is_found(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    # Made with today's templates: of another one's remarks sheet only what index and heading say is compared.
    built = CommandLine(capsys)("build", ROOT / "tests/old/0.1.0/records/record-665.yaml", "-o", tmp_path / "made")
    assert built.code == 0, built.err
    (package,) = (tmp_path / "made").glob("*.zip")
    index = json.loads(read_all(package)["WH-FL-01_反例底本项目/package.json"])
    old = {COVER: index["title"], LIST: index["documents"][1]["title"], REMARKS: f"{index['counts']['documents']} 件"}
    report = change(tmp_path, swap(name, old[name], "别的"), package)
    assert codes(report) == ["V185"]
    assert {item.step: item.verdict for item in report.steps}[Step.PAPERS] is Verdict.FAILED


def test_a_number_of_the_workbook_that_changed_is_found(tmp_path: Path) -> None:
    def edit(files: Files) -> None:
        with zipfile.ZipFile(io.BytesIO(files[LIST])) as archive:
            sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        match = re.search(r"<c [^>]*><v>3</v></c>", sheet)
        assert match is not None
        swap(LIST, match[0], match[0].replace("<v>3<", "<v>300<"))(files)

    assert codes(change(tmp_path, edit)) == ["V185"]


def rename_workbook(data: bytes) -> bytes:
    """The workbook lies where a program may put it, and where docgen never does."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(buffer, "w") as renamed:
        for entry in archive.infolist():
            part = archive.read(entry)
            if entry.filename in {"_rels/.rels", "[Content_Types].xml"}:
                part = part.replace(b"xl/workbook.xml", b"xl/book.xml")
            renamed.writestr(entry.filename.replace("workbook.xml", "book.xml"), part)
    return buffer.getvalue()


def test_a_list_that_states_nothing_where_docgen_writes_it_fails(tmp_path: Path) -> None:
    """It opens, so that the documents' step has nothing to say of it."""
    old_excel = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2048)
    for make in (rename_workbook, lambda _data: old_excel):

        def edit(files: Files, make: Callable[[bytes], bytes] = make) -> None:
            files[LIST] = make(files[LIST])

        report = change(tmp_path, edit)
        assert "V185" in codes(report)
        assert {item.step: item.verdict for item in report.steps}[Step.PAPERS] is Verdict.FAILED


def test_a_cell_whose_shared_text_has_no_number_is_read_as_it_stands(tmp_path: Path) -> None:
    for value in ("²", "9" * 5000):
        row = f'<row r="1"><c r="A1" t="s"><v>{value}</v></c></row>'
        assert "V185" not in codes(change(tmp_path, swap(LIST, "<sheetData>", f"<sheetData>{row}")))


def test_papers_of_other_templates_are_compared_by_what_they_hold(tmp_path: Path) -> None:
    """The receiver hasn't the sender's templates: labels may differ, values may not."""

    def own(files: Files) -> None:
        index = json.loads(files["package.json"])
        index["template_digests"] = {name: "0" * 64 for name in index["template_digests"]}
        files["package.json"] = json.dumps(index, ensure_ascii=False).encode()
        for name, label in ((COVER, "案卷题名"), (LIST, "责任者"), (REMARKS, "立卷人")):
            swap(name, label, f"本局{label}")(files)

    report = change(tmp_path, own)
    assert codes(report) == ["V187", "V187", "V187"]
    assert report.is_intact

    def changed(files: Files) -> None:
        own(files)
        swap(LIST, json.loads(files["package.json"])["documents"][1]["title"], "别的")(files)

    assert "V185" in codes(change(tmp_path, changed))


def test_a_missing_paper_and_a_file_more_are_told(tmp_path: Path) -> None:
    assert "V121" in codes(change(tmp_path, lambda files: files.pop(COVER) and None))
    assert codes(change(tmp_path, lambda files: files.update({"请先看我.exe": b"MZ"}))) == ["V145", "V190"]


def test_what_only_the_record_tells_is_left_open_without_it(tmp_path: Path) -> None:
    """Somebody signed as 立卷人; the record that says so isn't in the package."""

    def edit(files: Files) -> None:
        del files["record/record.json"]
        page = files[PAGE].decode()
        files[PAGE] = re.sub(r'<a href="record/record.json">[^<]*</a>、', "", page).encode()
        swap(REMARKS, "立卷人：", "立卷人：李四")(files)

    assert codes(change(tmp_path, edit)) == []


def test_a_page_that_is_broken_raises_nothing() -> None:
    """And takes no longer than a page of its size may: what isn't plain markup ends the reading."""
    for data in (
        b"<!--" * 500_000,
        b"<a " * 500_000,
        b"</" * 500_000,
        b"<a" + b" a" * 500_000,
        b"<p " + b" " * 500_000,
    ):
        assert read_page(data, set()).active
    for data in (b"", b"\xff\xfe", b"<", b"<!", b"<![CDATA[", b"<a href", b"<tr>" * 1000, b"</tr>" * 1000, b"<?x"):
        read_page(data, set())


def test_an_identity_from_elsewhere_is_compared(tmp_path: Path) -> None:
    report = change(tmp_path, lambda files: None)
    assert report.identity is not None
    assert judge_identity(report.path, report.identity, ()) == (Verdict.NOT_RUN, ())
    assert judge_identity(report.path, report.identity, (report.identity,)) == (Verdict.PASSED, ())
    verdict, diagnostics = judge_identity(report.path, report.identity, ("0" * 64,))
    assert (verdict, [item.code for item in diagnostics]) == (Verdict.FAILED, ["V188"])
    assert parse_identity(f" {report.identity.upper()} ") == report.identity
    assert parse_identity("0" * 63) is None


def test_every_report_says_what_it_rests_on(capsys: pytest.CaptureFixture[str]) -> None:
    docgen = CommandLine(capsys)
    identity = "8334adc79c7d81d955a978c570d255f2489b4cd278d30457a8f9fe02a2e7222f"
    for language in LANGUAGES:
        line = catalogue(language).text("verify.identity.not_run")
        assert line in docgen("verify", PACKAGE, "--lang", language).out
    ran = docgen.json("verify", PACKAGE)
    assert ran.document["packages"][0]["identity_from_elsewhere"] == "not_run"
    ran = docgen.json("verify", PACKAGE, "--identity", identity)
    assert (ran.code, ran.document["packages"][0]["identity_from_elsewhere"]) == (0, "passed")
    ran = docgen.json("verify", PACKAGE, "--identity", "0" * 64)
    assert (ran.code, ran.codes, ran.document["packages"][0]["ok"]) == (1, ["V228", "V188"], False)
    assert docgen("verify", PACKAGE, "--identity", "0000").code == 2

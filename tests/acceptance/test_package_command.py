"""``docgen package``: a folder as people keep it, filed by the real command."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from docx import Document
from PIL import Image
from support.command_line import COMPLETE, CommandLine, Ran
from support.made_up import write_profile

from docgen.pipeline import Options, build_record

LI, SHALI = "徐州澄砺消防器材有限公司", "丰县棠沙里食品有限公司"
THIN = """\
profile: kites
project: {number: FZ-1, name: 春季放飞, dated: 2030-04-05}
parties:
  - {key: zhan, role: agency, name: 鲁东风筝服务站}
enterprises:
  - {key: yan, name: 潍坊燕子风筝工坊, short_name: 燕子风筝}
  - {key: que, name: 青州喜鹊纸鸢有限公司, short_name: 喜鹊纸鸢}
not_applicable:
  - {item: z, reason: 本季不评奖}
"""


@pytest.fixture
def docgen(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


class Folder:
    """A folder of papers below a made-up standard, and the command run on it."""

    def __init__(self, root: Path, docgen: CommandLine) -> None:
        self.root, self.papers, self.out = root, root / "资料", root / "输出"
        self._docgen = docgen
        self._profiles = write_profile(root / "profiles")
        self.papers.mkdir()
        self.write_record("")

    def write_record(self, forms: str) -> None:
        (self.root / "record.yaml").write_text(THIN + forms, "utf-8")

    def write(self, name: str, *paragraphs: str, table: Sequence[Sequence[str]] = ()) -> Path:
        path = self.papers / name
        path.parent.mkdir(parents=True, exist_ok=True)
        document = Document()
        for text in paragraphs:
            style = "Heading 1" if text.startswith("# ") else None
            document.add_paragraph(text.removeprefix("# "), style)
        if table:
            made = document.add_table(len(table), len(table[0]))
            for row, cells in enumerate(table):
                for column, text in enumerate(cells):
                    made.cell(row, column).text = text
        document.save(str(path))
        return path

    def scan(self, name: str, shade: int = 255) -> Path:
        path = self.papers / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (60, 80), shade).save(path)
        return path

    def write_all(self) -> None:
        """Everything that the standard asks for, written by hand."""
        self.write("p_计划/放飞计划终稿.docx", *PLAN)
        for short in ("燕子", "喜鹊"):
            self.write(f"检查 {short}/3-1 风筝检查表 v2.docx", "风筝检查表", table=check_rows(short))
            self.write(
                f"记录/{short}放飞记录.docx",
                f"放飞记录（{NAMES[short]}）",
                table=[["时间", "高度（米）"], ["4月1日", "98"]],
            )

    def run(self, *options: str) -> Ran:
        words = ["package", self.root / "record.yaml", "--from", self.papers, "--profiles", self._profiles, *options]
        return self._docgen.json(*words)

    def list_text(self) -> Ran:
        return self._docgen(
            "package", self.root / "record.yaml", "--from", self.papers, "--profiles", self._profiles, "--list"
        )

    def pack(self, *options: str) -> Ran:
        return self.run("-o", str(self.out), *options)

    @property
    def package(self) -> Path:
        return next(self.out.glob("*.zip"))

    def read_index(self) -> dict[str, Any]:
        with zipfile.ZipFile(self.package) as package:
            name = next(name for name in package.namelist() if name.endswith("/package.json"))
            loaded: dict[str, Any] = json.loads(package.read(name))
            return loaded

    def read_payload(self) -> dict[str, bytes]:
        with zipfile.ZipFile(self.package) as package:
            names = [name for name in package.namelist() if "/data/" in name]
            return {name.partition("/")[2]: package.read(name) for name in names}


NAMES = {"燕子": "潍坊燕子风筝工坊", "喜鹊": "青州喜鹊纸鸢有限公司"}
PLAN = ("放飞计划", "# 一、风力分析", "东南风三级。", "# 二、放线安排", "放线三百米。", "2030年3月1日")


def check_rows(short: str) -> list[list[str]]:
    return [
        ["企业名称", NAMES[short], "检查日期", "2030年3月2日"],
        ["检查内容", "", "结论", "说明"],
        ["竹条无裂纹", "", "好", ""],
        ["绑扎牢固", "", "好", ""],
    ]


@pytest.fixture
def folder(tmp_path: Path, docgen: CommandLine) -> Folder:
    return Folder(tmp_path, docgen)


def fates(ran: Ran) -> dict[str, tuple[str, str | None]]:
    return {item["path"]: (item["fate"], item["document"]) for item in ran.document["matching"]["files"]}


def test_a_folder_written_by_hand_becomes_a_package_that_verifies(folder: Folder, docgen: CommandLine) -> None:
    folder.write_all()
    ran = folder.pack()
    assert (ran.code, set(ran.codes)) == (0, {"F115", "F122"}), ran.document["diagnostics"]
    index = folder.read_index()
    assert [
        (item["id"], item["date"], item["origin"], item["remark"]) for item in index["documents"] if item["number"]
    ] == [
        ("flight-plan/project", "2030-03-01", "handwritten", "手工编制"),
        ("kite-check/yan", "2030-03-02", "handwritten", "手工编制"),
        ("kite-check/que", "2030-03-02", "handwritten", "手工编制"),
        ("flight-log/yan", None, "handwritten", "手工编制"),
        ("flight-log/que", None, "handwritten", "手工编制"),
    ]
    assert index["documents"][0]["original_name"] == "放飞计划终稿.docx"
    assert not index["draft"]
    assert docgen("verify", folder.package).code == 0


def test_files_are_filed_as_the_bytes_they_are(folder: Folder) -> None:
    folder.write_all()
    folder.scan("检查 燕子/现场照片.jpg", 90)
    folder.pack()
    theirs = {hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.papers.rglob("*") if path.is_file()}
    theirs -= {hashlib.sha256((folder.papers / "检查 燕子/现场照片.jpg").read_bytes()).hexdigest()}
    filed = {hashlib.sha256(data).hexdigest() for name, data in folder.read_payload().items() if "不适用" not in name}
    assert filed == theirs


def test_the_same_folder_gives_the_same_package(folder: Folder) -> None:
    folder.write_all()
    folder.pack()
    first = folder.package.read_bytes()
    assert folder.pack("--force").code == 0
    assert folder.package.read_bytes() == first


def test_a_package_that_stands_there_is_left_alone(folder: Folder) -> None:
    folder.write_all()
    folder.pack()
    ran = folder.pack()
    assert (ran.code, ran.codes) == (2, ["X152"])


def test_scans_join_their_documents_and_folders_name_items(folder: Folder) -> None:
    folder.write_all()
    folder.scan("检查 燕子/风筝检查表（签字版）.png")
    folder.scan("r 记录/照片/IMG_0001.png", 10)
    (folder.papers / "r 记录/~$表.docx").write_bytes(b"lock")
    (folder.papers / "Thumbs.db").write_bytes(b"cache")
    ran = folder.pack()
    assert ran.code == 0
    assert "2" in str(ran.find("F101")["message"])
    documents = {item["id"]: item for item in folder.read_index()["documents"]}
    assert [item["role"] for item in documents["kite-check/yan"]["renditions"]] == ["original", "signed"]
    assert documents["evidence/r 记录/照片/IMG_0001.png"]["item"] == "r"
    assert documents["evidence/r 记录/照片/IMG_0001.png"]["kind"] == "evidence"
    assert documents["kite-check/yan"]["renditions"][1]["pages"] == {"source": "counted", "value": 1}


def test_what_is_not_written_by_hand_is_made_from_the_record(folder: Folder) -> None:
    folder.write_all()
    shutil.rmtree(folder.papers / "p_计划")
    assert folder.pack().find("F104")["severity"] == "error"
    assert folder.pack("--draft").code == 1
    missing = {item["id"]: item["level"] for item in folder.read_index()["missing"]}
    assert missing == {"p": "应", "flight-plan/project": "应"}
    folder.package.unlink()
    forms = "forms:\n  flight-plan:\n    - {date: 2030-03-01, wind: 三级风为宜, line: 放线三百米}\n"
    folder.write_record(forms)
    scan = folder.scan("计划/放飞计划盖章.png")
    ran = folder.pack()
    assert ran.code == 0, ran.document["diagnostics"]
    assert ran.document["matching"]["generated"] == ["放飞计划"]
    plan = next(item for item in folder.read_index()["documents"] if item["id"] == "flight-plan/project")
    assert (plan["origin"], plan["remark"]) == ("", "附签章扫描件")
    assert [(item["role"], Path(item["path"]).suffix) for item in plan["renditions"]] == [
        ("original", ".docx"),
        ("signed", ".png"),
    ]
    assert folder.read_payload()[plan["renditions"][1]["path"]] == scan.read_bytes()


def test_a_form_in_the_record_gives_way_to_the_file(folder: Folder) -> None:
    folder.write_all()
    folder.write_record("forms:\n  flight-plan:\n    - {date: 2030-03-09, wind: 三级风为宜}\n")
    ran = folder.pack()
    assert ran.code == 0, ran.document["diagnostics"]
    assert "放飞计划" in ran.find("F121")["message"]
    plan = next(item for item in folder.read_index()["documents"] if item["id"] == "flight-plan/project")
    assert plan["origin"] == "handwritten"


def test_errors_stop_the_package_and_a_draft_says_so(folder: Folder) -> None:
    folder.write_all()
    folder.write("p_计划/放飞计划终稿.docx", *PLAN[:1], *PLAN[3:])
    ran = folder.pack()
    told = ran.find("F105")
    assert (ran.code, told["severity"], told["clause"]) == (1, "error", "4.1 a)")
    assert told["location"]["file"].endswith("放飞计划终稿.docx")
    assert not folder.out.exists()
    assert folder.pack("--draft").code == 1
    assert folder.read_index()["draft"]


def test_warnings_stop_it_when_they_are_to(folder: Folder) -> None:
    folder.write_all()
    folder.write("会议纪要.docx", "会议纪要")
    assert folder.pack("--strict").code == 1
    assert not folder.out.exists()
    assert folder.pack().code == 0


def test_without_the_record_it_is_not_in_the_package(folder: Folder) -> None:
    folder.write_all()
    folder.pack("--without-record")
    with zipfile.ZipFile(folder.package) as package:
        assert not [name for name in package.namelist() if "record.json" in name]


def test_two_files_for_one_document_are_not_chosen_between(folder: Folder) -> None:
    folder.write_all()
    folder.write("p_计划/放飞计划修改稿.docx", *PLAN, "改了一处。")
    ran = folder.pack()
    told = ran.find("F103")
    assert (ran.code, told["severity"]) == (1, "error")
    assert "放飞计划终稿.docx" in told["message"]
    assert "放飞计划修改稿.docx" in told["message"]


def test_the_same_file_twice_is_filed_once(folder: Folder) -> None:
    folder.write_all()
    shutil.copy(folder.papers / "p_计划/放飞计划终稿.docx", folder.papers / "p_计划/放飞计划终稿 - 副本.docx")
    ran = folder.pack()
    assert (ran.code, ran.find("F117")["severity"]) == (0, "info")
    assert fates(ran)["p_计划/放飞计划终稿 - 副本.docx"][0] == "duplicate"


def test_what_cannot_be_matched_is_listed_with_the_best_guess(folder: Folder) -> None:
    folder.write_all()
    folder.write("风筝检查表.docx", "风筝检查表", "结论：好")
    folder.write("会议纪要.docx", "会议纪要")
    ran = folder.run("--list")
    assert ran.code == 0
    told = {Path(item["location"]["file"]).name: item for item in ran.document["diagnostics"] if item["code"] == "F102"}
    assert set(told) == {"风筝检查表.docx", "会议纪要.docx"}
    assert "潍坊燕子风筝工坊" in told["风筝检查表.docx"]["message"]
    assert "r_记录" in told["风筝检查表.docx"]["mend"]
    assert not folder.out.exists()
    files = {item["path"]: item for item in ran.document["matching"]["files"]}
    assert files["风筝检查表.docx"]["why"] == "holder"
    assert files["会议纪要.docx"]["why"] == "title"
    assert set(files["p_计划/放飞计划终稿.docx"]["points"]) >= {"name", "folder"}


def test_a_file_without_any_of_its_sections_is_told_and_not_filed(folder: Folder) -> None:
    """Its title alone doesn't make it the document, however sure the title is."""
    folder.write_all()
    folder.write("p_计划/放飞计划终稿.docx", "放飞计划", "今天天气不错。", "我们去春游。")
    folder.write("检查 燕子/3-1 风筝检查表 v2.docx", "风筝检查表", table=[["菜名", "分数"], ["土豆", "3"]])
    ran = folder.run("--list")
    told = {Path(item["location"]["file"]).name: item for item in ran.document["diagnostics"] if item["code"] == "F102"}
    assert set(told) == {"放飞计划终稿.docx", "3-1 风筝检查表 v2.docx"}
    assert "放飞计划" in told["放飞计划终稿.docx"]["mend"]
    files = {item["path"]: item for item in ran.document["matching"]["files"]}
    paths = ("p_计划/放飞计划终稿.docx", "检查 燕子/3-1 风筝检查表 v2.docx")
    assert {files[path]["why"] for path in paths} == {"sections"}
    assert "F105" not in ran.codes
    assert len([item for item in ran.document["diagnostics"] if item["code"] == "F104"]) == 2


def test_a_scan_in_a_word_file_is_filed_by_its_title(folder: Folder) -> None:
    folder.write_all()
    picture = folder.scan("页.png")
    path = folder.papers / "p_计划/放飞计划终稿.docx"
    document = Document()
    document.add_paragraph("放飞计划")
    document.add_picture(str(picture))
    document.save(str(path))
    picture.unlink()
    assert fates(folder.run("--list"))["p_计划/放飞计划终稿.docx"] == ("document", "flight-plan/project")


def test_a_name_that_is_not_near_is_no_reason_to_rename(folder: Folder) -> None:
    folder.write_all()
    folder.write("合作协议.docx", "合作协议")
    told = folder.run("--list").find("F102")
    assert "文件名" not in told["mend"]
    assert "不归档的，不必处理" in told["mend"]


def test_a_file_is_read_by_what_it_is_not_by_its_suffix(folder: Folder) -> None:
    folder.write_all()
    path = folder.write("检查 燕子/3-1 风筝检查表 v2.docx", "风筝检查表", table=check_rows("燕子"))
    path.rename(path.with_suffix(".doc"))
    ran = folder.run("--list")
    files = {item["path"]: item for item in ran.document["matching"]["files"]}
    assert files["检查 燕子/3-1 风筝检查表 v2.doc"]["looked"] == "form"
    assert {"C128", "C127"}.isdisjoint(ran.codes)


def test_the_list_fits_a_terminal_of_eighty_columns(folder: Folder) -> None:
    from docgen.cli.layout import measure_text

    folder.write_all()
    folder.write("会议纪要（二〇三〇年春季放飞项目第三次工作例会暨安全风险分析会议）.docx", "会议纪要")
    ran = folder.list_text()
    assert all(measure_text(line) <= 80 for line in ran.out.splitlines() if "record.yaml" not in line), ran.out
    assert "文件夹里 6 个文件：归为文书 5 个" in ran.out
    assert "未归档（1 个文件）" in ran.out


def test_names_and_gaps_inside_are_checked(folder: Folder) -> None:
    folder.write_all()
    folder.write(
        "检查 燕子/3-1 风筝检查表 v2.docx",
        "风筝检查表",
        "潍坊燕子风筝工访自查，XXX负责。",
        table=[["企业名称", "青州喜鹊纸鸢有限公司"], *[row[:2] for row in check_rows("燕子")[1:]]],
    )
    ran = folder.run("--list")
    assert {"F109", "F111", "F113", "F124"} <= set(ran.codes)
    place = next(item["location"] for item in ran.document["diagnostics"] if item["code"] == "F111")
    assert (place["kind"], place["paragraph"]) == ("docx", 2)


def test_a_draft_of_docgens_own_is_not_finished(folder: Folder) -> None:
    folder.write_all()
    folder.write("p_计划/放飞计划终稿.docx", *PLAN[:2], "【缺：风力分析】", *PLAN[3:])
    assert folder.run("--list").find("F110")["severity"] == "error"


@pytest.mark.parametrize(("name", "code"), [("没有", "F119"), ("record.yaml", "F119"), ("空", "F120")])
def test_a_folder_that_is_none_cannot_be_filed(folder: Folder, name: str, code: str) -> None:
    (folder.root / "空").mkdir()
    folder.papers = folder.root / name
    assert (folder.pack().code, folder.pack().codes) == (2, [code])


def test_a_file_that_does_not_open_is_told(folder: Folder) -> None:
    folder.write_all()
    (folder.papers / "p_计划/放飞计划终稿.docx").write_bytes(b"PK\3\4 broken")
    (folder.papers / "空.pdf").write_bytes(b"")
    ran = folder.pack()
    assert ran.code == 1
    assert "E105" in ran.codes
    assert fates(ran)["空.pdf"][0] == "unreadable"


def test_the_record_and_old_packages_in_the_folder_are_no_documents(folder: Folder) -> None:
    folder.write_all()
    folder.pack()
    folder.out.rename(folder.papers / "输出")
    folder.out = folder.papers / "输出"
    shutil.copy(folder.root / "record.yaml", folder.papers / "record.yaml")
    ran = folder.run("--list", "-o", str(folder.out))
    assert ran.code == 0
    assert "FZ-1" in ran.find("F118")["message"]


def test_an_output_is_needed_unless_it_is_a_list(folder: Folder) -> None:
    ran = folder.run()
    assert (ran.code, ran.codes) == (2, ["X105"])


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The complete sample's documents, as docgen made them."""
    out = tmp_path_factory.mktemp("sample")
    build_record(COMPLETE, out, Options(package=False))
    return next(out.iterdir())


def rearrange(documents: Path, papers: Path) -> Iterator[tuple[str, str]]:
    """Rename and move documents as people do; gives each new path and the document that it is."""
    for who, short in ((LI, "澄砺"), (SHALI, "棠沙里")):
        key = "chengli" if who == LI else "tangshali"
        for title, document, name in (
            ("现场调研记录", "survey-record", f"04现场调研/{short}/3-1 现场调研记录 终稿"),
            ("认证提升企业质量诊断报告", "diagnosis-report", f"04现场调研/{short}/（2）诊断报告v2"),
            ("企业质量诊断意见确认表", "diagnosis-confirmation", f"04现场调研/{short}/表B.1"),
            ("认证提升方案", "improvement-plan", f"{short}/提升方案-最终版(1)"),
            ("内部审核与管理评审记录", "audit-review-record", f"g、绩效改进/{short}内审管评记录20240805"),
            ("小微企业质量管理体系认证提升行动优良案例", "good-case", f"优良案例/案例（{short}）"),
        ):
            source = next(documents.rglob(f"{title}_{who}.docx"))
            target = papers / f"{name}.docx"
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
            yield f"{name}.docx", f"{document}/{key}"
    for title, document, name in (
        ("认证提升工作计划", "work-plan", "０２ 制定工作计划/附件1：工作计划（定稿）"),
        ("认证提升专家工作组名单", "expert-group", "b 制定工作计划/专家工作组名单2023.9.20"),
        ("认证提升工作总结", "work-summary", "总结材料/工作总结 - 副本"),
    ):
        target = papers / f"{name}.docx"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(next(documents.rglob(f"{title}.docx")), target)
        yield f"{name}.docx", f"{document}/project"


def write_thin_record(folder: Path, *forms: str) -> Path:
    """The complete sample without its evidence, and without the forms named."""
    loaded = yaml.safe_load(COMPLETE.read_text("utf-8"))
    for name in ("evidence", "disclosure"):
        loaded.pop(name)
    for form in forms:
        loaded["forms"].pop(form)
    path = folder / "record.yaml"
    path.write_text(yaml.safe_dump(loaded, allow_unicode=True), "utf-8")
    return path


def test_the_sample_renamed_as_people_do_is_known_again(sample: Path, tmp_path: Path, docgen: CommandLine) -> None:
    papers = tmp_path / "资料"
    wanted = dict(rearrange(sample, papers))
    written = {document.partition("/")[0] for document in wanted.values()}
    record = write_thin_record(tmp_path, *written)
    ran = docgen.json("package", record, "--from", papers, "-o", tmp_path / "out")
    assert ran.code == 0, [item for item in ran.document["diagnostics"] if item["severity"] == "error"]
    assert fates(ran) == {path: ("document", document) for path, document in wanted.items()}
    assert docgen("verify", next((tmp_path / "out").glob("*.zip"))).code == 0


def test_a_good_case_is_judged_as_one_in_a_record_is(sample: Path, tmp_path: Path, docgen: CommandLine) -> None:
    papers = tmp_path / "资料"
    list(rearrange(sample, papers))
    case = Document()
    for text in (
        "三本账管住灌装工位",
        "一、企业概况",
        f"{LI}成立于2012年，主要生产灭火器。",
        "二、存在的问题",
        "出厂检验一次交验合格率只有85.0%。",
        "四、提升成效",
        "出厂检验一次交验合格率由85.0%提高到99.0%。",
        "五、启示",
        "贵在坚持。",
        "主要起草单位：江苏衡澍认证有限公司",
    ):
        case.add_paragraph(text).runs[0].bold = "、" in text[:2] or text.startswith("三本账")
    case.save(str(papers / "优良案例/案例（澄砺）.docx"))
    record = write_thin_record(tmp_path, "good-case")
    ran = docgen.json("package", record, "--from", papers, "--list")
    own = [
        item for item in ran.document["diagnostics"] if item["location"].get("file", "").endswith("案例（澄砺）.docx")
    ]
    told = {item["code"] for item in own}
    assert {"C103", "C104", "C134"} <= told, told
    assert ran.code == 1
    assert all(item["location"]["kind"] == "docx" for item in own if item["code"] in ("C103", "C134"))
    contradiction = next(item for item in own if item["code"] == "C134")
    assert (contradiction["location"]["paragraph"], "99.0%" in contradiction["message"]) == (7, True)
    assert "C201" not in ran.codes


def test_the_date_of_a_report_is_held_against_the_projects(sample: Path, tmp_path: Path, docgen: CommandLine) -> None:
    papers = tmp_path / "资料"
    list(rearrange(sample, papers))
    path = papers / "04现场调研/澄砺/（2）诊断报告v2.docx"
    document = Document(str(path))
    last = [item for item in document.paragraphs if item.text.startswith("2023年10月26日")][-1]
    last.runs[0].text = "2026年10月26日"
    for run in last.runs[1:]:
        run.text = ""
    document.save(str(path))
    ran = docgen.json("package", write_thin_record(tmp_path, "diagnosis-report"), "--from", papers, "--list")
    told = [item for item in ran.document["diagnostics"] if item["code"] in ("C204", "C211")]
    assert any(item["location"]["file"].endswith("诊断报告v2.docx") for item in told), ran.document["diagnostics"]


def test_papers_of_a_list_that_the_record_leaves_empty_are_filed_by_their_names(
    sample: Path, tmp_path: Path, docgen: CommandLine
) -> None:
    papers = tmp_path / "资料/方案实施"
    papers.mkdir(parents=True)
    for name, title in (("班组长", "现场管理与首件检验"), ("全员", "质量意识集中培训")):
        shutil.copy(next(sample.rglob(f"分层培训记录_{title}.docx")), papers / f"分层培训记录（{name}）.docx")
    record = write_thin_record(tmp_path, "training-record")
    loaded = yaml.safe_load(record.read_text("utf-8"))
    loaded["trainings"] = []
    record.write_text(yaml.safe_dump(loaded, allow_unicode=True), "utf-8")
    ran = docgen.json("package", record, "--from", papers.parent, "-o", tmp_path / "out")
    assert {item["code"] for item in ran.document["diagnostics"] if item["severity"] == "error"} == set()
    assert "F116" in ran.codes
    filed = {item["document"]: item["title"] for item in ran.document["matching"]["files"]}
    assert filed == {
        "training-record/全员": "分层培训记录（全员）",
        "training-record/班组长": "分层培训记录（班组长）",
    }
    assert docgen("verify", next((tmp_path / "out").glob("*.zip"))).code == 0


@pytest.mark.parametrize("record", ["db4201-t665-2022/single-enterprise", "t-hebqia-draft/scored"])
def test_what_docgen_made_itself_is_known_again_without_a_warning(
    record: str, tmp_path: Path, docgen: CommandLine
) -> None:
    path = COMPLETE.parents[2] / record / "record.yaml"
    build_record(path, tmp_path / "built", Options(package=False))
    documents = next((tmp_path / "built").iterdir())
    ran = docgen.json("package", path, "--from", documents, "--list")
    assert {item["fate"] for item in ran.document["matching"]["files"]} == {"document"}
    loud = [item for item in ran.document["diagnostics"] if item["severity"] != "info" and item["code"][0] == "F"]
    assert loud == []

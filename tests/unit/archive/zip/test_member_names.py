"""Names whose encoding nobody states: read as people wrote them, in GBK or UTF-8, each alone and many together."""

from __future__ import annotations

import io
import itertools
import random
from pathlib import Path

import pytest
from support.archive_samples import TOP, build, codes, read_all, remarks, verify, write_all
from support.forged_zips import Forged, ForgedZip

from docgen.archive.zip.container import check_names
from docgen.archive.zip.names import fold_name
from docgen.archive.zip.read import ReceivedZip, open_zip
from docgen.diagnostics import Diagnostic, Location, Severity

PLACE = Location("archive", file="p.zip")


def words(text: str) -> list[str]:
    return text.split()


PLACES = words(
    """
    徐州 泰州 襄阳 黄冈 泸州 濮阳 亳州 衢州 漯河 邳州 鄂尔多斯 喀什 呼和浩特 儋州 崂山 郫都 洪山区 蔡甸
    颍上 睢宁
    """
)
TRADES = words(
    """
    食品 阀业 消防器材 五金制品 文具制造 纺织 机械 生物科技 电子 木业 茶业 陶瓷 橡塑 环保设备 印务
    """
)
STEMS = words(
    """
    恒达 澄砺 竹隐 凌渡 鑫淼 瀚宇 晟睿 懋源 焱辉 頔航 喆成 犇牛 昊昱 珺雅 祎诚 鼎盛 锦绣 中 一 龙
    """
)
PEOPLE = words(
    """
    王伟 李娜 张建国 欧阳明轩 司马懿 诸葛瑾 赵堃 钱喆 孙翀 周珏 吴祎 郑甄 冯骦 陈璟 褚遂良 卫玠 蒋劼
    沈汐 韩燚 杨䶮
    """
)
TITLES = words(
    """
    目录 文件 照片 通知 说明 报告 合同 申请表 签到表 会议纪要 现场调研记录 质量管理体系诊断报告
    满意度调查表 营业执照 整改前后对比 培训课件 第1次 2024年工作总结 附件（一） 资料·原件 设备清单 收据
    公章 首页 新建文件夹 未命名 副本 联系人 备考表 案卷封面
    """
)
SUFFIXES = (".docx", ".pdf", ".jpg", ".xlsx", "")


def list_names() -> list[str]:
    """Hundreds of names as enterprises, people and papers have them."""
    chosen = random.Random(1).sample(list(itertools.product(PLACES, STEMS, TRADES)), 400)
    companies = [f"{place}{stem}{trade}有限公司" for place, stem, trade in chosen]
    papers = [f"{number:02d}_{title}" for number, title in enumerate(TITLES)] + TITLES
    mixed = [f"{title}-{person}" for title, person in itertools.product(TITLES, PEOPLE[:12])]
    dated = [
        f"{place}（{year}年）{title}" for place, year, title in zip(PLACES, range(2004, 2024), TITLES, strict=False)
    ]
    plain = [*companies, *PEOPLE, *PLACES, *STEMS, *papers, *mixed, *dated]
    return [f"{name}{suffix}" for name, suffix in zip(dict.fromkeys(plain), itertools.cycle(SUFFIXES), strict=False)]


NAMES = list_names()


def receive(names: list[bytes], flags: int = 0) -> ReceivedZip:
    members = tuple(Forged(name, b"", 0, {"flags": flags}) for name in names)
    return open_zip(io.BytesIO(ForgedZip(members).build()))


def tell(received: ReceivedZip) -> list[Diagnostic]:
    return list(check_names(received, PLACE))


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_name_alone_is_read_as_it_was_written(encoding: str) -> None:
    assert len(set(NAMES)) > 800
    wrong = []
    for name in NAMES:
        (member,) = receive([name.encode(encoding)]).members
        if member.name != name or member.unread:
            wrong.append((name, member.name))
        assert member.raw.raw_name == name.encode(encoding)
    assert wrong == []


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("size", [2, 5, 60])
def test_names_together_are_read_as_they_were_written(encoding: str, size: int) -> None:
    chance = random.Random(size)
    for _ in range(60):
        names = [f"包/{name}" for name in chance.sample(NAMES, size)]
        received = receive([name.encode(encoding) for name in names])
        assert [member.name for member in received.members] == names
        assert received.guess is not None
        assert (received.guess.encoding, received.guess.confidence) == (encoding, "clear")


@pytest.mark.parametrize(("encoding", "code"), [("utf-8", "V118"), ("gb18030", "V115")])
def test_what_was_guessed_is_told_with_its_confidence(encoding: str, code: str) -> None:
    found = tell(receive(["包/目录.docx".encode(encoding), "包/照片.jpg".encode(encoding), b"x/plain.txt"][:2]))
    assert [item.code for item in found] == [code]
    assert found[0].severity is (Severity.INFO if code == "V118" else Severity.WARNING)
    assert found[0].params["count"] == 2
    assert found[0].params["confidence"].key == "archive.confidence.clear"  # type: ignore[union-attr]


def test_a_manifest_that_knows_the_names_settles_it(tmp_path: Path) -> None:
    path = build(tmp_path)
    members = read_all(path)
    raw = tuple(Forged(name.encode("gb18030"), data, 0) for name, data in members.items())
    path.write_bytes(ForgedZip(raw).build())
    report = verify(path)
    assert codes(report) == ["V115"]
    assert report.names is not None
    assert (report.names.encoding, report.names.confidence) == ("gb18030", "listed")
    assert report.names.raw == {name: name.encode("gb18030") for name in members}


def test_utf8_without_its_mark_is_told(tmp_path: Path) -> None:
    path = build(tmp_path)
    path.write_bytes(ForgedZip(tuple(Forged(name.encode(), data, 0) for name, data in read_all(path).items())).build())
    report = verify(path)
    assert codes(report) == []
    assert remarks(report) == ["V118"]


def test_names_in_two_encodings_are_refused() -> None:
    received = receive(["包/目录一览.docx".encode("gb18030"), "包/照片说明文件.jpg".encode(), b"plain.txt"])
    found = [item for item in tell(received) if item.code == "V104"]
    assert [item.params["reason"].key for item in found] == ["archive.name.mixed"] * 2  # type: ignore[union-attr]
    assert [member.unread for member in received.members] == ["mixed", "mixed", None]


def test_marked_names_are_not_guessed_with_the_others() -> None:
    members = (
        Forged("包/目录.docx".encode(), b"", 0, {"flags": 0x800}),
        Forged("包/照片.jpg".encode("gb18030"), b"", 0),
    )
    received = open_zip(io.BytesIO(ForgedZip(members).build()))
    assert [member.name for member in received.members] == ["包/目录.docx", "包/照片.jpg"]
    assert received.guess is not None
    assert received.guess.names == (1,)


def test_a_name_that_says_utf8_and_is_none_is_refused() -> None:
    (found, *_) = tell(receive([b"bag/\xc4\xbf\xff.txt"], 0x800))
    assert (found.code, found.params["reason"].key) == ("V104", "archive.name.undecodable")  # type: ignore[union-attr]


def test_names_in_an_old_western_encoding_are_read() -> None:
    received = receive(["bag/Prüfbericht für Öl.docx".encode("cp437"), b"bag/x"])
    assert received.members[0].name == "bag/Prüfbericht für Öl.docx"


@pytest.mark.parametrize(
    ("name", "code", "key"),
    [
        ("包/合格率98%.docx", "V119", "archive.odd_name.percent"),
        ("包/报告\u200b.docx", "V119", "archive.odd_name.unseen"),
        ("包/e\u0301tude.docx", "V119", "archive.odd_name.decomposed"),
        ("包/\u202egpj.exe", "V104", "archive.name.bidi"),
        ("包/" + "层/" * 101 + "x", "V104", "archive.name.deep"),
    ],
)
def test_unusual_names_are_told(name: str, code: str, key: str) -> None:
    found = [item for item in tell(receive([name.encode()], 0x800)) if item.code in {"V104", "V119"}]
    whats = [item.params.get("what") or item.params.get("reason") for item in found]
    assert (code, key) in [(item.code, what.key) for item, what in zip(found, whats, strict=True)]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("hosts", "codes"),
    [((3, 3), []), ((0, 0), ["V119"]), ((0, 3), ["V110"]), ((11, 3), []), ((6, 0), ["V119"]), ((3, 6), ["V110"])],
)
def test_names_of_old_systems_are_all_so_or_none(hosts: tuple[int, int], codes: list[str]) -> None:
    """unzip of Linux takes a name that is said to come from DOS for one in an old code page, even where it is UTF-8."""
    members = tuple(
        Forged(f"包/{number}".encode(), b"", 0, {"flags": 0x800, "made": host << 8 | 20})
        for number, host in enumerate(hosts)
    )
    received = open_zip(io.BytesIO(ForgedZip((*members, Forged(b"\xe5\x8c\x85/", b"", 0, members[0].both))).build()))
    assert sorted({item.code for item in tell(received)}) == codes


@pytest.mark.parametrize(
    ("one", "other"),
    [("a.DOCX", "A.docx"), ("e\u0301.txt", "é.txt"), ("报\u200b告", "报告"), ("ﬁle", "FILE"), ("ß", "SS")],
)
def test_names_that_some_system_takes_for_one_collide(one: str, other: str) -> None:
    assert fold_name(one) == fold_name(other) or one == "ﬁle"
    found = tell(receive([f"包/{one}".encode(), f"包/{other}".encode()], 0x800))
    assert "V106" in [item.code for item in found]


def test_a_repacked_package_keeps_its_verdict(tmp_path: Path) -> None:
    path = build(tmp_path)
    write_all(path, read_all(path))
    assert remarks(verify(path)) == []
    assert verify(path).names is None
    assert TOP in verify(path).name

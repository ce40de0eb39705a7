"""Packages that belong together are told by identity; a stranger under the same name is an error."""

from __future__ import annotations

from pathlib import Path

from support.archive_samples import build, make_index

from docgen.archive.bag.index import dump_index, list_origins, parse_index, render_page
from docgen.archive.plan.model import FilingItem, PackageIndex, Redaction, Supplemented
from docgen.archive.verify.agreement import check_filing
from docgen.archive.verify.package import verify_package
from docgen.archive.verify.relations import PackageRelation, Relations, find_relative
from docgen.archive.verify.report import VerifyReport
from docgen.archive.zip.names import make_top_name
from docgen.diagnostics import Location

BASE, OTHER = "a" * 64, "b" * 64


def make_report(identity: str, **changes: object) -> VerifyReport:
    index = make_index(**changes)
    return VerifyReport(Path(f"{identity[:2]}.zip"), index.package_name, identity, 1, 1, (), index)


def find_relation(report: VerifyReport, reports: list[VerifyReport]) -> PackageRelation | None:
    relatives = {id(item): find_relative(item) for item in reports}
    own = relatives[id(report)]
    assert own is not None
    return Relations(item for item in relatives.values() if item is not None).find(own)


def make_supplement(identity: str = BASE, name: str = "包") -> VerifyReport:
    added = Supplemented(name=name, identity=identity, last_number=4)
    return make_report("c" * 64, kind="supplement", supplements=added, package_name="包_补充1")


def make_redacted(title: str = "项目") -> VerifyReport:
    return make_report("d" * 64, kind="redacted", redaction=Redaction(identity=BASE), title=f"{title}（公开版）")


def test_a_supplement_finds_its_base_by_identity() -> None:
    base, supplement = make_report(BASE, package_name="改名"), make_supplement()
    relation = find_relation(supplement, [base, supplement])
    assert relation is not None
    assert (relation.name, relation.is_verified, relation.diagnostics) == ("改名", True, ())
    assert find_relation(base, [base, supplement]) is None


def test_alone_or_among_strangers_it_stands_for_itself() -> None:
    supplement = make_supplement()
    for others in ([], [make_report(OTHER, package_name="另一个")]):
        relation = find_relation(supplement, [supplement, *others])
        assert relation is not None
        assert (relation.name, relation.identity, relation.is_verified, relation.diagnostics) == ("包", BASE, False, ())


def test_the_same_name_with_another_identity_is_an_error() -> None:
    supplement, stranger = make_supplement(), make_report(OTHER, package_name="包")
    relation = find_relation(supplement, [stranger, supplement])
    assert relation is not None
    (diagnostic,) = relation.diagnostics
    assert (diagnostic.code, diagnostic.params["stated"], diagnostic.params["found"]) == ("A251", BASE[:12], OTHER[:12])


def test_a_supplement_under_the_name_of_its_base_is_no_stranger_to_itself() -> None:
    """What was noted of a package in a file is read anew each time."""
    noted, again = (find_relative(make_supplement(name="包_补充1")) for _ in range(2))
    assert noted is not None
    assert again is not None
    relation = Relations([noted]).find(again)
    assert relation is not None
    assert relation.diagnostics == ()


def test_a_redacted_package_finds_the_full_one_and_refuses_another() -> None:
    redacted = make_redacted()
    met = find_relation(redacted, [redacted, make_report(BASE, title="项目")])
    assert met is not None
    assert met.is_verified
    refused = find_relation(redacted, [redacted, make_report(OTHER, title="项目")])
    assert refused is not None
    assert [item.code for item in refused.diagnostics] == ["A252"]
    alone = find_relation(redacted, [redacted, make_report(OTHER, title="别的项目")])
    assert alone is not None
    assert (alone.is_verified, alone.diagnostics) == (False, ())


def test_withheld_is_accepted_of_a_redacted_package_alone(tmp_path: Path) -> None:
    items = tuple(
        item if item.key != "i" else FilingItem(key="i", label="其他", level="应", status="withheld", reason="不公开")
        for item in make_index().items
    )
    redaction = Redaction(identity=BASE, fields=3, documents=1, files=2, unsearched=1)
    package = build(tmp_path, items=items, missing=(), kind="redacted", redaction=redaction)
    report = verify_package(package)
    assert report.diagnostics == ()
    assert "A250" in [item.code for item in check_filing(make_index(items=items), Location())]


def test_the_page_says_what_was_left_out_and_of_which_package() -> None:
    index: PackageIndex = make_index(
        kind="redacted", redaction=Redaction(identity=BASE, fields=3, masked=2, documents=1, evidence=4, files=6)
    )
    assert parse_index(dump_index(index)) == index
    page = render_page(index, ()).decode()
    for line in list_origins(index):
        assert line in page
    assert BASE in page
    assert "字段值 3 个，2 份文书" in page
    assert "文书 1 份、佐证材料 4 件，合 6 个文件" in page
    assert list_origins(make_index()) == []
    added = Supplemented(name="包", identity=BASE, last_number=4)
    assert "第 4 件" in list_origins(make_index(supplements=added))[0]


def test_the_suffix_of_a_name_is_never_cut() -> None:
    assert make_top_name("", "XZ-1", "项目", "公开版") == "XZ-1_项目_公开版"
    long = make_top_name("", "XZ-1", "长" * 90, "公开版")
    assert long.endswith("_公开版")
    assert len(long) == len(make_top_name("", "XZ-1", "长" * 90)) == 60

"""The same file used twice is pointed out, within a package and across packages, and is no fault."""

from __future__ import annotations

from docgen.archive.plan.model import PAYLOAD_FOLDER
from docgen.archive.verify.fixity import MemberFact
from docgen.archive.verify.repeats import (
    PackageFiles,
    Repeat,
    Repeats,
    choose_compared_files,
    report_repeats,
    shorten_digests,
)
from docgen.archive.verify.root import BagPlace
from docgen.diagnostics import Location, Severity

AT = BagPlace("top", Location("archive", file="a.zip"))
ONE, TWO, THREE = "1" * 64, "2" * 64, "3" * 64


def use(path: str, project: str, *digests: str, identity: str = "", belongs_to: str = "") -> PackageFiles:
    files = {f"{PAYLOAD_FOLDER}/{number}": digest for number, digest in enumerate(digests)}
    return PackageFiles(path, project, identity or path, belongs_to, shorten_digests(files))


def find(package: PackageFiles, *others: PackageFiles) -> tuple[Repeat, ...]:
    return Repeats(lambda: (package, *others)).find(package)


def test_within_a_package_each_content_is_told_once() -> None:
    used = {"data/a": ONE, "data/b": TWO, "data/c": ONE, "data/d": ONE}
    (diagnostic,) = report_repeats(used, AT)
    assert (diagnostic.code, diagnostic.severity) == ("V228", Severity.INFO)
    assert (diagnostic.params["member"], diagnostic.params["count"]) == ("data/a", 2)


def test_empty_files_are_not_compared() -> None:
    facts = {"data/a": MemberFact(0, ONE), "data/b": MemberFact(3, TWO), "data/c": MemberFact(3, None)}
    assert choose_compared_files(facts, None) == {"data/b": TWO}


def test_across_packages_it_says_of_which_project_the_other_is() -> None:
    own = use("甲.zip", "P1", ONE, TWO)
    same, other, unknown = use("乙.zip", "P1", ONE), use("丙.zip", "P2", TWO, ONE), use("丁.zip", "", THREE, TWO)
    repeats = {item.relation: item for item in find(own, same, other, unknown)}
    assert repeats["same_project"] == Repeat("same_project", ("乙.zip",), ("data/0",))
    assert repeats["other_project"] == Repeat("other_project", ("丙.zip",), ("data/0", "data/1"))
    assert repeats["unknown_project"] == Repeat("unknown_project", ("丁.zip",), ("data/1",))
    diagnostic = repeats["other_project"].report(AT.place)
    assert (diagnostic.code, diagnostic.severity, diagnostic.params["count"]) == ("V229", Severity.INFO, 2)


def test_a_copy_and_a_redacted_edition_are_no_other_package() -> None:
    own = use("甲.zip", "P1", ONE, identity="i")
    assert not find(own, use("抄件.zip", "P1", ONE, identity="i"))
    assert not find(own, use("公开版.zip", "P1", ONE, identity="r", belongs_to="i"))
    redacted = use("公开版.zip", "P1", ONE, identity="r", belongs_to="i")
    assert not find(redacted, own)


def test_many_packages_that_share_one_file_are_one_line_each() -> None:
    packages = [use(f"{number}.zip", "P1", ONE) for number in range(300)]
    repeats = Repeats(lambda: packages)
    (repeat,) = repeats.find(packages[0])
    assert len(repeat.others) == 299
    assert len(str(repeat.report(AT.place).params["others"])) < 60

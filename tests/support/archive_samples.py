"""Small packages for the archive's tests, and ways to spoil them."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from docgen.archive.bag.index import parse_index, render_page
from docgen.archive.plan.model import (
    INDEX_PAGE,
    RECORD_COPY,
    Absence,
    ArchiveFields,
    FiledDocument,
    FilingItem,
    PackageIndex,
    PageCount,
    ProfileUsed,
    ProjectIdentity,
    SettingUsed,
    StandardUsed,
)
from docgen.archive.plan.plan import PackagePlan, PlannedDocument, PlannedRendition
from docgen.archive.verify.package import verify_package
from docgen.archive.verify.report import Step, Verdict, VerifyReport
from docgen.archive.writing.package import write_package
from docgen.archive.zip.names import MemberNames, make_top_name
from docgen.diagnostics import Diagnostic, Severity, Term
from docgen.messages import LANGUAGES, catalogue

TOP = make_top_name("", "XZ-2024-007", "小微企业质量管理体系认证提升项目")
MOMENT = dt.datetime(2024, 9, 6, 10, 30)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PACKAGE_TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
_RELATIONSHIPS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"'
    ' Target="{main}"/></Relationships>'
)


def make_office(main: str = "word/document.xml", body: str = "<w/>", **more: str) -> bytes:
    """The least that counts as a docx or xlsx."""
    buffer = io.BytesIO()
    parts = {"[Content_Types].xml": _PACKAGE_TYPES, "_rels/.rels": _RELATIONSHIPS.format(main=main), main: body, **more}
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def make_picture(kind: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(buffer, kind)
    return buffer.getvalue()


def make_pdf(pages: int = 2) -> bytes:
    from pypdf import PdfWriter

    writer, buffer = PdfWriter(), io.BytesIO()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    writer.write(buffer)
    return buffer.getvalue()


def make_index(**changes: object) -> PackageIndex:
    fields: dict[str, object] = {
        "package_name": TOP,
        "title": "小微企业质量管理体系认证提升项目",
        "project": ProjectIdentity(number="XZ-2024-007", name="小微企业质量管理体系认证提升项目"),
        "archive": ArchiveFields(
            retention="D30",
            confidentiality="内部",
            year="2024",
            agency="徐州某某质量技术服务有限公司",
            date_from=dt.date(2024, 3, 1),
            date_to=dt.date(2024, 9, 6),
        ),
        "profile": ProfileUsed(id="made-up", version="0.1.0"),
        "standard": StandardUsed(number="DB 0000/T 1—2024", title="某某工作规范", status="in_force"),
        "filing_basis": "由6.1–6.11推导",
        "generator": "docgen 0.1.0",
        "created": dt.date(2024, 9, 6),
        "items": (
            FilingItem(key="a", label="前期准备", clause="6.2", level="应", status="present"),
            FilingItem(key="b", label="现场调研/诊断", clause="6.5", level="应", status="present"),
            FilingItem(key="h", label="项目变更记录", level="应", status="not_applicable", reason="项目没有变更"),
            FilingItem(key="i", label="其他", level="可", status="missing", reason="没有其他文件"),
        ),
        "missing": (Absence(id="i", title="其他", level="可", reason="没有其他文件"),),
        "settings": (
            SettingUsed(
                id="X1", clause="表2", setting="scoring.bands", value="60/30/10", text="≥60 优秀 <30 & >10 合格"
            ),
        ),
        "template_digests": {"docx/report.docx": "0" * 64},
    }
    return PackageIndex.model_validate({**fields, **changes})


def make_plan(evidence: Path | None = None, **changes: object) -> PackagePlan:
    """Four documents: a docx, a PDF, an xlsx and a note; a picture as evidence when ``evidence`` says where."""
    names = MemberNames(TOP)
    labels = {"a": "前期准备", "b": "现场调研/诊断", "h": "项目变更记录"}
    planned: list[PlannedDocument] = []

    def add(item: str, title: str, suffix: str, source: bytes | Path, media: str, **fields: object) -> None:
        kind = str(fields.pop("kind", "document"))
        pages = fields.pop("pages", PageCount())
        number = 0 if kind == "note" else 1 + sum(entry.document.number > 0 for entry in planned)
        holder = str(fields.pop("holder", ""))
        path = names.make_member_name(
            item=item, label=labels[item], number=number, title=title, holder=holder, suffix=suffix
        )
        document = FiledDocument.model_validate(
            {"id": f"doc/{number}-{item}", "item": item, "number": number, "title": title, "kind": kind, **fields}
        )
        assert isinstance(pages, PageCount)
        planned.append(PlannedDocument(document, (PlannedRendition("original", path, media, source, pages),)))

    add(
        "a",
        "企业报名表",
        ".docx",
        make_office(),
        DOCX,
        holder="徐州甲食品有限公司",
        responsible="徐州甲",
        date="2024-03-05",
    )
    add("a", "认证证书", ".pdf", make_pdf(), "application/pdf", pages=PageCount(value=2, source="counted"))
    add("b", "现场调研记录", ".xlsx", make_office("xl/workbook.xml"), XLSX)
    if evidence is not None:
        name = "现场?照片%.png"
        add("b", "现场照片", ".png", evidence, "image/png", kind="evidence", original_name=name)
    add("h", "不适用说明", ".docx", make_office(body="<w>没有变更</w>"), DOCX, kind="note")
    index = make_index(**changes)
    record = {"profile": "made-up", "record": {"project": index.project.model_dump()}}
    return PackagePlan(index, tuple(planned), MOMENT, json.dumps(record, ensure_ascii=False).encode())


def finish(index: PackageIndex) -> Mapping[str, bytes]:
    """Stands for whoever renders cover, list and remarks sheet."""
    body = f"<w>{index.counts.documents}</w>"
    return {
        "02_卷内目录.xlsx": make_office("xl/workbook.xml", body),
        "01_案卷封面.docx": make_office(body=body),
        "03_备考表.docx": make_office(body=body),
    }


def render_papers(index: PackageIndex) -> Mapping[str, bytes]:
    """Cover, list and remarks sheet as docgen renders them."""
    from docgen.pipeline.stages.papers import describe_package, list_papers
    from docgen.render.store import TemplateStore
    from docgen.resources import Resources

    store, context = TemplateStore(Resources()), describe_package(None, index)
    return {name: store.render(template, context).data for name, template in list_papers("GB/T 11822").items()}


def build(folder: Path, papers: Callable[[PackageIndex], Mapping[str, bytes]] = finish, **changes: object) -> Path:
    """A whole package in ``folder``; ``render_papers`` gives it such papers as agree with its index."""
    photo = folder / "照片.png"
    photo.write_bytes(make_picture())
    target = folder / f"{TOP}.zip"
    write_package(make_plan(photo, **changes), target, finish=papers, force=True)
    return target


def read_all(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write_all(path: Path, members: Mapping[str, bytes]) -> None:
    """The same zip anew, with every CRC and size right."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)


def repack(path: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    members = read_all(path)
    change(members)
    write_all(path, members)


def find_member(path: Path, part: str) -> str:
    """The one member whose name holds ``part``."""
    names = [name for name in read_all(path) if part in name]
    assert len(names) == 1, names
    return names[0]


def verify(path: Path) -> VerifyReport:
    """Verify, and have every finding spoken in each language, so that no parameter or text is missing."""
    report = verify_package(path)
    for language in LANGUAGES:
        texts = catalogue(language)
        for diagnostic in report.diagnostics:
            assert texts.message(diagnostic)
            assert texts.mend(diagnostic)
            assert diagnostic.location.kind == "archive"
            assert diagnostic.location.file == str(path)
        for step in report.steps:
            assert texts.text(step.title.key)
            assert texts.text(step.verdict_title.key)
    return report


REMARKS = ("V116", "V117", "V118")
"""What is told of a zip that another program wrote, and is no fault."""


def codes(report: VerifyReport) -> list[str]:
    """What is wrong, without the remarks."""
    return [item.code for item in report.diagnostics if item.code not in REMARKS]


def remarks(report: VerifyReport) -> list[str]:
    """What the zip says beside what counts, by kind (``archive.remark.*``), and V118."""
    remarks = [item for item in report.diagnostics if item.code in REMARKS]
    assert all(item.severity is Severity.INFO for item in remarks)
    whats = [(item.code, item.params.get("what")) for item in remarks]
    return [what.key.removeprefix("archive.remark.") if isinstance(what, Term) else code for code, what in whats]


def make_evidence_plan(files: list[Path]) -> PackagePlan:
    """A package of evidence alone."""
    documents = tuple(
        PlannedDocument(
            FiledDocument(id=f"evidence/{number}", item="b", number=number, title=path.stem, kind="evidence"),
            (PlannedRendition("original", f"data/b_现场/{number:04d}_{path.name}", "video/mp4", path),),
        )
        for number, path in enumerate(files, 1)
    )
    items = (FilingItem(key="b", label="现场", level="应", status="present"),)
    return PackagePlan(make_index(items=items, missing=()), documents, MOMENT)


def verdicts(report: VerifyReport) -> dict[Step, Verdict]:
    return {item.step: item.verdict for item in report.steps}


def only(report: VerifyReport) -> Diagnostic:
    diagnostics = [item for item in report.diagnostics if item.code not in REMARKS]
    assert len(diagnostics) == 1, [(item.code, dict(item.params)) for item in diagnostics]
    return diagnostics[0]


def reseal(members: dict[str, bytes], *, index: bool = False) -> None:
    """Make the page and the manifests fit again, as somebody would who wants to hide a change."""

    def digest(name: str) -> str:
        return hashlib.sha256(members[f"{TOP}/{name}"]).hexdigest()

    names = sorted(name.removeprefix(f"{TOP}/") for name in members)
    payload = [name for name in names if name.startswith("data/")]
    if index:
        loaded = json.loads(members[f"{TOP}/package.json"])
        for document in loaded["documents"]:
            for item in document["renditions"]:
                if f"{TOP}/{item['path']}" in members:
                    item["sha256"], item["size"] = digest(item["path"]), len(members[f"{TOP}/{item['path']}"])
                    item["content_digest"] = None
        loaded["counts"]["bytes"] = sum(item["size"] for entry in loaded["documents"] for item in entry["renditions"])
        members[f"{TOP}/package.json"] = json.dumps(loaded, ensure_ascii=False).encode()
    with contextlib.suppress(ValueError):
        read = parse_index(members[f"{TOP}/package.json"])
        papers = [name for name in names if name.endswith((".docx", ".xlsx")) and "/" not in name]
        members[f"{TOP}/{INDEX_PAGE}"] = render_page(read, papers, with_record=f"{TOP}/{RECORD_COPY}" in members)
    members[f"{TOP}/manifest-sha256.txt"] = "".join(f"{digest(name)}  {name}\n" for name in payload).encode()
    total = sum(len(members[f"{TOP}/{name}"]) for name in payload)
    info = members[f"{TOP}/bag-info.txt"].decode().splitlines()
    info = [f"Payload-Oxum: {total}.{len(payload)}" if line.startswith("Payload-Oxum") else line for line in info]
    members[f"{TOP}/bag-info.txt"] = ("\n".join(info) + "\n").encode()
    tags = [name for name in names if not name.startswith(("data/", "tagmanifest"))]
    members[f"{TOP}/tagmanifest-sha256.txt"] = "".join(f"{digest(name)}  {name}\n" for name in tags).encode()

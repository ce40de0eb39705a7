"""The door of projects: the folder, the record filled in, evidence dropped; and whoever tries to get out of it."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from PIL import Image
from starlette.testclient import TestClient
from support.web_support import OWN, enter, make_settings, open_page, wait_for

from docgen.pipeline.services.projects import start_project
from docgen.resources import Resources

SAMPLES = Path(__file__).parents[3] / "samples"
SAMPLE = SAMPLES / "db4201-t665-2022" / "single-enterprise"
HOSTILE = "<b>甲\u202e&lt;"
pytestmark = pytest.mark.heavy


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("项目") / "page"


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[TestClient]:
    folder.mkdir()
    with open_page(make_settings(folder)) as opened:
        yield enter(opened)


@pytest.fixture
def project(folder: Path, client: TestClient, request: pytest.FixtureRequest) -> Iterator[tuple[str, Path]]:
    """A copy of a sample in the folder: its address, its record."""
    place = folder / f"示例 {re.sub(r'[^a-z]', '', request.node.name)[:20]}"
    shutil.copytree(SAMPLE, place)
    yield find_address(client, place.name), place / "record.yaml"
    shutil.rmtree(place)


def find_address(client: TestClient, name: str) -> str:
    found = re.search(
        rf'href="(/projects/[0-9a-f]{{16}})"(?:(?!href).)*?{name}/', client.get("/projects").text, re.DOTALL
    )
    assert found is not None, name
    return found[1]


def read_digest(client: TestClient, page: str) -> str:
    found = re.search(r'name="digest" value="([0-9a-f]{64})"', client.get(page).text)
    assert found is not None
    return found[1]


def save(client: TestClient, address: str, part: str, **fields: str) -> tuple[int, str]:
    page = f"{address}/form?at={part}"
    data = {"at": part, "digest": read_digest(client, page)} | fields
    answer = client.post(f"{address}/form", data=data, headers=OWN)
    return answer.status_code, answer.headers.get("location", answer.text)


def test_a_project_shows_its_steps_what_to_do_and_its_faults(project: tuple[str, Path], client: TestClient) -> None:
    address, record = project
    record.write_text(record.read_text("utf-8").replace("dated: ", "dated: 昨天 # ", 1), "utf-8")
    page = client.get(address).text
    assert "下一步" in page
    assert "应为日期" in page, "the fault"
    assert re.search(r"record.yaml 第 \d+ 行", page), "its line"
    assert "改法：" in page


def test_a_value_is_saved_as_a_patch(project: tuple[str, Path], client: TestClient) -> None:
    address, record = project
    before = record.read_bytes()
    status, location = save(client, address, "project", **{"e:project/name": HOSTILE.replace("\u202e", "")})
    assert (status, location.partition("?")[0]) == (303, f"{address}/form")
    lines = record.read_bytes().splitlines()
    changed = [new for new, old in zip(lines, before.splitlines(), strict=True) if new != old]
    assert len(changed) == 1
    assert "&lt;b&gt;甲" in client.get(address).text, "it is shown as text"


def test_a_record_that_changed_meanwhile_is_not_overwritten(project: tuple[str, Path], client: TestClient) -> None:
    address, record = project
    data = {"at": "project", "digest": read_digest(client, f"{address}/form?at=project"), "e:project/name": "乙"}
    record.write_text(record.read_text("utf-8") + "# 别人写的\n", "utf-8")
    before = record.read_bytes()
    answer = client.post(f"{address}/form", data=data, headers=OWN)
    assert answer.status_code == 400
    assert "被别的程序改过" in answer.text
    assert record.read_bytes() == before


def test_items_are_added_and_taken_away(project: tuple[str, Path], client: TestClient) -> None:
    address, record = project
    before = record.read_text("utf-8")
    _, location = save(client, address, "trainings", add="trainings")
    at = re.search(r"at=(trainings\.\d+)", location)
    assert at is not None
    assert client.get(f"{address}/form?at={at[1]}").status_code == 200
    save(client, address, at[1], remove=at[1], at="trainings")
    after = record.read_text("utf-8")
    assert after.replace("trainings: []\n", "") == before


def test_what_is_typed_is_judged_at_once(project: tuple[str, Path], client: TestClient) -> None:
    address, record = project
    before = record.read_bytes()
    data = {"at": "project", "e:project/dated": "昨天"}
    said = client.post(f"{address}/try", data=data, headers=OWN).json()
    assert [item["kind"] for item in said["faults"]["e:project/dated"]] == ["error"]
    assert record.read_bytes() == before


def test_files_are_copied_into_the_project_and_entered(project: tuple[str, Path], client: TestClient) -> None:
    address, record = project
    picture = next((SAMPLE / "佐证材料").rglob("*.jpg"))
    evidence = {path.name: path.read_bytes() for path in (record.parent / "佐证材料").iterdir()}
    activity = re.search(r'value="(activity [^"]+)"', client.get(f"{address}/evidence").text)
    assert activity is not None
    for name in (picture.name, "../../逃出去.jpg", "a:b\\..\\c?.jpg"):
        data = {"digest": read_digest(client, f"{address}/evidence"), "owner": activity[1]}
        files = {"files": (name, picture.read_bytes(), "image/jpeg")}
        assert client.post(f"{address}/evidence", data=data, files=files, headers=OWN).status_code == 303
    inside = {path.name: path.read_bytes() for path in (record.parent / "佐证材料").iterdir()}
    assert len(inside) == len(evidence) + 3
    assert evidence.items() <= inside.items(), "nothing is put over what was there"
    assert sorted(path.name for path in record.parent.iterdir()) == ["record.yaml", "佐证材料"]
    text = record.read_text("utf-8")
    assert text.count(f"activity: {activity[1].partition(' ')[2]}") >= 3
    page = client.get(f"{address}/evidence").text
    shown = client.get(re.findall(r'<img src="([^"]+)"', page)[-1])
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")


def test_a_scan_belongs_to_the_document_that_was_signed(project: tuple[str, Path], client: TestClient) -> None:
    address, record = project
    document = re.search(r'value="document ([^"]+)"', client.get(f"{address}/evidence").text)
    assert document is not None
    scan = next((SAMPLE / "佐证材料").rglob("*.jpg"))
    data = {"digest": read_digest(client, f"{address}/evidence"), "owner": f"document {document[1]}"}
    files = {"files": ("签字版.jpg", scan.read_bytes(), "image/jpeg")}
    assert client.post(f"{address}/evidence", data=data, files=files, headers=OWN).status_code == 303
    entry = next(line for line in record.read_text("utf-8").splitlines() if "签字版.jpg" in line)
    assert f"document: {document[1]}" in entry
    assert "kind: scan" in entry


def test_no_file_stays_when_the_record_cannot_be_changed(project: tuple[str, Path], client: TestClient) -> None:
    address, record = project
    before = sorted(path.name for path in (record.parent / "佐证材料").iterdir())
    files = {"files": ("甲.jpg", b"x", "image/jpeg")}
    answer = client.post(f"{address}/evidence", data={"digest": "0" * 64}, files=files, headers=OWN)
    assert answer.status_code == 400
    assert sorted(path.name for path in (record.parent / "佐证材料").iterdir()) == before


def test_evidence_does_not_leave_the_project_by_a_link(
    project: tuple[str, Path], client: TestClient, tmp_path: Path
) -> None:
    address, record = project
    shutil.rmtree(record.parent / "佐证材料")
    (record.parent / "佐证材料").symlink_to(tmp_path)
    files = {"files": ("甲.jpg", b"x", "image/jpeg")}
    data = {"digest": read_digest(client, f"{address}/evidence")}
    assert client.post(f"{address}/evidence", data=data, files=files, headers=OWN).status_code == 400
    assert list(tmp_path.iterdir()) == []


def test_a_picture_with_too_many_points_or_none_is_not_shown(project: tuple[str, Path], client: TestClient) -> None:
    address, record = project
    Image.new("1", (9000, 9000)).save(record.parent / "佐证材料" / "大.png")
    (record.parent / "佐证材料" / "坏.jpg").write_bytes(b"\xff\xd8\xff" + b"x" * 100)
    text = record.read_text("utf-8")
    head = re.search("^evidence:.*\n", text, re.MULTILINE)
    assert head is not None
    index = head.end()
    names = {"zz-a": "大.png", "zz-b": "坏.jpg"}
    added = "".join(f"  - {{key: {key}, file: 佐证材料/{name}, kind: photograph}}\n" for key, name in names.items())
    record.write_text(text[:index] + added + text[index:], "utf-8")
    assert client.get(f"{address}/evidence/0").status_code == 400
    assert client.get(f"{address}/evidence/999").status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/projects/../../etc/passwd",
        "/projects/..%2f..%2fetc%2fpasswd",
        "/projects/" + "0" * 16,
        "/projects/" + "0" * 16 + "/form?at=project",
        "/projects/" + "0" * 16 + "/evidence/0",
    ],
)
def test_no_other_project_opens(path: str, client: TestClient) -> None:
    assert client.get(path, follow_redirects=True).status_code in (400, 404)


@pytest.mark.parametrize(
    "at", ["", ".", "nothing", "forms", "project.name", "profile", "enterprises.0.zzz", "a" * 5000]
)
def test_no_other_part_opens(at: str, project: tuple[str, Path], client: TestClient) -> None:
    answer = client.get(f"{project[0]}/form", params={"at": at})
    assert answer.status_code == 400
    assert "没有这一栏" in answer.text


@pytest.mark.parametrize(
    "fields",
    [
        {"e:profile": "x"},
        {"e:nothing/:0/x": "x"},
        {"e:project/archive": "x"},
        {"remove": "project.name"},
        {"add": "project"},
        {"add": "profile"},
    ],
)
def test_nothing_else_of_the_record_can_be_changed(
    fields: dict[str, str], project: tuple[str, Path], client: TestClient
) -> None:
    address, record = project
    before = record.read_bytes()
    status, _ = save(client, address, "project", **fields)
    assert status == 400
    assert record.read_bytes() == before


def test_a_stranger_changes_nothing(project: tuple[str, Path], client: TestClient) -> None:
    address, record = project
    before = record.read_bytes()
    data = {"digest": read_digest(client, f"{address}/form?at=project"), "at": "project", "e:project/name": "x"}
    for headers in ({}, {"Origin": "http://evil.example"}, {"Origin": "null"}):
        for path in ("form", "evidence", "make", "try"):
            assert client.post(f"{address}/{path}", data=data, headers=headers).status_code == 403
    assert record.read_bytes() == before


def test_a_record_behind_a_link_out_of_the_folder_is_no_project(
    folder: Path, client: TestClient, tmp_path: Path
) -> None:
    shutil.copytree(SAMPLE, tmp_path / "外面")
    (folder / "链接").mkdir()
    (folder / "链接" / "record.yaml").symlink_to(tmp_path / "外面" / "record.yaml")
    try:
        assert "链接/record.yaml" not in client.get("/projects").text
    finally:
        shutil.rmtree(folder / "链接")


def test_a_workbook_is_shown_and_not_edited(folder: Path, client: TestClient) -> None:
    start_project(folder / "表格", "chengdu-sme-guide-2024", Resources(), workbook=True)
    try:
        address = find_address(client, "表格")
        assert "只看不改" in client.get(address).text
        assert client.get(f"{address}/form?at=project").status_code == 400
    finally:
        shutil.rmtree(folder / "表格")


def test_a_new_project_is_begun_and_never_put_over_another(folder: Path, client: TestClient) -> None:
    data = {"name": "../新/项目", "standard": "chengdu-sme-guide-2024"}
    answer = client.post("/projects", data=data, headers=OWN)
    assert answer.status_code == 303
    (made,) = [path for path in folder.iterdir() if "新" in path.name]
    assert (made / "record.yaml").is_file()
    assert made.parent == folder
    again = client.post("/projects", data=data, headers=OWN)
    assert again.status_code == 400
    missing = client.get(f"{answer.headers['location']}/missing").text
    assert "项目名称" in unescape(missing)
    shutil.rmtree(made)


@pytest.mark.parametrize("name", ["jobs", "JOBS", ".jobs", "jobs."])
def test_a_new_project_takes_no_place_of_the_page(name: str, folder: Path, client: TestClient) -> None:
    data = {"name": name, "standard": "chengdu-sme-guide-2024"}
    assert client.post("/projects", data=data, headers=OWN).status_code == 400
    assert not (folder / "jobs" / "record.yaml").exists()


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links")
def test_what_is_made_lies_in_the_job_and_the_project_stays(project: tuple[str, Path], client: TestClient) -> None:
    address, record = project
    before = sorted(path.name for path in record.parent.rglob("*"))
    answer = client.post(f"{address}/make", data={"what": "draft"}, headers=OWN)
    job = answer.headers["location"]
    assert wait_for(client, job)["state"] == "done"
    page = client.get(job).text
    assert ".docx" in page
    assert "做成 PDF" in page
    assert sorted(path.name for path in record.parent.rglob("*")) == before
    assert "文书草稿" in client.get(address).text, "the project names what was made of it"
    assert client.post(f"{address}/make", data={"what": "rm -rf"}, headers=OWN).status_code == 400
    client.post(f"{job}/clear", headers=OWN)
    assert record.is_file()


def test_a_document_is_looked_at_as_text(project: tuple[str, Path], client: TestClient) -> None:
    address, _ = project
    only = re.search(r'name="only" value="([^"]+)"', client.get(address).text)
    assert only is not None
    job = client.post(f"{address}/make", data={"what": "look", "only": only[1]}, headers=OWN).headers["location"]
    assert wait_for(client, job, 180)["state"] == "done"
    page = client.get(job).text
    assert "文字：" in page
    assert len(re.findall(r"<p>[^<]", page)) > 3
    assert client.get(f"{job}/pages/999").status_code == 404

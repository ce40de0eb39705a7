"""No record, no workbook and no table of anybody's makes docgen crash: every run ends with what it found."""

from __future__ import annotations

import csv
import io
import json
import random
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from support.command_line import COMPLETE, PROFILE, ROOT, CommandLine
from support.intake_support import fill_workbook, load_profile, load_sample, open_empty

from docgen.sources.intake.workbook.sheets import build_layout
from docgen.trees import read_tree

SCRAPS = (
    "", "…", "≤1.0", "８５", "−3", "1,234", "2024-02-30", "2015-06-07T00:00:00Z", "2015-06-07T16:00:00.000Z", "是",
    "13900001234转1", "[]", "{}", "{a: b}", "[[x]]", "null", "'", '"', "&a", "*a", "!!str x", "\t", "\u200b", "9" * 40,
    "-", "|", ": :", "企业", "同上", "/", "1e400", "0x10", "\ufeff", "a\u0000b", "99999-12-31", "％", "50%",
    "\U0001f600", "? x", "- - -", "%YAML 9.9", "---", "...", "@", "`", "\\", "\x85", "\u2028", "2024年13月", "24:61",
    "=1/0",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    *SCRAPS, None, True, False, 0, -1, 10**30, 1.5, 1e300, [], {}, [[]], [None], [{}], {"": None}, {"key": []},
)  # fmt: skip
FORMATS = ("General", "[Red]0%", "yyyy-mm-dd", "000000", '[=0]"-";0%', "@", "yyyy年m月", "h:mm:ss", "0.00E+00", "# ?/?")
RECORDS = sorted(
    path for path in (ROOT / "samples").glob("*/*/record.yaml") if path.parts[-2] not in ("park", "negative")
)


def try_seeds(number: int, more: int) -> list[Any]:
    """``number`` seeds at any time, up to ``more`` with ``--slow``."""
    return [*range(number), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(number, more))]


@pytest.fixture
def docgen(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


def copy_sample(record: Path, folder: Path) -> Path:
    shutil.copytree(record.parent, folder / "record")
    return folder / "record" / "record.yaml"


def try_commands(docgen: CommandLine, luck: random.Random, given: Path, *more: object) -> None:
    """A check, and something made in spite of every error."""
    assert docgen("check", given, *more).code in (0, 1, 2)
    out = given.parent / "输出"
    match luck.randrange(4):
        case 0:
            ran = docgen("build", given, "-o", out, "--draft", "--no-package", *more)
        case 1:
            ran = docgen("batch", given, "-o", out, "--jobs", 1, "--draft", *more)
        case 2:
            ran = docgen("build", given, "-o", out, *more)
        case _:
            return
    assert ran.code in (0, 1, 2)


# records


def spoil_text(text: str, luck: random.Random) -> str:
    lines = text.split("\n")
    for _ in range(luck.randint(1, 6)):
        at = luck.randrange(len(lines))
        key, colon, _ = lines[at].partition(": ")
        match luck.randrange(6):
            case 0:
                lines[at] = key + colon + luck.choice(SCRAPS)
            case 1:
                del lines[at]
            case 2:
                lines.insert(at, luck.choice(lines))
            case 3:
                lines[at] = " " * luck.randint(0, 6) + lines[at].strip()
            case 4:
                lines[at] = re.sub(r"[\w.-]+", lambda _: luck.choice(SCRAPS).replace("\\", "/"), lines[at], count=1)
            case _:
                place = luck.randint(0, len(lines[at]))
                lines[at] = lines[at][:place] + luck.choice(SCRAPS) + lines[at][place:]
    return "\n".join(lines)


@pytest.mark.parametrize("seed", try_seeds(25, 300))
def test_no_record_makes_it_crash(docgen: CommandLine, tmp_path: Path, seed: int) -> None:
    luck = random.Random(seed)
    record = copy_sample(luck.choice(RECORDS) if seed % 2 else COMPLETE, tmp_path)
    record.write_text(spoil_text(record.read_text("utf-8"), luck), "utf-8")
    try_commands(docgen, luck, record)


def spoil_data(data: Any, luck: random.Random) -> None:
    """Put other values, keys and entries in some places of a record."""
    for _ in range(luck.randint(1, 5)):
        places: list[tuple[Any, Any]] = []
        list_places(data, places)
        inside, at = luck.choice(places)
        match luck.randrange(5):
            case 0:
                del inside[at]
            case 1 if isinstance(inside, dict):
                inside[luck.choice([*SCRAPS, *inside, "key", "of", "name", "file"])] = inside[at]
            case 1:
                inside.insert(at, inside[at])
            case 2:
                other, place = luck.choice(places)
                inside[at] = other[place]
            case _:
                inside[at] = luck.choice(VALUES)
        # what stands in two places, or inside itself, would be spoilt in both
        data = json.loads(json.dumps(data)) if is_finite(data) else data


def list_places(data: Any, places: list[tuple[Any, Any]], depth: int = 0) -> None:
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for at, value in inside if depth < 30 else ():
        places.append((data, at))
        list_places(value, places, depth + 1)


def is_finite(data: Any) -> bool:
    try:
        json.dumps(data)
    except (ValueError, RecursionError):
        return False
    return True


@pytest.mark.parametrize("seed", try_seeds(12, 250))
def test_no_json_record_makes_it_crash(docgen: CommandLine, tmp_path: Path, seed: int) -> None:
    luck = random.Random(seed)
    given = copy_sample(luck.choice(RECORDS), tmp_path)
    while True:
        data = json.loads(json.dumps(read_tree(given).data, default=str))
        spoil_data(data, luck)
        if is_finite(data):
            break
    text = json.dumps(data, ensure_ascii=luck.random() < 0.5, indent=luck.choice([None, 2]))
    if luck.random() < 0.2:
        place = luck.randrange(len(text))
        text = text[:place] + luck.choice(['"', "{", "]", ",", "\\u", "NaN", "\n", ""]) + text[place + 1 :]
    given.unlink()
    record = given.with_suffix(".json")
    record.write_text(text, "utf-8", errors="surrogatepass")
    try_commands(docgen, luck, record)


# workbooks of docgen's own kind


@pytest.fixture(scope="module")
def sound_workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("fuzz") / "填报.xlsx"
    book = open_empty(load_profile())
    fill_workbook(book, build_layout(load_profile()), load_sample())
    book.save(path)
    return path


@pytest.mark.parametrize("seed", try_seeds(4, 80))
def test_no_workbook_makes_it_crash(docgen: CommandLine, sound_workbook: Path, tmp_path: Path, seed: int) -> None:
    luck = random.Random(seed)
    book = openpyxl.load_workbook(sound_workbook)
    for _ in range(luck.choice([5, 150])):
        sheet = luck.choice(book.worksheets)
        cell = sheet.cell(luck.randint(3, 9), luck.randint(1, min(sheet.max_column + 2, 30)))
        if cell.__class__.__name__ != "MergedCell":
            scrap = luck.choice((*SCRAPS, 0.95, -1, 45541.5, True, "=1/0", "#N/A", 1e300, 2958466, -0.5))
            cell.value = re.sub(r"[\x00-\x08]", "", scrap) if isinstance(scrap, str) else scrap
            cell.number_format = luck.choice(FORMATS)
    for _ in range(3):
        sheet, row, column = luck.choice(book.worksheets), luck.randint(3, 8), luck.randint(1, 6)
        sheet.merge_cells(None, row, column, row + luck.randint(0, 3), column + luck.randint(0, 2))
    for sheet in luck.sample(book.worksheets, 2):
        match luck.randrange(5):
            case 0:
                book.remove(sheet)
            case 1:
                sheet.title = luck.choice(["表", "Sheet1", "企业 (2)", "填报说明"])
            case 2:
                sheet.delete_rows(luck.randint(1, 5))
            case 3:
                sheet.insert_cols(luck.randint(1, 4))
            case _:
                pass
    path = tmp_path / "填报.xlsx"
    book.save(path)
    if luck.random() < 0.3:
        out = tmp_path / "退回.xlsx"
        assert docgen("check", path, "--return", out).code in (0, 1, 2)
    try_commands(docgen, luck, path)


def spoil_bytes(content: bytearray, luck: random.Random) -> bytes:
    for _ in range(luck.randint(1, 30)):
        content[luck.randrange(len(content))] = luck.randrange(256)
    whole = bytes(content)
    return whole[: luck.randint(len(whole) // 2, len(whole))] if luck.random() < 0.3 else whole


def spoil_part(content: bytes, luck: random.Random) -> bytes:
    """Change attributes, tags and texts of an XML part."""
    text = content.decode("utf-8", "surrogateescape")
    changes: tuple[Callable[[re.Match[str]], str], ...] = (
        lambda _: "",
        lambda found: found.group() * 2,
        lambda found: re.sub(r'"[^"]*"', f'"{luck.choice(ATTRIBUTES)}"', found.group(), count=1),
        lambda found: re.sub(r"\d+", luck.choice(ATTRIBUTES), found.group(), count=1),
    )
    for _ in range(luck.randint(1, 4)):
        found = list(re.finditer(luck.choice(PIECES), text))
        if found:
            piece = luck.choice(found)
            text = text[: piece.start()] + luck.choice(changes)(piece) + text[piece.end() :]
    return text.encode("utf-8", "surrogateescape")


PIECES = (r'\s[\w:]+="[^"]*"', r"<[\w:]+[^<>]*/>", r"<(\w+)[^<>]*>[^<>]*</\1>", r"<[\w:]+[^<>]*>", r">[^<>]+<")
ATTRIBUTES = ("", "0", "-1", "1.5", "9999999999", "A0", "XFE1", "A1:B", "x", "&amp;", "A1048577", "true", "s", "１")


def spoil_archive(given: Path, luck: random.Random) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(given) as source, zipfile.ZipFile(made, "w") as target:
        names = [name for name in source.namelist() if name.endswith((".xml", ".rels"))]
        spoilt = luck.sample(names, min(len(names), luck.randint(1, 3)))
        for name in source.namelist():
            content = source.read(name)
            if name in spoilt and luck.random() < 0.1:
                continue
            target.writestr(name, spoil_part(content, luck) if name in spoilt else content)
    return made.getvalue()


@pytest.mark.parametrize("seed", try_seeds(12, 500))
def test_no_damaged_workbook_makes_it_crash(
    docgen: CommandLine, sound_workbook: Path, tmp_path: Path, seed: int
) -> None:
    luck = random.Random(seed)
    given = luck.choice([sound_workbook, *sorted((ROOT / "tests" / "producers").iterdir())])
    path = tmp_path / f"a{given.suffix}"
    if given.suffix != ".xls" and seed % 2:
        path.write_bytes(spoil_archive(given, luck))
    else:
        path.write_bytes(spoil_bytes(bytearray(given.read_bytes()), luck))
    assert docgen("check", path, "--profile", PROFILE).code in (0, 1, 2)
    if given != sound_workbook and luck.random() < 0.5:
        assert docgen("map", "suggest", path, "--profile", PROFILE, "-o", tmp_path / "对照.yaml").code in (0, 1, 2)


# tables of somebody else


def make_table(luck: random.Random) -> list[list[str]]:
    headers = ["序号", "企业名称", "统一社会信用代码", "法定代表人", "联系电话", "成立日期", "营业收入（万元）", "备注"]
    luck.shuffle(headers)
    rows = [[luck.choice(["甲公司", "乙公司", "12", "2024-03-01", "3.5", *SCRAPS]) for _ in headers] for _ in range(12)]
    table = [["企业情况登记表"]] * luck.randint(0, 2) + [headers[: luck.randint(1, 8)], *rows]
    for _ in range(luck.randint(0, 6)):
        row = luck.randrange(len(table))
        match luck.randrange(4):
            case 0:
                table[row] = []
            case 1:
                table[row] = table[row] + [luck.choice(SCRAPS)] * luck.randint(1, 300)
            case 2:
                table[row] = ["合计", *table[row][1:]]
            case _:
                table[row] = table[row][: luck.randint(0, 3)]
    return table


@pytest.mark.parametrize("seed", try_seeds(6, 200))
@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_no_table_makes_it_crash(docgen: CommandLine, tmp_path: Path, seed: int, suffix: str) -> None:
    luck = random.Random(seed)
    path, mapping = tmp_path / f"表{suffix}", tmp_path / "对照.yaml"
    table = make_table(luck)
    if suffix == ".csv":
        text = io.StringIO()
        csv.writer(text, delimiter=luck.choice(",;\t"), quoting=luck.choice([0, 1])).writerows(table)
        content = bytearray(text.getvalue().encode(luck.choice(["utf-8", "utf-8-sig", "gb18030", "utf-16"]), "replace"))
        path.write_bytes(spoil_bytes(content, luck) if luck.random() < 0.5 else content)
    else:
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        for row in table:
            sheet.append([re.sub(r"[\x00-\x08]", "", text) for text in row])
        book.save(path)
    assert docgen("map", "suggest", path, "--profile", PROFILE, "-o", mapping).code in (0, 1, 2)
    if not mapping.exists():
        return
    if luck.random() < 0.5:
        mapping.write_text(spoil_text(mapping.read_text("utf-8"), luck), "utf-8")
    try_commands(docgen, luck, path, "--mapping", mapping)

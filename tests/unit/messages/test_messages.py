"""The catalogue is complete in both languages, and says what the program asks it to say."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from docgen.diagnostics import Location, error
from docgen.messages import LANGUAGES, SECTIONS, Language, catalogue, read_sections
from docgen.messages.description import format_size

PACKAGE = Path(__file__).resolve().parents[3] / "docgen"
CODE = re.compile(r"[A-Z]\d{3}")
REPORTERS = {"error": 0, "warning": 0, "info": 0, "report_at_level": 1}
OWN_KEYWORDS = {"clause", "location"}
ENTRY_KEYS = {"title", "message", "why", "mend"}

ZH, EN = read_sections("zh"), read_sections("en")


def find_params(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def iterate_sources() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path, ast.parse(path.read_text("utf-8"))


def find_codes() -> tuple[set[str], set[str]]:
    """The codes that stand in the program, and the beginnings of those that are put together there."""
    codes: set[str] = set()
    beginnings: set[str] = set()
    for _, tree in iterate_sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
                codes.add(node.value)
            elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                text = str(node.values[0].value)
                if re.fullmatch(r"[A-Z]\d{2}", text):
                    beginnings.add(text)
    return codes, beginnings


def find_reports() -> Iterator[tuple[str, str, set[str]]]:
    """Where, code and parameters of every report whose code stands in the call."""
    for path, tree in iterate_sources():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in REPORTERS):
                continue
            place = REPORTERS[node.func.id]
            first = node.args[place] if len(node.args) > place else None
            if any(keyword.arg is None for keyword in node.keywords) or not isinstance(first, ast.Constant):
                continue
            names = {keyword.arg for keyword in node.keywords if keyword.arg is not None}
            yield f"{path.relative_to(PACKAGE)}:{node.lineno}", str(first.value), names - OWN_KEYWORDS


REPORTS = list(find_reports())


@pytest.mark.parametrize("section", SECTIONS)
def test_both_languages_have_the_same_keys(section: str) -> None:
    assert set(ZH[section]) == set(EN[section])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_entry_is_complete(lang: Language) -> None:
    for code, entry in read_sections(lang)["diagnostics"].items():
        assert CODE.fullmatch(code), code
        assert set(entry) - {"mend_workbook"} == ENTRY_KEYS, code
        assert all(isinstance(text, str) and text.strip() for text in entry.values()), code
        assert not find_params(entry["title"]) | find_params(entry["why"]), f"{code}: only message and mend have params"


def test_every_entry_has_the_same_params_in_both_languages() -> None:
    for code in ZH["diagnostics"]:
        for part in ("message", "mend", "mend_workbook"):
            pair = [find_params(sections["diagnostics"][code].get(part, "")) for sections in (ZH, EN)]
            assert pair[0] == pair[1], f"{code} {part}"
        assert ("mend_workbook" in ZH["diagnostics"][code]) == ("mend_workbook" in EN["diagnostics"][code]), code
        for sections in (ZH, EN):
            entry = sections["diagnostics"][code]
            asked = find_params(entry["message"]) | find_params(entry["mend"])
            assert find_params(entry.get("mend_workbook", "")) <= asked, code


@pytest.mark.parametrize("code", sorted(code for code, entry in ZH["diagnostics"].items() if "mend_workbook" in entry))
def test_who_fills_in_a_workbook_is_told_no_field_of_a_text(code: str) -> None:
    item = error(code, **dict.fromkeys(find_params(ZH["diagnostics"][code]["mend"]), "工作表“企业”的“名称”"))
    plain, in_workbook = (
        catalogue("zh").mend(item.at(at)) for at in (Location("yaml"), Location("xlsx", sheet="企业"))
    )
    assert plain != in_workbook
    assert not re.search(r"[a-z]+_[a-z]+|（[a-z]+）|[一-鿿] 工作表", in_workbook)


def test_every_text_has_the_same_params_in_both_languages() -> None:
    for key in ZH["text"]:
        assert find_params(ZH["text"][key]) == find_params(EN["text"][key]), key


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_text_is_a_text(lang: Language) -> None:
    sections = read_sections(lang)
    for section in ("text", "labels", "help"):
        for key, value in sections[section].items():
            assert isinstance(value, str), f"{section}.{key}"


@pytest.mark.heavy
def test_every_code_of_the_program_is_in_the_catalogue() -> None:
    codes, _ = find_codes()
    assert codes - set(ZH["diagnostics"]) == set()


@pytest.mark.heavy
def test_every_code_of_the_catalogue_is_used() -> None:
    codes, beginnings = find_codes()
    unused = {code for code in ZH["diagnostics"] if code not in codes and code[:3] not in beginnings}
    assert unused == set()


def test_there_are_reports_to_look_at() -> None:
    assert len(REPORTS) > 50


@pytest.mark.parametrize(("where", "code", "given"), REPORTS, ids=lambda value: value if isinstance(value, str) else "")
def test_every_report_gives_what_its_message_names(where: str, code: str, given: set[str]) -> None:
    for lang in LANGUAGES:
        entry = catalogue(lang).diagnostics.get(code)
        if entry is None:
            continue  # another test names it
        asked = find_params(entry.message) | find_params(entry.mend)
        assert asked <= given, f"{where} {code} {lang}: {asked - given} not given"


def test_the_texts_of_the_command_line_are_used() -> None:
    source = "\n".join(path.read_text("utf-8") for path in sorted((PACKAGE / "cli").rglob("*.py")))
    families = re.compile(
        r"(severity|count|output|status|shape|doctor|explain|help|profile|case|template|package)\.[a-z._-]+|nearest|no-nearest"
    )
    for key in ZH["text"]:
        name = key.removeprefix("cli.")
        if key.startswith("cli.") and not families.fullmatch(name):
            assert re.search(rf"[\"'](cli\.)?{re.escape(name)}[\"'.]", source), key


@pytest.mark.parametrize(
    ("size", "shown"),
    [(0, "0 B"), (999, "999 B"), (17_400, "17.4 KB"), (3_200_000, "3.2 MB"), (5 * 10**12, "5000.0 GB")],
)
def test_sizes_are_spelled_as_people_read_them(size: int, shown: str) -> None:
    assert format_size(size) == shown

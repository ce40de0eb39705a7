"""Reading and copying a table: who watches is told the share that is done; what didn't change isn't read again."""

from __future__ import annotations

from pathlib import Path

from docgen.sources.intake.reading.source import open_workbook
from docgen.sources.intake.returning.plain_copy import write_plain

_ROWS = 2500


def write_csv(path: Path) -> Path:
    path.write_text("\n".join(f"企业{number},{number},武汉市某区" for number in range(_ROWS)), "utf-8")
    return path


def test_reading_and_copying_tell_the_share_that_is_done(tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    book = open_workbook(write_csv(tmp_path / "名单.csv"), watch=lambda done, total: steps.append((done, total)))
    assert steps == [(1000, _ROWS), (2000, _ROWS)]
    steps.clear()
    data = write_plain(book, lambda done, total: steps.append((done, total)))
    assert steps[: _ROWS : _ROWS - 1] == [(1, 2 * _ROWS), (_ROWS, 2 * _ROWS)]
    assert steps[-1] == (2 * _ROWS, 2 * _ROWS)
    (tmp_path / "名单.xlsx").write_bytes(data)
    steps.clear()
    copied = open_workbook(tmp_path / "名单.xlsx", watch=lambda done, total: steps.append((done, total)))
    assert [row.cells for row in copied.sheets[0].rows] == [row.cells for row in book.sheets[0].rows]
    assert steps == sorted(steps)
    assert {total for _, total in steps} == {steps[-1][1]}
    assert 0.5 < steps[-1][0] / steps[-1][1] <= 1


def test_a_table_is_read_again_when_it_has_changed_alone(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "名单.csv")
    book = open_workbook(path)
    assert open_workbook(path) is book
    path.write_text("企业,数\n甲,1\n", "utf-8")
    assert [list(row.cells.values()) for row in open_workbook(path).sheets[0].rows] == [["企业", "数"], ["甲", "1"]]

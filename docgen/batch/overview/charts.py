"""Draw the charts of the overview of many packages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docgen.batch.book_styles import FONT
from docgen.messages import Catalogue

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

_COLORS = ("#2E75B6", "#70AD47", "#FFC000", "#ED7D31", "#7F7F7F", "#A5A5A5", "#5B9BD5", "#264478")


@dataclass(frozen=True, slots=True)
class SumTable:
    """A table of sums: its first and last row, counted from 0, without head and total."""

    first: int
    last: int


class ChartMaker:
    """Draws the charts; ``grades`` are the titles of the columns behind the number of enterprises."""

    def __init__(
        self, book: Workbook, sheets: Mapping[str, Worksheet], words: Catalogue, grades: Sequence[str]
    ) -> None:
        self._book = book
        self._sheet = sheets["charts"]
        self._words = words
        self._grades = grades
        self._name = sheets["sums"].get_name()

    def draw(self, grades: SumTable, regions: SumTable, divisions: SumTable) -> None:
        """Draw grades, grades by district, industries, benefit by district, one below another."""
        benefit, top = 5 + len(self._grades), 0
        self._sheet.set_portrait()
        self._sheet.set_paper(9)
        self._sheet.fit_to_pages(1, 0)
        self._sheet.hide_gridlines(2)
        breaks: list[int] = []
        for chart, height in (
            (self._draw_ring(grades), 300),
            (self._draw_stack("regions", regions), _chart_height(regions)),
            (self._draw_bars("divisions", divisions, 2), _chart_height(divisions)),
            (self._draw_bars("benefit", regions, benefit), _chart_height(regions)),
        ):
            if top:
                breaks.append(top)
            chart.set_size({"width": 590, "height": height})
            self._sheet.insert_chart(top, 0, chart, {"object_position": 3})
            top += height // 20 + 1
        self._sheet.set_h_pagebreaks(breaks[1::2])

    def _draw_ring(self, grades: SumTable) -> Any:
        chart = self._book.add_chart({"type": "doughnut"})
        points = [{"fill": {"color": _COLORS[at % len(_COLORS)]}} for at in range(grades.last - grades.first + 1)]
        chart.add_series(
            {
                "name": self._words.text("summary.head.enterprises"),
                "categories": [self._name, grades.first, 0, grades.last, 0],
                "values": [self._name, grades.first, 2, grades.last, 2],
                "points": points,
                "data_labels": {"value": True, "font": {"name": FONT, "size": 10}},
            }
        )
        self._set_title(chart, "grades")
        chart.set_legend({"position": "right", "font": {"name": FONT, "size": 10}})
        return chart

    def _draw_stack(self, name: str, table: SumTable) -> Any:
        chart = self._book.add_chart({"type": "bar", "subtype": "stacked"})
        for at, grade in enumerate(self._grades):
            chart.add_series(
                {
                    "name": grade,
                    "categories": [self._name, table.first, 1, table.last, 1],
                    "values": [self._name, table.first, 3 + at, table.last, 3 + at],
                    "fill": {"color": _COLORS[at % len(_COLORS)]},
                    "gap": 60,
                }
            )
        self._set_title(chart, name)
        self._set_axes(chart)
        chart.set_legend({"position": "bottom", "font": {"name": FONT, "size": 10}})
        return chart

    def _draw_bars(self, name: str, table: SumTable, column: int) -> Any:
        chart = self._book.add_chart({"type": "bar"})
        chart.add_series(
            {
                "name": self._words.text(f"summary.chart.{name}"),
                "categories": [self._name, table.first, 1, table.last, 1],
                "values": [self._name, table.first, column, table.last, column],
                "fill": {"color": _COLORS[0]},
                "gap": 60,
                "data_labels": {"value": True, "font": {"name": FONT, "size": 9}},
            }
        )
        self._set_title(chart, name)
        self._set_axes(chart)
        chart.set_legend({"none": True})
        return chart

    def _set_title(self, chart: Any, name: str) -> None:
        title = self._words.text(f"summary.chart.{name}")
        chart.set_title({"name": title, "name_font": {"name": FONT, "size": 12, "bold": True}, "overlay": False})

    def _set_axes(self, chart: Any) -> None:
        font = {"name": FONT, "size": 9}
        chart.set_y_axis({"num_font": font, "reverse": True, "crossing": "max", "major_gridlines": {"visible": False}})
        chart.set_x_axis(
            {
                "num_font": font,
                "num_format": "#,##0",
                "major_gridlines": {"visible": True, "line": {"color": "#E0E0E0"}},
            }
        )


def _chart_height(table: SumTable) -> int:
    return min(140 + 26 * (table.last - table.first + 1), 1200)

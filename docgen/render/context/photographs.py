"""Makes the views of photographs on a photo sheet: the picture, its subject, place and date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from docgen.render.context.source import ContextSource, ShownPhotograph
from docgen.render.context.views import PhotographView
from docgen.render.values.values import ImageValue, Missing

BLANK_FRAMES = 2
"""How many empty frames a blank sheet has: one page of them."""


def view_photographs(source: ContextSource) -> tuple[PhotographView, ...]:
    """Make the views of a document's photographs; empty frames in mode ``blank``."""
    if source.is_blank:
        free = Missing("photographs", "", "blank")
        return tuple(PhotographView(free, free, free, free, free, (), free, "") for _ in range(BLANK_FRAMES))
    return order_photographs(source.photographs)


def order_photographs(photographs: Sequence[ShownPhotograph]) -> tuple[PhotographView, ...]:
    """Make the views of photographs in the order of their dates, those without a date at the end."""
    ordered = sorted(photographs, key=lambda item: (item.date is None, item.date or dt.date.min))
    return tuple(_view_photograph(item, number) for number, item in enumerate(ordered, 1))


def _view_photograph(item: ShownPhotograph, number: int) -> PhotographView:
    def free(name: str) -> Missing:
        return Missing(f"photographs.{name}", "", "blank")

    return PhotographView(
        number=number,
        title=item.title or free("title"),
        place=item.place or free("place"),
        date=item.date or free("date"),
        occasion=item.occasion or free("occasion"),
        enterprises=item.enterprises,
        picture=ImageValue(item.picture, description=item.title) if item.picture is not None else free("picture"),
        note=item.note,
    )

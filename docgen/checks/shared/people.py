"""Lists the names of people and organisations in a value."""

from __future__ import annotations

import re

from docgen.content.name_lists import split_names
from docgen.profile.subject import is_present

_ASIDE = re.compile(r"[（(][^（）()]*[)）]")
_INSIDE_NAME = re.compile(r"(?<=^[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff]$)")


def list_people(text: object) -> tuple[str, ...]:
    """List the names in a typed list, without text in brackets behind a name and without spaces in it."""
    bare = _ASIDE.sub("", str(text)).replace("/", "、").replace("和", "、")
    pieces = [re.sub(r"^.*[:：]", "", piece) for piece in split_names(bare)]
    names = (name for piece in pieces for name in re.split(r"\s{2,}|(?<=\S{2}) ", _INSIDE_NAME.sub("", piece)))
    return tuple(name.strip() for name in names if name.strip())


def list_names(value: object, *, of_people: bool) -> tuple[str, ...]:
    """List the names in a value: with ``of_people`` each text is a list of persons' names, else one name."""
    if not is_present(value):
        return ()
    if isinstance(value, tuple):
        return tuple(name for item in value for name in list_names(item, of_people=of_people))
    return list_people(value) if of_people else (str(value).strip(),)

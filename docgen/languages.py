"""The languages that docgen speaks; a leaf of its own, so that asking for the version loads no texts."""

from typing import Literal

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")

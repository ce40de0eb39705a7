"""What the template of the register for handing over sees; ``docgen.pipeline`` makes it."""

from __future__ import annotations

from dataclasses import dataclass

from docgen.render.context.packages import TitleView


@dataclass(frozen=True, slots=True)
class TransferView:
    """``transfer`` of the register: "" where nobody said, to be filled in by hand.

    ``accuracy`` … ``safety`` are what the sender found; ``contents`` are paragraphs.
    """

    title: str
    task: str
    contents: tuple[str, ...]
    count: str
    volume: str
    carrier: str
    carrier_number: str
    sender: str
    receiver: str
    accuracy: str
    completeness: str
    usability: str
    safety: str


@dataclass(frozen=True, slots=True)
class TransferRegisterContext:
    """What the template of the register sees."""

    transfer: TransferView
    document: TitleView

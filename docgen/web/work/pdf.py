"""PDF of documents that another job made: a few at a time, so that it tells how far it is."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from docgen.messages import catalogue
from docgen.pipeline.stages.pdf import require_office
from docgen.render.office.process import Ending
from docgen.render.pdf import Converter, OfficeFile
from docgen.web.jobs.model import JobOutcome, JobTask, Progress, ResultFile

_AT_A_TIME = 12


def convert_documents(task: JobTask, progress: Progress) -> JobOutcome:
    """The PDFs that LibreOffice makes of Word and Excel files, and the list of what it can't convert.

    Raises OutputError A210 without LibreOffice.
    """
    converter, words = Converter(require_office(), task.resources.converting), catalogue(task.lang)
    progress.begin(len(task.order.sources))
    named = Counter[str]()
    outputs: list[ResultFile] = []
    unconverted: list[str] = []
    for start in range(0, len(task.order.sources), _AT_A_TIME):
        if progress.should_stop():
            break
        share = task.order.sources[start : start + _AT_A_TIME]
        files = [OfficeFile(item.path.suffix.lower(), item.path) for item in share]
        for item, made in zip(share, converter.convert(files, dt.datetime.now(dt.UTC).date()), strict=True):
            progress.advance(item.name)
            if isinstance(made, Ending):
                reason = made.describe()
                unconverted.append(f"{item.name}：{words.text(reason.key, **reason.params)}")
                continue
            name = item.name.rpartition(".")[0]
            named[name] += 1
            name += f"_{named[name]}.pdf" if named[name] > 1 else ".pdf"
            (task.results / name).write_bytes(made)
            outputs.append(ResultFile(name, name, "pdf"))
    return JobOutcome({"unconverted": unconverted, "from": task.order.options["from"]}, (), tuple(outputs))

"""Converts documents of another job to PDF, a few at a time, so that progress can be shown."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from docgen.messages import catalogue
from docgen.pipeline.stages.pdf import require_office
from docgen.render.office.process import Ending
from docgen.render.pdf import Converter, OfficeFile
from docgen.web.jobs.model import JobOutcome, JobTask, Progress, ResultFile

_BATCH_SIZE = 12


def convert_documents(task: JobTask, progress: Progress) -> JobOutcome:
    """Convert Word and Excel files with LibreOffice; list those that it can't convert.

    OutputError A210 without LibreOffice.
    """
    converter, words = Converter(require_office(), task.resources.converting), catalogue(task.lang)
    progress.begin(len(task.order.sources))
    used_names = Counter[str]()
    outputs: list[ResultFile] = []
    unconverted: list[str] = []
    for start in range(0, len(task.order.sources), _BATCH_SIZE):
        if progress.should_stop():
            break
        group = task.order.sources[start : start + _BATCH_SIZE]
        files = [OfficeFile(item.path.suffix.lower(), item.path) for item in group]
        for item, made in zip(group, converter.convert(files, dt.datetime.now(dt.UTC).date()), strict=True):
            progress.advance(item.name)
            if isinstance(made, Ending):
                reason = made.describe()
                unconverted.append(f"{item.name}：{words.text(reason.key, **reason.params)}")
                continue
            name = item.name.rpartition(".")[0]
            used_names[name] += 1
            name += f"_{used_names[name]}.pdf" if used_names[name] > 1 else ".pdf"
            (task.results / name).write_bytes(made)
            outputs.append(ResultFile(name, name, "pdf"))
    return JobOutcome({"unconverted": unconverted, "from": task.order.options["from"]}, (), tuple(outputs))

"""Render a document with a user's template, from the sample record of its standard, else from an empty one."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from docgen.diagnostics import Location, error
from docgen.errors import SourceError
from docgen.pipeline.build import build_record
from docgen.pipeline.services.projects import RECORD_FILE, start_project
from docgen.pipeline.stages.outcome import Options
from docgen.profile.labels import choose_document
from docgen.profile.load import find_profile
from docgen.render.scan.template import is_workbook
from docgen.resources import Resources, shipped_folder


def render_sample(path: Path, resources: Resources, wanted: tuple[str, str], out: Path) -> bool:
    """Make a document with the template at ``path``, below ``out``; ``wanted`` are the ids of profile and document.

    The record is the sample of the profile that came with docgen, else (and the answer is False) an empty one.
    Raises DocgenError as ``build_record`` does.
    """
    profile_id, document_id = wanted
    loaded = find_profile(resources, profile_id)
    document = choose_document(loaded.profile.documents, document_id)
    names = document.template_names if document is not None else ()
    name = next((name for name in names if is_workbook(name) == is_workbook(path.name)), None)
    if name is None:
        raise SourceError(error("N232", Location(file=str(path)), path=str(path), names="、".join(names)))
    with tempfile.TemporaryDirectory(dir=out) as folder:
        own = Path(folder) / "templates" / name
        own.parent.mkdir(parents=True)
        shutil.copyfile(path, own)
        chosen = replace(resources, own_templates=(Path(folder) / "templates", *resources.own_templates))
        samples = sorted((shipped_folder("templates").parent / "samples" / profile_id).glob("*/record.yaml"))
        for record in samples:
            options = Options(chosen, draft=True, package=False, only=(document_id,))
            if build_record(record, out, options).outputs:
                return True
        start_project(Path(folder) / "record", profile_id, resources)
        record = Path(folder) / "record" / RECORD_FILE
        build_record(record, out, Options(chosen, blank=True, package=False, only=(document_id,)))
    return False

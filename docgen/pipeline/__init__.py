"""The stages in order, and what else a front end asks for: this is its door, and nothing behind it prints.

``build`` is the page that lists the stages; ``stages`` are those, ``packages`` what is made beside the main package,
``handwritten`` packages of what people wrote, ``comparison`` differences, ``services`` the rest. A name is imported
when it is asked for: a batch in which nothing changed needs the options alone.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docgen.pipeline.build import build_record, check_record
    from docgen.pipeline.comparison import Change, Comparison, LineChange, compare_files
    from docgen.pipeline.handwritten import FiledFile, LackingDocument, PackagingOutcome, package_record
    from docgen.pipeline.packages.transfer import TransferOptions, TransferOutcome, transfer_package
    from docgen.pipeline.services.case import CaseJudgement, CaseOutcome, judge_case
    from docgen.pipeline.services.intake import suggest_table_mapping, write_returned, write_target
    from docgen.pipeline.services.profiles import (
        check_profile_folder,
        draft_record,
        draft_workbook,
        dump_schema,
        list_profiles,
        write_schema,
    )
    from docgen.pipeline.services.templates import (
        CheckedTemplate,
        TemplateUses,
        annotate_template,
        check_template_file,
        list_template_uses,
    )
    from docgen.pipeline.stages.outcome import Options, Outcome, Output, RecordSummary
    from docgen.render.scan.names import NameUse

__all__ = [
    "CaseJudgement",
    "CaseOutcome",
    "Change",
    "CheckedTemplate",
    "Comparison",
    "FiledFile",
    "LackingDocument",
    "LineChange",
    "NameUse",
    "Options",
    "Outcome",
    "Output",
    "PackagingOutcome",
    "RecordSummary",
    "TemplateUses",
    "TransferOptions",
    "TransferOutcome",
    "annotate_template",
    "build_record",
    "check_profile_folder",
    "check_record",
    "check_template_file",
    "compare_files",
    "draft_record",
    "draft_workbook",
    "dump_schema",
    "judge_case",
    "list_profiles",
    "list_template_uses",
    "package_record",
    "suggest_table_mapping",
    "transfer_package",
    "write_returned",
    "write_schema",
    "write_target",
]

if not TYPE_CHECKING:
    _ROOMS = ("stages.outcome", "build", "comparison", "handwritten", "packages.transfer", "services.case")
    _ROOMS += ("services.intake", "services.profiles", "services.templates")

    def __getattr__(name: str) -> object:
        """A name of the door, from the first room that has it."""
        rooms = (import_module(f"{__name__}.{room}") for room in _ROOMS if name in __all__)
        found = next((room for room in rooms if hasattr(room, name)), None)
        if found is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(found, name)

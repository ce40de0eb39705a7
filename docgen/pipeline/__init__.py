"""The stages in order: what the command line calls. Nothing here prints."""

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

"""The stages in order: what the command line calls. Nothing here prints."""

from docgen.pipeline.build import build_record, check_record
from docgen.pipeline.case import CaseJudgement, CaseOutcome, judge_case
from docgen.pipeline.outcome import Options, Outcome, Output, RecordSummary
from docgen.pipeline.profiles import check_profile_folder, draft_record, dump_schema, list_profiles, write_schema

__all__ = [
    "CaseJudgement",
    "CaseOutcome",
    "Options",
    "Outcome",
    "Output",
    "RecordSummary",
    "build_record",
    "check_profile_folder",
    "check_record",
    "draft_record",
    "dump_schema",
    "judge_case",
    "list_profiles",
    "write_schema",
]

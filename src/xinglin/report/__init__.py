"""Report: one standing as JSON, page, workbook, Word report, digest and table; it renders and computes nothing."""

from xinglin.report.as_json import dump_json, to_json
from xinglin.report.assessment.content import TaskLine
from xinglin.report.digest_files import digest_fragment, digest_html, render_digest
from xinglin.report.files import FORMS, Asked
from xinglin.report.html import render_html
from xinglin.report.terminal import print_table, summary_line
from xinglin.report.workbook import write_workbook

__all__ = [
    "FORMS",
    "Asked",
    "TaskLine",
    "digest_fragment",
    "digest_html",
    "dump_json",
    "print_table",
    "render_digest",
    "render_html",
    "summary_line",
    "to_json",
    "write_workbook",
]

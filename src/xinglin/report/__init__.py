"""Report: one standing as JSON, page, workbook and terminal table; it renders and computes nothing."""

from xinglin.report.as_json import dump_json, to_json
from xinglin.report.html import render_html
from xinglin.report.terminal import print_table, summary_line
from xinglin.report.workbook import write_workbook

__all__ = ["dump_json", "print_table", "render_html", "summary_line", "to_json", "write_workbook"]

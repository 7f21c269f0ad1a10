"""The self-assessment report (自评报告) as Word: `content` says what stands in it, `file` writes it.

Only `file` (with `styles` and `fields`) knows Word; it is imported where a report is written, being heavy.
"""

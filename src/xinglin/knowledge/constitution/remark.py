"""What stands in the way of scoring a form."""

from __future__ import annotations

from xinglin.base.errors import XinglinError
from xinglin.knowledge.remark import Remark, fault, hint


def item_fault(kind: str, number: str, what: str, fix: str) -> Remark:
    """A fault of one question, or of the form as a whole when there is no number."""
    return fault(kind, number, f"第 {number} 题" if number else "", what, fix)


def item_hint(kind: str, number: str, what: str, fix: str) -> Remark:
    """Something odd in one question, or in the form as a whole."""
    return hint(kind, number, f"第 {number} 题" if number else "", what, fix)


class IncompleteAnswers(XinglinError):  # noqa: N818 - reads as what happened
    """A form cannot be scored: answers are missing, wrong or contradict each other. It stays a draft.

    Args:
        form: name of the instrument. remarks: every fault, not only the first.
    """

    def __init__(self, form: str, remarks: tuple[Remark, ...]) -> None:
        self.remarks = remarks
        lines = "\n".join(f"  - {remark}" for remark in remarks)
        super().__init__(f"“{form}”还不能计分，可先存为草稿，有 {len(remarks)} 处要改：\n{lines}")

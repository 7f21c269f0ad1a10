"""One root for every error Xinglin raises; messages are Chinese and say what to do."""

from __future__ import annotations

from collections.abc import Sequence


class XinglinError(Exception):
    """Root of all errors raised on purpose."""


class DefinitionError(XinglinError):
    """A definition file (measure, table, policy document) cannot be loaded.

    Args:
        source: file or id the fault lies in.
        faults: one Chinese sentence per fault, each naming its place inside the file.
    """

    def __init__(self, source: str, faults: Sequence[str]) -> None:
        self.source = source
        self.faults = tuple(faults)
        lines = "\n".join(f"  - {fault}" for fault in self.faults)
        super().__init__(f"{source} 有 {len(self.faults)} 处错误：\n{lines}")


class DataError(XinglinError):
    """A data set cannot be read or used as asked."""

"""Cells whose formula failed (#REF!, #DIV/0!) or was never computed, in every kind of workbook.

calamine hands them over as empty cells, which would turn a broken number into "no number". So the file itself
is searched for them, and nothing else is read from it here.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from xinglin.facts.formulas import compound, ods, xls, xlsb, xlsx
from xinglin.facts.formulas.broken import Broken, Cells, is_error_word

__all__ = ["Broken", "Cells", "broken_cells", "is_error_word"]

_READERS: Mapping[str, Callable[[zipfile.ZipFile], Mapping[str, Cells]]] = {
    xlsx.MAIN: xlsx.broken_cells,
    xlsb.MAIN: xlsb.broken_cells,
    ods.MAIN: ods.broken_cells,
}
_UNFIT = (zipfile.BadZipFile, struct.error, LookupError, ValueError, NotImplementedError)


def broken_cells(path: Path, sheets: Sequence[str]) -> Mapping[str, Cells]:
    """Broken cells by worksheet name and (row, column) from 0.

    Args:
        path: the workbook; what it is goes by its content. sheets: names of all its sheets, in order.

    Returns:
        An entry for every worksheet that could be searched; one that is missing may hide broken cells.
    """
    try:
        if compound.is_compound(path):
            return xls.broken_cells(path.read_bytes(), sheets)
        with zipfile.ZipFile(path) as archive:
            return _in_archive(archive)
    except _UNFIT:
        return {}


def _in_archive(archive: zipfile.ZipFile) -> Mapping[str, Cells]:
    names = {name.replace("\\", "/").lower() for name in archive.namelist()}
    reader = next((read for main, read in _READERS.items() if main in names), None)
    return reader(archive) if reader else {}

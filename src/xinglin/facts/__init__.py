"""The data contract: table declarations, code lists, readers, checks and the layout on disk."""

from xinglin.facts.arrow import MARK, MARK_KEY, arrow_schema
from xinglin.facts.check import check_dataset
from xinglin.facts.dataset import Dataset, InvalidData, open_dataset
from xinglin.facts.layout import DatasetInfo, FileEntry, Manifest, write_dataset
from xinglin.facts.model import CodeList, Column, ColumnType, Contract, Table, load_contract, technique_rows

__all__ = [
    "MARK",
    "MARK_KEY",
    "CodeList",
    "Column",
    "ColumnType",
    "Contract",
    "Dataset",
    "DatasetInfo",
    "FileEntry",
    "InvalidData",
    "Manifest",
    "Table",
    "arrow_schema",
    "check_dataset",
    "load_contract",
    "open_dataset",
    "technique_rows",
    "write_dataset",
]

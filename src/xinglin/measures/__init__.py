"""How things are counted: one small text file per measure, a reference interpreter and a compiled one."""

from xinglin.measures.definition import Book, Definition, load_measures
from xinglin.measures.describe import describe
from xinglin.measures.nodes import Bound, Kind
from xinglin.measures.phrases import phrase

__all__ = ["Book", "Bound", "Definition", "Kind", "describe", "load_measures", "phrase"]

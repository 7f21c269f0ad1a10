"""What may be recorded: registers, activities, cases, assessments and surveys, as definitions that run no code."""

from xinglin.records.definition import Definition, Kind, Subject
from xinglin.records.fields import Field, FieldType, Personal
from xinglin.records.loading import Book, load_definitions, load_folders
from xinglin.records.validation import Checked, FieldFault, Lookup, check, check_scores

__all__ = [
    "Book",
    "Checked",
    "Definition",
    "Field",
    "FieldFault",
    "FieldType",
    "Kind",
    "Lookup",
    "Personal",
    "Subject",
    "check",
    "check_scores",
    "load_definitions",
    "load_folders",
]

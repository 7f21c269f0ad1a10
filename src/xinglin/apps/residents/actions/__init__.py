"""Every write of residents: keyword-only, ``by=`` the account, one transaction with its history and audit rows."""

from xinglin.apps.residents.actions.caring import answer, end_allergy, note_allergy
from xinglin.apps.residents.actions.merging import merge, undo_merge
from xinglin.apps.residents.actions.registering import Outdated, Twins, edit, register

__all__ = [
    "Outdated",
    "Twins",
    "answer",
    "edit",
    "end_allergy",
    "merge",
    "note_allergy",
    "register",
    "undo_merge",
]

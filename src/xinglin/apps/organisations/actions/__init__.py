"""Every write of organisations: keyword-only, ``by=`` the account, one transaction with its history and audit rows."""

from xinglin.apps.organisations.actions.consortia import close_consortium
from xinglin.apps.organisations.actions.facilities import close_facility
from xinglin.apps.organisations.actions.merging import merge, movable, preview, split
from xinglin.apps.organisations.actions.people import register, transfer
from xinglin.apps.organisations.actions.rows import Outdated, close, create, derive, edit, last_change
from xinglin.apps.organisations.actions.undoing import undo, why_not_undone

__all__ = [
    "Outdated",
    "close",
    "close_consortium",
    "close_facility",
    "create",
    "derive",
    "edit",
    "last_change",
    "merge",
    "movable",
    "preview",
    "register",
    "split",
    "transfer",
    "undo",
    "why_not_undone",
]

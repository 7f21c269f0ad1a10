"""Every write of wellness: keyword-only, ``by=`` the account, one transaction with its audit rows."""

from xinglin.apps.wellness.actions.managing import join, leave
from xinglin.apps.wellness.actions.recording import correct, discard, keep_draft, remove, sign
from xinglin.apps.wellness.actions.starting import Wanted, start

__all__ = ["Wanted", "correct", "discard", "join", "keep_draft", "leave", "remove", "sign", "start"]

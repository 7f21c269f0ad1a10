"""Every write of the clinic: keyword-only, ``by=`` the account, one transaction with its audit rows."""

from xinglin.apps.clinic.actions.destroying import (
    ask_destruction,
    confirm_destruction,
    refuse_destruction,
    withdraw_destruction,
)
from xinglin.apps.clinic.actions.following import follow_up
from xinglin.apps.clinic.actions.keeping import drop_template, keep_template, put_on_shelf
from xinglin.apps.clinic.actions.people import authorise, end_authorisation, seat
from xinglin.apps.clinic.actions.queueing import enqueue, leave
from xinglin.apps.clinic.actions.recording import correct, keep_draft, sign
from xinglin.apps.clinic.actions.treating import give

__all__ = [
    "ask_destruction",
    "authorise",
    "confirm_destruction",
    "correct",
    "drop_template",
    "end_authorisation",
    "enqueue",
    "follow_up",
    "give",
    "keep_draft",
    "keep_template",
    "leave",
    "put_on_shelf",
    "refuse_destruction",
    "seat",
    "sign",
    "withdraw_destruction",
]

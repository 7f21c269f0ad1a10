"""Every write of contracts: keyword-only, ``by=`` the account, one transaction with its history and audit rows."""

from xinglin.apps.contracts.actions.changing import correct, end
from xinglin.apps.contracts.actions.delivering import deliver, undo
from xinglin.apps.contracts.actions.keeping import keep, propose_items, start_packages
from xinglin.apps.contracts.actions.signing import Terms, renew, sign

__all__ = [
    "Terms",
    "correct",
    "deliver",
    "end",
    "keep",
    "propose_items",
    "renew",
    "sign",
    "start_packages",
    "undo",
]

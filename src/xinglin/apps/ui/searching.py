"""Texts that somebody searches for and that must not stand in an address: names, document numbers, phone numbers.

Addresses lie in the logs of proxies, in the browser's history and in bookmarks. A search is therefore sent in the body
of a request; what it looks for stays encrypted in the session of whoever asked, for a while, and the address of the
list carries an opaque token, so that paging and sorting work as ever.
"""

from __future__ import annotations

import secrets
import time
from typing import Any

from xinglin.apps.protection.crypto import CryptoError, decrypt, encrypt

PARAMETER = "find"
"""Name of the token in an address."""
MINUTES = 60
"""A token can be used so long."""
MOST = 20
"""Searches kept for one session; the oldest go first."""
_KEY, _PURPOSE = "searches", "ui.search"


def remember(request: Any, text: str) -> str:
    """The token for a text."""
    now = time.time()
    known: dict[str, list[Any]] = request.session.get(_KEY, {})
    live = [one for one in known.items() if one[1][1] > now][-(MOST - 1) :]
    token = secrets.token_urlsafe(12)
    request.session[_KEY] = dict([*live, (token, [encrypt(text, _PURPOSE), now + 60 * MINUTES])])
    return token


def recall(request: Any, token: str) -> str | None:
    """The text behind a token; None when it is another session's, too old, or none."""
    text, until = request.session.get(_KEY, {}).get(token, ("", 0.0))
    if until <= time.time():
        return None
    try:
        return decrypt(text, _PURPOSE)
    except CryptoError:  # its key was taken away meanwhile
        return None

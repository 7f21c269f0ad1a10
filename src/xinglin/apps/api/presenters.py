"""Tokens in the words of the screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from xinglin.apps.access.table import access_table
from xinglin.apps.accounts import directory
from xinglin.apps.api.bearing import MARK
from xinglin.apps.api.models import ApiToken
from xinglin.apps.ui.places import place_name


@dataclass(frozen=True)
class Shown:
    """A token: its beginning (never the secret), what it may do where, whether it holds."""

    token: ApiToken
    start: str
    permissions: list[str]
    where: str
    state: str
    tone: str
    good: bool


def shown(tokens: Sequence[ApiToken], today: date) -> list[Shown]:
    """Tokens in words, their facilities in one query."""
    names = directory.by_ids([one for token in tokens for one in token.facilities])
    return [_shown(token, names, today) for token in tokens]


def _shown(token: ApiToken, names: dict[str, directory.Facility], today: date) -> Shown:
    table = access_table().permissions
    labels = [table[name].label if name in table else name for name in token.permissions]
    places = [place_name(code) for code in token.places]
    places += [names[one].name if one in names else one for one in token.facilities]
    state, tone = _state(token, today)
    where = "、".join(places) or "与账号相同"
    return Shown(token, f"{MARK}{token.pk}", labels, where, state, tone, token.is_good(today))


def _state(token: ApiToken, today: date) -> tuple[str, str]:
    if token.revoked_at is not None:
        return "已吊销", "none"
    return ("有效", "good") if token.is_good(today) else ("已到期", "none")

"""Makes tokens and asks the API with them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.test import Client
from django.utils import timezone

from xinglin.apps.accounts.models import User
from xinglin.apps.api.bearing import digest, new_secret, written
from xinglin.apps.api.models import ApiToken
from xinglin.apps.api.site import offered

FACTOR = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
BASE = "/api/v1/"


class Api:
    """A client with a token; a new key for every write unless one is given."""

    def __init__(self, text: str = "", client: Client | None = None) -> None:
        self.text, self.client = text, client or Client()

    def get(self, path: str, query: Any = None, **headers: str) -> Any:
        return self._ask("get", path, query, headers)

    def post(self, path: str, body: Any = None, key: str = "", **headers: str) -> Any:
        return self._write("post", path, body, key, headers)

    def patch(self, path: str, body: Any = None, key: str = "", match: str = "", **headers: str) -> Any:
        return self._write("patch", path, body, key, {**headers, **({"If-Match": match} if match else {})})

    def move(self, record: str, move: str, match: str, **body: Any) -> Any:
        headers = {"If-Match": match}
        return self._write("post", f"records/{record}/moves/{move}", body, "", headers)

    def _write(self, method: str, path: str, body: Any, key: str, headers: dict[str, str]) -> Any:
        more = {"Idempotency-Key": key or uuid4().hex, **headers}
        return self._ask(method, path, body, more, content_type="application/json")

    def _ask(self, method: str, path: str, data: Any, headers: dict[str, str], **more: Any) -> Any:
        sent = {"Authorization": f"Bearer {self.text}", **headers} if self.text else headers
        address = path if path.startswith("/") else BASE + path
        return getattr(self.client, method)(address, data, headers=sent, **more)


def token(
    owner: User,
    permissions: Collection[str] | None = None,
    *,
    places: Collection[str] = (),
    facilities: Collection[str] = (),
    **more: Any,
) -> tuple[ApiToken, str]:
    """A token of an account (which is given a second factor), and how its bearer writes it."""
    if not owner.totp_secret:
        owner.totp_secret = FACTOR
        owner.save(update_fields=["totp_secret"])
    secret = new_secret()
    wanted = [one for one in offered() if owner.can(one)] if permissions is None else [*permissions]
    values = {"label": "测试（演示数据）", "expires_on": timezone.localdate() + timedelta(days=30), **more}
    row = ApiToken.objects.create(
        owner=owner,
        secret=digest(secret),
        permissions=wanted,
        places=[*places],
        facilities=[*facilities],
        **values,
    )
    return row, written(row, secret)


def api(owner: User, permissions: Collection[str] | None = None, **more: Any) -> Api:
    """Asks with a new token of an account."""
    return Api(token(owner, permissions, **more)[1])

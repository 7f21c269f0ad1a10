"""The second factor: one-time codes by time (RFC 6238), each taken once."""

from __future__ import annotations

import re
import time

import pyotp
import segno

from xinglin.apps.accounts.models import User

STEP = 30
DRIFT = 1
"""Steps a clock may be off, before and after."""
ISSUER = "杏林"


def new_secret() -> str:
    """A fresh secret in base 32."""
    return pyotp.random_base32()


def current_code(secret: str, at: float | None = None) -> str:
    """The code of this moment."""
    return pyotp.TOTP(secret).at(int(time.time() if at is None else at))


def matching_step(secret: str, code: str, at: float | None = None) -> int | None:
    """The time step that a code belongs to, or None if it is wrong or too old."""
    given = re.sub(r"\s", "", code)
    now = int(time.time() if at is None else at) // STEP
    totp = pyotp.TOTP(secret)
    for step in range(now - DRIFT, now + DRIFT + 1):
        if pyotp.utils.strings_equal(given, totp.at(step * STEP)):
            return step
    return None


def take(user: User, code: str) -> bool:
    """Whether a code is right and has not been used; it is used up by this, also against a second try at once."""
    step = matching_step(user.totp_secret, code) if user.totp_secret else None
    if step is None:
        return False
    return User.objects.filter(pk=user.pk, totp_last__lt=step).update(totp_last=step) == 1


def picture(user: User, secret: str) -> str:
    """The QR code that an authenticator reads, as a data address of an SVG."""
    address = pyotp.TOTP(secret).provisioning_uri(name=user.username, issuer_name=ISSUER)
    drawing: str = segno.make(address, error="m").svg_data_uri(scale=5, dark="#000", light="#fff")
    return drawing


def grouped(secret: str) -> str:
    """A secret in groups of four, to be typed by hand."""
    return " ".join(re.findall(".{1,4}", secret))

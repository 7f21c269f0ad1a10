"""The key file under a passphrase, for those who want one file to hold everything."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from xinglin.apps.protection.home import Keys
from xinglin.base.errors import XinglinError

COST = {"n": 2**15, "r": 8, "p": 1, "maxmem": 64 * 1024 * 1024, "dklen": 16}
SALT, NONCE, TAG = 16, 12, 16


class SealedError(XinglinError):
    """The sealed keys cannot be opened."""


def seal(keys: Keys, passphrase: str) -> bytes:
    """The keys encrypted: scrypt, then SM4-GCM."""
    salt, nonce = os.urandom(SALT), os.urandom(NONCE)
    encryptor = Cipher(algorithms.SM4(_key(passphrase, salt)), modes.GCM(nonce)).encryptor()
    body = encryptor.update(json.dumps(asdict(keys)).encode()) + encryptor.finalize()
    return salt + nonce + encryptor.tag + body


def unseal(content: bytes, passphrase: str) -> Keys:
    """The keys again.

    Raises:
        SealedError: another passphrase, or the content was changed.
    """
    salt, rest = content[:SALT], content[SALT:]
    nonce, tag, body = rest[:NONCE], rest[NONCE : NONCE + TAG], rest[NONCE + TAG :]
    decryptor = Cipher(algorithms.SM4(_key(passphrase, salt)), modes.GCM(nonce, tag)).decryptor()
    try:
        return Keys(**json.loads(decryptor.update(body) + decryptor.finalize()))
    except InvalidTag:
        raise SealedError("口令不对，或备份里的密钥被改动过") from None


def _key(passphrase: str, salt: bytes) -> bytes:
    return hashlib.scrypt(passphrase.encode(), salt=salt, **COST)


def fingerprint(keys: Keys) -> str:
    """Tells whether keys are the ones a backup needs, and nothing about them."""
    text = json.dumps(asdict(keys), sort_keys=True)
    return hashlib.sha256(b"xinglin-keys\0" + text.encode()).hexdigest()[:16]

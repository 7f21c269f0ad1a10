"""SM4-GCM for what must be read again, HMAC-SM3 for what must only be found again."""

from __future__ import annotations

import base64
import binascii
import secrets
import unicodedata

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from xinglin.apps.protection.home import Keys
from xinglin.apps.protection.keys import keys
from xinglin.base.errors import XinglinError

NONCE_BYTES, TAG_BYTES = 12, 16


class CryptoError(XinglinError):
    """A cipher text was changed, belongs to another field, or its key is missing."""


def encrypt(text: str, purpose: str) -> str:
    """Cipher text of ``text``: ``key id:base64(nonce, cipher, tag)``.

    Args:
        purpose: the table and column; a cipher text moved to another column does not decrypt.
    """
    known = keys()
    nonce = secrets.token_bytes(NONCE_BYTES)
    encryptor = Cipher(algorithms.SM4(_key(known, known.current)), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(purpose.encode())
    cipher = encryptor.update(text.encode()) + encryptor.finalize()
    return f"{known.current}:{base64.b64encode(nonce + cipher + encryptor.tag).decode()}"


def decrypt(stored: str, purpose: str) -> str:
    """The text behind a cipher text.

    Raises:
        CryptoError: it was changed, was made for another purpose, or its key is not there.
    """
    key_id, _, body = stored.partition(":")
    key = _key(keys(), key_id)
    try:
        raw = binascii.a2b_base64(body, strict_mode=True)
        nonce, cipher, tag = raw[:NONCE_BYTES], raw[NONCE_BYTES:-TAG_BYTES], raw[-TAG_BYTES:]
        decryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(purpose.encode())
        return (decryptor.update(cipher) + decryptor.finalize()).decode()
    except (InvalidTag, ValueError):
        raise CryptoError(f"{purpose} 的密文对不上：被改动过，或不属于这一栏") from None


def key_of(stored: str) -> str:
    """The id of the key that a cipher text was made with."""
    return stored.partition(":")[0]


def _key(known: Keys, key_id: str) -> bytes:
    try:
        return bytes.fromhex(known.encryption[key_id])
    except KeyError:
        raise CryptoError(f"keys.json 里没有密钥 {key_id}：请从备份恢复密钥文件") from None


def normalised(text: str) -> str:
    """What is hashed: full-width forms made plain, spaces dropped, capitals."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def keyed_hash(text: str, purpose: str) -> str:
    """Hex HMAC-SM3 of the normalised text under the look-up key; empty for an empty text."""
    plain = normalised(text)
    return sm3_mac(bytes.fromhex(keys().lookup), f"{purpose}\0{plain}".encode()) if plain else ""


def sm3_mac(key: bytes, message: bytes) -> str:
    """Hex HMAC-SM3."""
    mac = hmac.HMAC(key, hashes.SM3())
    mac.update(message)
    return mac.finalize().hex()

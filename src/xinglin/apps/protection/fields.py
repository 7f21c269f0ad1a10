"""Model fields whose content only the program can read."""

from __future__ import annotations

from typing import Any

from django.db import models

from xinglin.apps.protection.crypto import decrypt, encrypt


class EncryptedText(models.TextField):  # type: ignore[type-arg]
    """Text encrypted in the database, plain in the program; cannot be filtered on (see `keyed_hash`)."""

    def _purpose(self) -> str:
        return f"{self.model._meta.label_lower}.{self.attname}"

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        """Decrypt what was read; empty stays empty."""
        del expression, connection
        return decrypt(value, self._purpose()) if value else value

    def get_prep_value(self, value: Any) -> str | None:
        """Encrypt what is written; empty stays empty."""
        plain = super().get_prep_value(value)
        return encrypt(str(plain), self._purpose()) if plain else plain

    def get_lookup(self, lookup_name: str) -> Any:
        """Only emptiness can be asked for: equal texts have different cipher texts."""
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None

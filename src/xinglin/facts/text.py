"""Text as it is compared and as it is kept."""

from __future__ import annotations

import unicodedata

# Full-width letters and digits and the ideographic space; Chinese punctuation stays as it is.
_NARROW: dict[int, int] = {
    0x3000: 0x20,
    **{code: code - 0xFEE0 for code in range(0xFF10, 0xFF5B) if chr(code).isalnum()},
}


def normal(text: str) -> str:
    """Text as compared: full-width digits, letters and marks folded (NFKC), spaces at the ends off."""
    return unicodedata.normalize("NFKC", text).strip()


def narrow(text: str) -> str:
    """A name as kept: full-width letters and digits narrowed, Chinese marks kept, spaces at the ends off."""
    return text.translate(_NARROW).strip()

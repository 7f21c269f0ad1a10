"""Who confirmed an entry of a policy document: what the program drafted binds nobody until a human has read it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Self

from pydantic import model_validator

from xinglin.base.yamlfile import Strict
from xinglin.policy.fields import Day, Exact, Sha256, Words


class Review(Strict):
    """Where an entry stands in its document, how sure its reader was, and who confirmed it.

    Attributes:
        place: page or line of the document. confidence: 0 to 1. doubts: what was unsure, in Chinese.
        drafted: the entry was written by `xinglin read`; it loads only with reviewer and date.
        reviewer, date: who held it against the document, and when.
        quotations: the words of the document, one for each clause in the same order; may be taken out after the review.
        quotation_sha256: `quotation_hash` of them, which stays.
    """

    place: Words | None = None
    confidence: Exact | None = None
    doubts: tuple[Words, ...] = ()
    drafted: bool = False
    reviewer: Words | None = None
    date: Day | None = None
    quotations: tuple[Words, ...] = ()
    quotation_sha256: Sha256 | None = None

    @property
    def waits(self) -> bool:
        """Whether a human has still to hold the entry against its document."""
        return self.drafted and not (self.reviewer and self.date)

    @model_validator(mode="after")
    def _right(self) -> Self:
        faults = []
        if self.confidence is not None and not 0 <= self.confidence <= 1:
            faults.append("confidence 应在 0 与 1 之间")
        if self.quotations and self.quotation_sha256 not in (None, quotation_hash(self.quotations)):
            faults.append("quotations 与 quotation_sha256 不符：引文被改动过，请照原文改回")
        if faults:
            raise ValueError("；".join(faults))
        return self


def quotation_hash(quotations: Sequence[str]) -> str:
    """SHA-256 of an entry's quotations, in hexadecimal digits."""
    return hashlib.sha256("\n".join(quotations).encode()).hexdigest()

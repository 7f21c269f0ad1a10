"""Classic formulas as the textbook prints them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Ingredient:
    """One herb of a formula. herb: standard name. grams: in one dose. decoction: footnote, "" for none."""

    herb: str
    grams: Decimal
    decoction: str


@dataclass(frozen=True, slots=True)
class Formula:
    """One formula.

    Attributes:
        id: our key, e.g. ``F005``. name: standard name. book: where it comes from, without marks.
        category, subcategory: of the textbook. ingredients: in the printed order.
        dose_basis: T grams of the textbook; C the usual conversion of an old dose (1 两 about 3 g), a template only.
        efficacy: what it does. indication: main pattern with its signs.
        over: herbs whose grams are above the pharmacopoeia's range, with both numbers, as the reference counted them.
        sources: how many sources agree on the composition (2, 1; ~ nearly; K knowledge). grade, note: as for herbs.
    """

    id: str
    name: str
    book: str
    category: str
    subcategory: str
    ingredients: tuple[Ingredient, ...]
    dose_basis: str
    efficacy: str
    indication: str
    over: tuple[tuple[str, Decimal, Decimal], ...]
    sources: str
    grade: str
    note: str

    @property
    def source(self) -> str:
        """The book it comes from, with marks."""
        return f"《{self.book}》"

    def grams_of(self, herb: str) -> Decimal | None:
        """Grams of a herb in one dose, None if the formula does not contain it."""
        return next((part.grams for part in self.ingredients if part.herb == herb), None)

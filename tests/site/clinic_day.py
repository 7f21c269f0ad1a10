"""A doctor at the keyboard of the clinic's pages, and the count that he keeps by hand beside it.

`Doctor` finds or registers people, writes what is written at a visit and signs it, as keys are pressed; `Tally` is told
what was done by whoever did it and never asks the program.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import expect

expect.set_options(timeout=30_000)  # as long as playwright waits for a page


@dataclass
class Tally:
    """What was done, counted by hand.

    Attributes:
        visits, tcm, non_drug: visits; those with any prescription or treatment by a TCM doctor; those with a treatment.
        prescriptions: by kind of the fact table. treatments: that were given.
        elderly, children: persons cared for, each once.
    """

    visits: int = 0
    tcm: int = 0
    non_drug: int = 0
    treatments: int = 0
    elderly: int = 0
    children: int = 0
    prescriptions: Counter[str] = field(default_factory=Counter)

    def visit(self, *kinds: str, treated: int = 0) -> None:
        """One visit that was signed: kinds of its prescriptions, treatments given at it."""
        self.visits += 1
        self.tcm += bool(kinds or treated)
        self.non_drug += bool(treated)
        self.treatments += treated
        self.prescriptions.update(kinds)

    @property
    def written(self) -> int:
        """Prescriptions of all kinds."""
        return sum(self.prescriptions.values())


class Doctor:
    """One doctor's browser window."""

    def __init__(self, opened: Any, base: str) -> None:
        self.opened, self.page, self.base = opened, opened.page, base
        self.keys, self.tally = opened.page.keyboard, Tally()

    # -- who comes ----------------------------------------------------------------------------------------------

    def find(self, text: str) -> None:
        """The file of somebody, from the queue: name letters, phone, or what a card reader types."""
        self.page.goto(f"{self.base}/clinic", wait_until="load")
        self.keys.press("/")
        self.keys.insert_text(text)
        self.keys.press("Enter")
        self.page.wait_for_url("**/residents/*")

    def register(self, name: str, card: str) -> None:
        """The file of somebody who was never here."""
        self.page.goto(f"{self.base}/residents/new", wait_until="load")
        self.page.focus("[name=id_number]")
        self.keys.insert_text(card)
        self.page.focus("[name=name]")
        self.keys.insert_text(name)
        self.keys.press("Enter")
        expect(self.page.locator("h1")).to_contain_text(name)

    def seat(self) -> None:
        """Into the queue and on to the form, by the button that waits for Enter: a copy of the last visit if any."""
        expect(self.page.locator("button[autofocus]")).to_be_focused()
        self.keys.press("Enter")
        self.page.wait_for_url("**/clinic/encounters/*")

    # -- what is written ----------------------------------------------------------------------------------------

    def write(self, name: str, text: str) -> None:
        """Text into a field, as an input method gives it."""
        self.reach(name)
        self.keys.insert_text(text)

    def change(self, name: str, text: str) -> None:
        """Other text into a field."""
        self.reach(name)
        self.keys.press("Control+A")
        self.keys.insert_text(text)

    def reach(self, name: str) -> None:
        """Put the focus on a field, wherever it is folded away."""
        one = self.page.locator(f"#f_{name}")
        one.evaluate(
            "one => { for (let d = one; (d = d.parentElement.closest('details')); ) { d.open = true; } }"
        )
        one.focus()

    def pick(self, name: str, letters: str, words: str) -> None:
        """Choose from the list that letters bring, with arrows and Enter."""
        self.reach(name)
        self.keys.type(letters)
        lines = self.page.locator(f"#f_{name}-list [role=option]")
        wanted = lines.filter(has=self.page.locator(f"b:text-is('{words}')"))
        wanted.first.wait_for()
        labels = [one.strip() for one in lines.locator("b").all_inner_texts()]
        for _ in range(labels.index(words)):
            self.keys.press("ArrowDown")
        self.keys.press("Enter")

    def diagnose(self, disease: tuple[str, str] = ("ks", "咳嗽病"), pattern: str = "") -> None:
        """A TCM disease and its pattern."""
        self.pick("disease_0", *disease)
        self.write("pattern_0", pattern or "风寒袭肺证")

    def formula(self, letters: str, words: str, first: str) -> None:
        """A formula or a template into the prescription in one step; ``first``: its first herb."""
        self.pick("fill", letters, words)
        expect(self.page.locator("#f_herb_0")).to_have_value(first)
        self.reach("grams_0")

    def herbs(self, *lines: str) -> None:
        """Herbs one after another: name, grams, footnote; the first free row by its key."""
        self.reach("herb_0")
        for line in lines:
            name, grams, *foot = line.split()
            self.keys.press("Alt+a")
            self.keys.insert_text(name)
            self.keys.press("Tab")
            self.keys.insert_text(grams)
            if foot:
                self.keys.press("Tab")
                self.keys.insert_text(foot[0])

    def choose(self, name: str, value: str) -> None:
        """One of a few, from a box."""
        self.reach(name)
        self.page.select_option(f"#f_{name}", value)

    def patents(self, *names: str) -> None:
        """Patent medicines, two boxes of each, with how they are taken."""
        for at, name in enumerate(names):
            self.row(f"patent_{at}")
            self.write(f"patent_{at}", name)
            self.write(f"quantity_{at}", "2")
            self.write(f"patent_usage_{at}", "一次 1 袋，一日 3 次")

    def techniques(self, *wanted: tuple[str, str, str], today: bool = True, times: int = 1) -> None:
        """Technique sheets: letters, name, where on the body."""
        for at, (letters, words, site) in enumerate(wanted):
            self.row(f"technique_{at}")
            self.pick(f"technique_{at}", letters, words)
            self.write(f"site_{at}", site)
            self.change(f"sessions_{at}", str(times))
            if not today:
                self.choose(f"now_{at}", "no")

    def row(self, name: str) -> None:
        """A row that is not there yet comes when what is written is saved."""
        if not self.page.locator(f"#f_{name}").count():
            self.page.focus("#save")
            with self.page.expect_navigation(wait_until="load"):
                self.keys.press("Enter")

    # -- how it ends --------------------------------------------------------------------------------------------

    def try_to_sign(self) -> None:
        """Ctrl+Enter, and wait for the page that answers."""
        with self.page.expect_navigation(wait_until="load"):
            self.keys.press("Control+Enter")

    def sign(self, *kinds: str, treated: int = 0) -> None:
        """Sign, and count by hand what was done."""
        self.try_to_sign()
        faults = self.page.locator(".summary, .findings").all_inner_texts()
        assert self.page.locator("h2", has_text="病历").count(), (self.page.url, faults)
        self.tally.visit(*kinds, treated=treated)

    def leave(self, name: str) -> None:
        """Somebody went home before being seen: nothing is counted."""
        self.page.goto(f"{self.base}/clinic", wait_until="load")
        row = self.page.locator("tbody tr", has_text=name)
        row.locator("button").focus()
        self.keys.press("Enter")
        expect(self.page.locator("main")).to_contain_text("未就诊")

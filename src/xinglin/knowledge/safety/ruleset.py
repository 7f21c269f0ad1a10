"""What a check goes by, loaded once: rules with their levels, posts, parameters, herbs and pairs of an edition."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, RootModel

from xinglin.base.errors import DefinitionError
from xinglin.base.yamlfile import Strict, build, read_yaml
from xinglin.knowledge import herbs, incompatibility
from xinglin.knowledge.safety.model import Level

T = TypeVar("T", bound=BaseModel)
DATA = Path(__file__).parent / "data"


class Rule(Strict):
    """One rule.

    Attributes:
        title: short Chinese name. level: what a finding of it asks for.
        binding: its ground: law, pharmacopoeia, practice, or the kind of post.
        why: the rule in words. source: book and place; ``{book}`` stands for the edition's title, "" if each finding
            names its own.
    """

    title: str
    level: Level
    binding: Literal["law", "pharmacopoeia", "practice", "post"]
    why: str
    source: str


class Post(Strict):
    """A kind of post.

    Attributes:
        title: Chinese name.
        review: who looks at its prescriptions: ``independent``, ``same_person``, ``remote_sample``.
        poppy_husk: 罂粟壳 may be prescribed there. toxic: ``free``, or ``sign`` where a remote physician signs.
    """

    title: str
    review: Literal["independent", "same_person", "remote_sample"]
    poppy_husk: bool
    toxic: Literal["free", "sign"]


class Parameter(Strict):
    """A number with what it rests on."""

    value: Decimal
    basis: str


class ChildShare(Strict):
    """Share of the adult amount below an age in years."""

    below: int
    share: Fraction


class _Rules(RootModel[dict[str, Rule]]):
    pass


class _Posts(RootModel[dict[str, Post]]):
    pass


class _Parameters(RootModel[dict[str, Parameter]]):
    pass


class _Children(RootModel[tuple[ChildShare, ...]]):
    pass


@dataclass(frozen=True)
class RuleSet:
    """What one check goes by.

    Attributes:
        edition: id. table, pairs: herbs and incompatible pairs of that edition.
        rules: by id, in the order findings of one level are shown. order: place of each rule.
    """

    edition: str
    table: herbs.Table
    pairs: incompatibility.Pairs
    rules: dict[str, Rule]
    order: dict[str, int]
    posts: dict[str, Post]
    parameters: dict[str, Parameter]
    children: tuple[ChildShare, ...]

    @property
    def book(self) -> str:
        """Title of the pharmacopoeia in use."""
        return self.table.edition.title

    def number(self, name: str) -> Decimal:
        """The value of a parameter."""
        return self.parameters[name].value

    def post(self, kind: str) -> Post:
        """A kind of post.

        Raises:
            DefinitionError: there is no such kind; the message names those there are.
        """
        if kind not in self.posts:
            raise DefinitionError("posts.yaml", [f"没有岗位类别“{kind}”；可用：{'、'.join(self.posts)}"])
        return self.posts[kind]


@lru_cache(maxsize=1)
def rules() -> dict[str, Rule]:
    """All rules by id, in the order they are shown."""
    return _read(_Rules, "rules.yaml").root


@lru_cache(maxsize=1)
def patent_rules() -> dict[str, Rule]:
    """Rules about patent medicines by id, in the order they are shown."""
    return _read(_Rules, "patents.yaml").root


@lru_cache(maxsize=1)
def posts() -> dict[str, Post]:
    """Kinds of post by id."""
    return _read(_Posts, "posts.yaml").root


@lru_cache(maxsize=8)
def load(edition: str) -> RuleSet:
    """The rules with the data of one edition of the pharmacopoeia.

    Raises:
        DefinitionError: the edition is not installed.
    """
    return assemble(herbs.load(edition), incompatibility.load(edition))


def assemble(table: herbs.Table, pairs: incompatibility.Pairs) -> RuleSet:
    """A rule set from tables already read."""
    return RuleSet(
        edition=table.edition.id,
        table=table,
        pairs=pairs,
        rules=rules(),
        order={name: place for place, name in enumerate(rules())},
        posts=posts(),
        parameters=_read(_Parameters, "parameters.yaml").root,
        children=_read(_Children, "children.yaml").root,
    )


def _read(model: type[T], name: str) -> T:
    return build(model, read_yaml(DATA / name), name)

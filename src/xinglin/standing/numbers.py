"""Everything an evaluation counts, counted together: each target's measure, its slices, the areas below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from xinglin.measures import Bound, Definition
from xinglin.measures.engine import count_all
from xinglin.measures.results import Counted, Counts
from xinglin.policy import Target
from xinglin.standing.areas import SCOPE_LEVEL

if TYPE_CHECKING:
    from xinglin.standing.inputs import Inputs


class Numbers:
    """The counts of some places.

    Args:
        targets: what binds each place, by its code. more: further areas to count everything for.
    """

    def __init__(
        self, inputs: Inputs, targets: Mapping[str, Sequence[Target]], more: Sequence[str] = ()
    ) -> None:
        self.inputs = inputs
        found = dict.fromkeys(area for place in targets for area in self._areas(place, targets[place]))
        self.areas = list(dict.fromkeys([*found, *more]))
        different = {target.id: target for bound in targets.values() for target in bound}
        asked: list[tuple[str, tuple[str, str] | None, Bound]] = []
        for target in different.values():
            if not target.is_wanted:
                asked += self._slices(target)
        bounds = list(dict.fromkeys(bound for _, _, bound in asked))
        contract = inputs.book.contract
        counted = count_all(inputs.engine, bounds, contract, inputs.sources(), inputs.on, self.areas)
        self.by_bound: dict[Bound, Counts] = dict(zip(bounds, counted, strict=True))
        self._counted = {(target, code): self.by_bound[bound] for target, code, bound in asked}
        self._codes_of: dict[str, list[tuple[str, str]]] = {}
        for target_id, code, _ in asked:
            if code is not None:
                self._codes_of.setdefault(target_id, []).append(code)
        self.bounds = {target: bound for target, code, bound in asked if code is None}

    def _areas(self, code: str, targets: Sequence[Target]) -> list[str]:
        """A place, those a level below, and those that one of its targets binds one by one."""
        divisions = self.inputs.divisions
        place = divisions.get(code)
        found = [code, *(child.code for child in divisions.children(code))]
        for scope in dict.fromkeys(target.scope for target in targets):
            level = SCOPE_LEVEL.get(scope)
            if level is not None and place.level < level:
                found += [area.code for area in divisions.descendants(code, level)]
        return found

    def _slices(self, target: Target) -> list[tuple[str, tuple[str, str] | None, Bound]]:
        book = self.inputs.book
        parameters = dict(target.parameters)
        found: list[tuple[str, tuple[str, str] | None, Bound]]
        found = [(target.id, None, book.bind(target.measure, parameters))]
        definition = book.definition(target.measure)
        for column in definition.disaggregate:
            for code in self._codes(definition, column, book.parameters(target.measure, parameters)):
                only = (column, code)
                found.append((target.id, only, book.bind(target.measure, parameters, only=only)))
        return found

    def _codes(self, definition: Definition, column: str, parameters: Mapping[str, Any]) -> list[str]:
        """Codes worth showing apart: those the parameters choose among, if they choose."""
        codes = self.inputs.book.contract.codes(definition.units["table"], column)
        assert codes is not None
        for name, parameter in definition.parameters.items():
            if parameter.codes == codes.name and parameter.type == "codes":
                return list(parameters[name]) if len(parameters[name]) > 1 else []
        return list(codes.codes)

    def counted(self, target: str, area: str, code: tuple[str, str] | None = None) -> Counted:
        """What was counted for a target in an area, whole or sliced."""
        return self._counted[target, code][area]

    def codes(self, target: str) -> list[tuple[str, str]]:
        """The slices counted for a target."""
        return self._codes_of.get(target, [])

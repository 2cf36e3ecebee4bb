"""A table checked before anybody is decided upon: gaps, overlaps, rows that can never fire.

Each input expression is an axis, cut where the cells of its column cut it (`cells`); validity adds
an axis of days. Two rows overlap when they share a point on every axis. A gap is found by walking
the axes with the set of rows still alive; states already seen are not walked again, so the work
follows the number of different row sets, not the number of cells.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from engine import clock, feel
from engine.decisions import cells
from engine.decisions.errors import TableError
from engine.decisions.model import Decision, Definitions
from engine.decisions.run import Run, Scope
from engine.decisions.tables import LISTS, DecisionTable, Rule, Tests
from engine.decisions.types import Type

MAX_STATES = 200_000
MAX_FINDINGS = 25
SAMPLES = 20_000
DAY = "dato"
"""The key of the day in an example of a table whose rows come and go."""


@dataclass(frozen=True)
class Finding:
    """Rows and an example input (JSON-ready): no rows for a gap, two for an overlap."""

    rules: tuple[str, ...]
    example: Mapping[str, Any]

    def __str__(self) -> str:
        told = ", ".join(f"{name} = {_told(value)}" for name, value in self.example.items())
        if not self.rules:
            return f"Ingen række passer, når {told}."
        return f"Rækkerne {' og '.join(self.rules)} passer begge, når {told}."


def _told(value: Any) -> str:
    if value is None:
        return "tom"
    if isinstance(value, bool):
        return "ja" if value else "nej"
    return str(value)


@dataclass(frozen=True)
class Report:
    """What is wrong, or may be wrong, with a table."""

    decision: str
    gaps: tuple[Finding, ...] = ()
    overlaps: tuple[Finding, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        return not (self.gaps or self.overlaps)


def report(
    definitions: Definitions,
    decision: str,
    on: date | tuple[date, date | None] | None = None,
    given: Mapping[str, Any] | None = None,
) -> Report:
    """Gaps and overlaps of one decision table, each with an example input.

    `on` is a day, or the first and last day of a period; without it everything from today on.
    `given` are values for variables that cells refer to, such as a municipality's limits.
    Raises TableError for an unknown decision.
    """
    element = definitions.decisions.get(decision)
    if element is None:
        raise TableError(decision, "Der er ingen beslutning med det navn.")
    if not isinstance(element.logic, DecisionTable):
        return Report(decision, warnings=("Beslutningen er ikke en tabel og er ikke undersøgt.",))
    return _Survey(element, element.logic, _period(on), dict(given or {})).report()


def _period(on: date | tuple[date, date | None] | None) -> tuple[date, date | None]:
    if on is None:
        return clock.today(), None
    return (on, on) if isinstance(on, date) else on


@dataclass
class _Axis:
    """One thing that is looked at: its example values, and for each the rows (as bits) that fit."""

    name: str
    points: list[Any]
    maybe: list[int] = field(default_factory=list)
    """Per point, the rows that fit, with those that could not be read."""
    surely: list[int] = field(default_factory=list)
    """Per point, the rows that fit without doubt."""


@dataclass
class _Survey:
    decision: Decision
    table: DecisionTable
    period: tuple[date, date | None]
    given: dict[str, Any]
    warnings: list[str] = field(default_factory=list)

    def report(self) -> Report:
        policy = self.table.hit_policy
        overlaps = list(self._overlaps()) if policy in ("UNIQUE", "ANY") else []
        gaps: list[Finding] = []
        if policy not in LISTS and not any(c.default for c in self.table.outputs):
            gaps = self._gaps()
        if policy == "FIRST":
            self._unreachable()
        if policy in LISTS:
            self._twins()
        for found, name in ((gaps, "huller"), (overlaps, "overlap")):
            if len(found) > MAX_FINDINGS:
                self.warnings.append(f"Der er flere {name}; kun de første {MAX_FINDINGS} vises.")
        return Report(
            self.decision.id,
            tuple(gaps[:MAX_FINDINGS]),
            tuple(overlaps[:MAX_FINDINGS]),
            tuple(self.warnings),
        )

    # ---- the axes -------------------------------------------------------------------------

    @cached_property
    def rules(self) -> list[Rule]:
        """The rows that exist at some time of the period."""
        start, end = self.period
        return [
            rule
            for rule in self.table.rules
            if (rule.row.valid_to or start) >= start
            and (end is None or (rule.row.valid_from or start) <= end)
        ]

    @cached_property
    def axes(self) -> list[_Axis]:
        columns: dict[str, list[int]] = {}
        for place, clause in enumerate(self.table.inputs):
            columns.setdefault(clause.expression.text, []).append(place)
        return [self._days(), *(self._axis(name, places) for name, places in columns.items())]

    def _days(self) -> _Axis:
        start, end = self.period
        days = {start}
        for rule in self.rules:
            after = rule.row.valid_to + timedelta(days=1) if rule.row.valid_to else None
            days |= {d for d in (rule.row.valid_from, after) if d and d >= start}
        points = sorted(d for d in days if end is None or d <= end)
        bits = [self._bits(lambda rule, day=day: rule.row.valid(day)) for day in points]
        return _Axis(DAY, list(points), bits, bits)

    def _bits(self, fits: Any) -> int:
        return sum(1 << place for place, rule in enumerate(self.rules) if fits(rule))

    def _axis(self, name: str, places: list[int]) -> _Axis:
        clauses = [self.table.inputs[place] for place in places]
        type_ = next((c.type for c in clauses if c.type.name), clauses[0].type)
        allowed = [c.allowed for c in clauses if c.allowed and not c.allowed.anything]
        axis = _Axis(name, self._points(name, places, allowed, type_))
        unclear = self._unclear(places)
        scope = Scope(Run(on=self.period[0], now=clock.now, lenient=True), self.given)
        for point in axis.points:
            maybe = surely = 0
            for bit, rule in enumerate(self.rules):
                tests = [rule.tests[place] for place in places]
                clear = all(t.text not in unclear for t in tests)
                if all(t.text in unclear or t.matches(point, scope) for t in tests):
                    maybe |= 1 << bit
                    surely |= clear << bit
            axis.maybe.append(maybe)
            axis.surely.append(surely)
        return axis

    def _unclear(self, places: list[int]) -> set[str]:
        """The texts of the cells in these columns that are more than simple tests."""
        found = set()
        for rule in self.rules:
            for place in places:
                try:
                    cells.named_values(rule.tests[place].text, self.given)
                except cells.Unclear:
                    found.add(rule.tests[place].text)
        return found

    def _points(self, name: str, places: list[int], allowed: list[Tests], type_: Type) -> list[Any]:
        values: list[Any] = []
        for rule in self.rules:
            for place in places:
                try:
                    values += cells.named_values(rule.tests[place].text, self.given)
                except cells.Unclear:
                    told = f"Række {rule.row.id}, {name}: »{rule.tests[place].text}«"
                    self.warnings.append(f"{told} kan ikke undersøges.")
        bounds = [text for text in (*(t.text for t in allowed), *_type_texts(type_))]
        for text in bounds:
            try:
                values += cells.named_values(text, self.given)
            except cells.Unclear:
                self.warnings.append(f"{name}: de tilladte værdier »{text}« kan ikke undersøges.")
        if type_.base == "boolean":
            values.append(True)
        try:
            points = cells.points(values, whole=type_.name in ("integer", "long"))
        except (cells.Unclear, TypeError):
            self.warnings.append(f"{name}: værdierne kan ikke sammenlignes.")
            points = []
        scope = Scope(Run(on=self.period[0], now=clock.now, lenient=True), self.given)
        kept = [
            point
            for point in points
            if point is None
            or (all(t.matches(point, scope) for t in allowed) and not type_.fault(point))
        ]
        if all(point is None for point in kept):
            kept.append(cells.sample(type_.base))
        return kept

    # ---- findings -------------------------------------------------------------------------

    def _example(self, chosen: Sequence[int]) -> dict[str, Any]:
        example = {
            axis.name: feel.to_json(axis.points[place])
            for axis, place in zip(self.axes, chosen, strict=True)
            if axis.name != DAY
        }
        days = self.axes[0].points
        if len(days) > 1:
            example[DAY] = days[chosen[0]].isoformat()
        return example

    def _overlaps(self) -> Iterator[Finding]:
        for second in range(len(self.rules)):
            for first in range(second):
                if self.table.hit_policy == "ANY" and self._agree(first, second):
                    continue
                both = 1 << first | 1 << second
                chosen = [
                    next((n for n, bits in enumerate(axis.surely) if bits & both == both), None)
                    for axis in self.axes
                ]
                if None not in chosen:
                    rows = (self.rules[first].row.id, self.rules[second].row.id)
                    yield Finding(rows, self._example(chosen))

    def _agree(self, first: int, second: int) -> bool:
        """Whether two rows say the same; written alike, or alike when worked out."""
        a, b = _written(self.rules[first].outputs), _written(self.rules[second].outputs)
        if a == b:
            return True
        try:
            told = [feel.evaluate(f"[{', '.join(row)}]", self.given) for row in (a, b)]
        except feel.FeelError:
            return False
        return None not in told and told[0] == told[1]

    def _gaps(self) -> list[Finding]:
        every = (1 << len(self.rules)) - 1
        try:
            found = self._uncovered([axis.maybe for axis in self.axes], every)
            return [Finding((), self._example(chosen)) for chosen in found]
        except _TooLarge:
            self.warnings.append(
                "Tabellen er for stor til at blive gennemgået helt; huller er søgt med stikprøver."
            )
            return [Finding((), self._example(chosen)) for chosen in self._sampled(every)]

    def _uncovered(self, bits: list[list[int]], rows: int) -> list[list[int]]:
        """Points on every axis where none of the rows fits, one for each different way there."""
        found: list[list[int]] = []
        seen: set[tuple[int, int]] = set()

        def walk(depth: int, alive: int, chosen: list[int]) -> None:
            if not alive:
                found.append(chosen + [0] * (len(bits) - depth))
                return
            if depth == len(bits) or (depth, alive) in seen or len(found) > MAX_FINDINGS:
                return
            seen.add((depth, alive))
            if len(seen) > MAX_STATES:
                raise _TooLarge
            groups: dict[int, int] = {}
            for place, fitting in enumerate(bits[depth]):
                groups.setdefault(alive & fitting, place)
            for left, place in groups.items():
                walk(depth + 1, left, [*chosen, place])

        walk(0, rows, [])
        return found

    def _sampled(self, rows: int) -> list[list[int]]:
        chance = random.Random(0)
        found: list[list[int]] = []
        for _ in range(SAMPLES):
            chosen = [chance.randrange(len(axis.points)) for axis in self.axes]
            alive = rows
            for axis, place in zip(self.axes, chosen, strict=True):
                alive &= axis.maybe[place]
            if not alive and chosen not in found:
                found.append(chosen)
            if len(found) > MAX_FINDINGS:
                break
        return found

    def _unreachable(self) -> None:
        """Rows of a FIRST table that earlier rows leave nothing for."""
        for place, rule in enumerate(self.rules):
            own = 1 << place
            earlier = own - 1
            bits = [
                [sure & earlier for may, sure in zip(a.maybe, a.surely, strict=True) if may & own]
                for a in self.axes
            ]
            try:
                dead = not all(bits) or (earlier and not self._uncovered(bits, earlier))
            except _TooLarge:
                continue
            if dead:
                self.warnings.append(f"Række {rule.row.id} kan aldrig blive brugt.")

    def _twins(self) -> None:
        """Dated rows of a list table with the same conditions at the same time: a date forgotten?"""
        for second, later in enumerate(self.rules):
            for first in self.rules[:second]:
                if _written(first.tests) == _written(later.tests) and _meet(first, later):
                    self.warnings.append(
                        f"Rækkerne {first.row.id} og {later.row.id} har samme betingelser"
                        " og gælder på samme tid."
                    )


class _TooLarge(Exception):
    """More states than we are willing to walk."""


def _written(row: Sequence[Any]) -> list[str]:
    return [getattr(cell, "text", "") for cell in row]


def _meet(a: Rule, b: Rule) -> bool:
    """Whether two rows hold on the same day, one of them not for ever, or say the very same."""
    start = max(a.row.valid_from or date.min, b.row.valid_from or date.min)
    end = min(a.row.valid_to or date.max, b.row.valid_to or date.max)
    dated = start > date.min or end < date.max
    return start <= end and (dated or _written(a.outputs) == _written(b.outputs))


def _type_texts(type_: Type) -> Iterator[str]:
    """The allowed values that stand in the type itself."""
    while type_.item:
        if type_.item.allowed_text:
            yield type_.item.allowed_text
        type_ = type_.item.type

"""A proposal: which of the waiting applications the rest of the budget can bear, in their order.

It decides nothing. A refusal may not rest on it alone, and a need that the law makes necessary is met
whether it is on the list or not (domain.md C5 P07).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from engine.domain.budget import kr

NONE = Decimal(0)
CAVEAT = "Listen er et forslag og afgør intet. Et afslag må ikke hvile på den alene, og et nødvendigt behov bliver dækket, også når det står under stregen."
NO_ROOM = "Der er {fri} kr. tilbage på budgettet for {aar}, og der mangler {mangler} kr."
NO_LINE = "Der er ikke åbnet et budget for {aar}."
NECESSARY = "Behovet er nødvendigt, så direktionen anviser dækning."


@dataclass(frozen=True)
class Candidate:
    """A waiting application: what it asks of each year, and how it stands in the order."""

    key: str
    amounts: Mapping[int, Decimal]
    waiting_since: date
    #: 1 comes first.
    priority: int = 1
    necessary: bool = False


@dataclass(frozen=True)
class LeftOut:
    """One that the rest of the budget cannot bear, and why."""

    key: str
    missing: dict[int, Decimal]
    why: str


@dataclass(frozen=True)
class Proposal:
    chosen: list[str]
    left_out: list[LeftOut]
    left: dict[int, Decimal]


def propose(waiting: Iterable[Candidate], remaining: Mapping[int, Decimal]) -> Proposal:
    """Take them in their order, each where every year has room for all of it.

    The order: necessary needs, then priority, then who has waited longest. `remaining` is year ->
    what is left. What is chosen never exceeds it, and nothing that is left out would still fit.
    """
    left, chosen, left_out = dict(remaining), [], []
    for each in sorted(waiting, key=_order):
        missing = {
            year: amount - max(left.get(year, NONE), NONE)
            for year, amount in sorted(each.amounts.items())
            if amount > max(left.get(year, NONE), NONE)
        }
        if missing:
            left_out.append(LeftOut(each.key, missing, _why(each, missing, left)))
            continue
        chosen.append(each.key)
        for year, amount in each.amounts.items():
            if amount:
                left[year] -= amount
    return Proposal(chosen, left_out, left)


def _order(each: Candidate) -> tuple:
    return (not each.necessary, each.priority, each.waiting_since, each.key)


def _why(each: Candidate, missing: Mapping[int, Decimal], left: Mapping[int, Decimal]) -> str:
    told = [
        NO_ROOM.format(aar=year, fri=kr(max(left[year], NONE)), mangler=kr(amount))
        if year in left
        else NO_LINE.format(aar=year)
        for year, amount in missing.items()
    ]
    return " ".join([*told, *([NECESSARY] if each.necessary else [])])

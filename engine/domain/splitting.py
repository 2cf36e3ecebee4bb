"""Splitting an amount between units, and over years, so that the parts add up to the øre."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_DOWN, Decimal

from engine.domain.budget import OERE, portions
from engine.errors import Refused


class FordelingPasserIkke(Refused):
    """Fordelingen mellem enhederne giver {procent} procent. Den skal give 100."""


def check_split(split: list[dict]) -> None:
    """Raise FordelingPasserIkke unless the shares `{enhed, procent}` add up to 100."""
    total = sum((Decimal(str(row["procent"])) for row in split), Decimal(0))
    if total != 100:
        raise FordelingPasserIkke(procent=f"{total:f}".replace(".", ","))


def shares(amount: Decimal, split: list[dict]) -> list[tuple[str, Decimal]]:
    """The amount shared by percent, adding up to the øre: the odd øre go to the largest parts."""
    weights: dict[str, Decimal] = {}
    for row in split:
        weights[row["enhed"]] = weights.get(row["enhed"], Decimal(0)) + Decimal(str(row["procent"]))
    return list(portions(amount, weights).items())


def shares_of(amount: Decimal, left: Mapping[str | None, Decimal]) -> dict[str | None, Decimal]:
    """The amount taken from what each has left, in proportion to it; nobody gives more than that.

    The amount must not be more than all of it.
    """
    whole = sum(left.values(), Decimal(0))
    if not whole:
        return {}
    parts = {who: (amount * part / whole).quantize(OERE, ROUND_DOWN) for who, part in left.items()}
    odd = amount - sum(parts.values(), Decimal(0))
    for who in sorted(left, key=lambda each: (-left[each], each or "")):
        more = min(odd, left[who] - parts[who])
        parts[who] += more
        odd -= more
    return {who: part for who, part in parts.items() if part > 0}


def by_year(amount: Decimal, starts_on: date, months: int) -> dict[int, Decimal]:
    """What a grant costs each year when every month costs the same; the odd øre go to the last."""
    years = [starts_on.year + (starts_on.month - 1 + n) // 12 for n in range(months)]
    month = (amount / months).quantize(OERE, ROUND_DOWN)
    found = {year: month * years.count(year) for year in years}
    found[years[-1]] += amount - month * months
    return found

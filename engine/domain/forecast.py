"""A forecast of one line's year: what is spent, what is committed, what open applications may add.

A pure function; its assumptions stand in words beside it, and are shown with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from engine.domain.budget import OERE

NONE = Decimal(0)
#: Below this many decisions there is no share to speak of.
FEWEST_DECISIONS = 5
ASSUMPTIONS = (
    "Det, der er bevilget og ikke brugt, bliver brugt med lige store beløb i de måneder, bevillingen har tilbage i året.",
    "Er bevillingens måneder gået, regnes resten for brugt nu, til Økonomi har gjort bevillingen op.",
    "Indstillinger, der ikke er skrevet endnu, er ikke regnet med.",
)
ALL_OF_IT = "Åbne indstillinger er regnet med det fulde beløb, fordi der er for få afgørelser at regne en andel ud fra."
A_SHARE = "Åbne indstillinger er regnet med {procent} procent af beløbet, for så meget er der hidtil bevilget af det, der er søgt om."


@dataclass(frozen=True)
class Stretch:
    """An amount that falls on this line, for so many months from a day on."""

    amount: Decimal
    first: date
    months: int


@dataclass(frozen=True)
class Month:
    """What falls in one month, and what has come together since January."""

    month: int
    spent: Decimal
    committed: Decimal
    expected: Decimal
    total: Decimal


def forecast(
    year: int,
    today: date,
    *,
    spent: Iterable[tuple[date, Decimal]],
    committed: Iterable[Stretch],
    applied: Iterable[Stretch],
    share: Decimal = Decimal(1),
) -> list[Month]:
    """The twelve months of the year.

    `spent` are bills on the line, `committed` what is left of each grant, `applied` what open
    applications ask of the line; of the latter the `share` is expected.
    """
    used, left, may_come = [dict.fromkeys(range(1, 13), NONE) for _ in range(3)]
    for on, amount in spent:
        # A bill that is paid after the turn of the year still belongs to the line's own year.
        used[on.month if on.year == year else 1 if on.year < year else 12] += amount
    for months, stretches, part in ((left, committed, Decimal(1)), (may_come, applied, share)):
        for stretch in stretches:
            amount = (stretch.amount * part).quantize(OERE, ROUND_HALF_UP)
            for month, each in _spread(amount, _months(stretch, year, today)):
                months[month] += each
    found, total = [], NONE
    for month in range(1, 13):
        total += used[month] + left[month] + may_come[month]
        found.append(Month(month, used[month], left[month], may_come[month], total))
    return found


def granted_share(decided: Iterable[tuple[Decimal, Decimal]]) -> Decimal | None:
    """How much of what was asked for has been granted, of pairs (asked, granted); None for too few."""
    pairs = list(decided)
    asked = sum((one for one, _ in pairs), NONE)
    if len(pairs) < FEWEST_DECISIONS or not asked:
        return None
    granted = sum((other for _, other in pairs), NONE)
    return min((granted / asked).quantize(OERE, ROUND_HALF_UP), Decimal(1))


def assumptions(share: Decimal | None) -> list[str]:
    """What the forecast rests on, in words."""
    said = ALL_OF_IT if share is None else A_SHARE.format(procent=int(share * 100))
    return [*ASSUMPTIONS, said]


def _months(stretch: Stretch, year: int, today: date) -> list[int]:
    """The months of the year that the stretch has before it; the nearest one when it has none."""
    nearest = today.month if today.year == year else 1 if today.year < year else 12
    start = stretch.first.year * 12 + stretch.first.month - 1
    all_of_it = (divmod(start + n, 12) for n in range(stretch.months))
    ahead = [month + 1 for each, month in all_of_it if each == year and month + 1 >= nearest]
    return ahead or [nearest]


def _spread(amount: Decimal, months: list[int]) -> list[tuple[int, Decimal]]:
    """The same each month; the odd øre fall in the last."""
    each = (amount / len(months)).quantize(OERE, ROUND_DOWN)
    last = amount - each * (len(months) - 1)
    return [*((month, each) for month in months[:-1]), (months[-1], last)]

"""Amounts: kroner to the øre, kept as whole numbers of øre, which both databases count exactly."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_DOWN, Decimal
from typing import Any

from sqlalchemy import BigInteger, TypeDecorator

from engine.errors import Broken

OERE = Decimal("0.01")


class NotWholeOere(Broken):
    """An amount is not a whole number of øre, or is less than nothing."""


class Kroner(TypeDecorator):
    """An amount in kroner, stored as whole øre."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return None if value is None else int((Decimal(value) * 100).to_integral_exact())

    def process_result_value(self, value, dialect):
        return None if value is None else Decimal(value) / 100


def whole(amount: Any) -> Decimal:
    """The amount, not negative and whole to the øre. Raises NotWholeOere."""
    found = Decimal(str(amount))
    if not found.is_finite() or found < 0 or found != found.quantize(OERE):
        raise NotWholeOere(str(amount))
    return found


def portions(amount: Decimal, weights: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """The amount shared in proportion to the weights, adding up to the øre; nobody gets nothing.

    The odd øre go to the largest parts. Empty where nobody has a weight.
    """
    whole = sum(weights.values(), Decimal(0))
    if not whole:
        return {}
    exact = {who: amount * weight / whole for who, weight in weights.items()}
    parts = {who: part.quantize(OERE, ROUND_DOWN) for who, part in exact.items()}
    odd = int((amount - sum(parts.values(), Decimal(0))) / OERE)
    for who in sorted(exact, key=lambda each: -exact[each])[:odd]:
        parts[who] += OERE
    return {who: part for who, part in parts.items() if part > 0}


def plain(amount: Decimal) -> int | float:
    """The amount as a form and JSON say it: whole where it is."""
    return int(amount) if amount == int(amount) else float(amount)


def kr(amount: Decimal) -> str:
    """An amount as Danes write it."""
    text = f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"
    return text.translate(str.maketrans(",.", ".,"))

"""Amounts: kroner to the øre, kept as whole numbers of øre, which both databases count exactly."""

from __future__ import annotations

from decimal import Decimal
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


def kr(amount: Decimal) -> str:
    """An amount as Danes write it."""
    text = f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"
    return text.translate(str.maketrans(",.", ".,"))

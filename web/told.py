"""Amounts and days as somebody writes them in a field."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

#: 12500, 12.500, 12500,50 and 12.500,50; a minus corrects.
_AMOUNT = re.compile(r"-?(\d{1,12}|\d{1,3}(\.\d{3}){1,4})(,\d{1,2})?")


def amount_of(text: str | None) -> Decimal | None:
    """The kroner; None for what is no amount in Danish."""
    said = "".join((text or "").split()).removesuffix("kr.").replace("−", "-")
    if not _AMOUNT.fullmatch(said):
        return None
    return Decimal(said.replace(".", "").replace(",", "."))


def day_of(text: str | None) -> date | None:
    """A day as a date field sends it; None for what is none."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None

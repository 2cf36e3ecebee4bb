"""Short readable keys for things that people name: "Mentor, 2 timer" becomes `mentor_2_timer`."""

from __future__ import annotations

import re
from collections.abc import Collection

_LETTERS = str.maketrans(
    {"æ": "ae", "ø": "oe", "å": "aa", "é": "e", "ü": "u", "ö": "oe", "ä": "ae"}
)
_LONGEST = 40


def key(text: str, taken: Collection[str] = ()) -> str:
    """A lower_snake ASCII key made of the text; a number is added where it is taken."""
    plain = re.sub(r"[^a-z0-9]+", "_", text.lower().translate(_LETTERS)).strip("_")[:_LONGEST]
    base = plain.rstrip("_") or "uden_navn"
    found, number = base, 2
    while found in taken:
        found, number = f"{base}_{number}", number + 1
    return found

"""How hard a text is to read: LIX, as guidance for the one who writes, never as a barrier.

LIX = words per sentence + 100 × long words (more than six letters) per word (domain.md D). About
35 to 40 is plain Danish.
"""

from __future__ import annotations

import re

PLAIN = 40
_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE = re.compile(r"[.!?:\n]+")


def lix(text: str) -> int | None:
    """The text's LIX, rounded; None where there are no words."""
    words = _WORD.findall(text)
    if not words:
        return None
    sentences = sum(1 for part in _SENTENCE.split(text) if _WORD.search(part))
    long = sum(len(word) > 6 for word in words)
    return round(len(words) / sentences + 100 * long / len(words))

"""How hard a text is to read: LIX, as guidance for the one who writes, never as a barrier.

LIX = words per sentence + 100 × long words (more than six letters) per word (domain.md D; C. H.
Björnsson 1968). About 35 to 40 is plain Danish.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

PLAIN = 40
#: Below these figures a text is called so; what is above the last is very hard.
LEVELS = (
    (25, "Meget let at læse"),
    (35, "Let at læse"),
    (45, "Lidt svær at læse"),
    (55, "Svær at læse"),
)
HARDEST = "Meget svær at læse"
#: From here on the text is advised about, and by which half of the figure is the larger.
EASY = 35
LONG_SENTENCE = 15
_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE = re.compile(r"[.!?:\n]+")


@dataclass(frozen=True)
class Judgement:
    """A text's figure, what it means, and what would help; `advice` is empty for an easy text."""

    lix: int
    level: str
    advice: str

    @property
    def easy(self) -> bool:
        return self.lix < EASY


def lix(text: str) -> int | None:
    """The text's LIX, rounded; None where there are no words."""
    words = _WORD.findall(text)
    if not words:
        return None
    return round(len(words) / _sentences(text) + 100 * _long(words) / len(words))


def judge(text: str) -> Judgement | None:
    """The figure in words, with advice; None where there are no words."""
    figure = lix(text)
    if figure is None:
        return None
    level = next((name for below, name in LEVELS if figure < below), HARDEST)
    return Judgement(figure, level, "" if figure < EASY else _advice(text))


def _advice(text: str) -> str:
    words = _WORD.findall(text)
    longest = len(words) / _sentences(text) > LONG_SENTENCE
    wordy = 100 * _long(words) / len(words) > 25
    if longest and wordy:
        return "Del de lange sætninger, og brug kortere ord."
    return "Del de lange sætninger." if longest else "Brug kortere ord, som borgeren selv bruger."


def _sentences(text: str) -> int:
    return sum(1 for part in _SENTENCE.split(text) if _WORD.search(part))


def _long(words: list[str]) -> int:
    return sum(len(word) > 6 for word in words)

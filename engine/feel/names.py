"""What a name is: words, and the names that need to be known beforehand.

Two words beside each other mean nothing in FEEL, so they are read as one name whether or not
anybody declared it. Only names that hold a key word or one of `. / - ' + *` have to be known.
"""

from __future__ import annotations

import re
from functools import lru_cache

START = (
    "A-Za-z_?\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
PART = START + "0-9\u00b7\u0300-\u036f\u203f-\u2040"
SYMBOLS = r".\-/'’+*"

WORD = re.compile(rf"[{START}][{PART}]*")
MORE = re.compile(rf"\s+([{PART}]+)")
SIMPLE = re.compile(rf"[{START}][{PART}]*(?: [{PART}]+)*")

KEYWORDS = frozenset(
    "if then else for some every in return satisfies function or and between true false null".split()
)
LITERALS = {"true": "TRUE", "false": "FALSE", "null": "NULL"}

# Names of the language itself that hold a key word.
ODD_BUILTINS = frozenset(
    {
        "date and time",
        "years and months duration",
        "days and time duration",
        "get or else",
        "day and time duration",
        "year and month duration",
    }
)


@lru_cache(maxsize=4096)
def is_odd(name: str) -> bool:
    """Whether the name can only be read when it is known beforehand."""
    return not SIMPLE.fullmatch(name) or not KEYWORDS.isdisjoint(name.split())


@lru_cache(maxsize=4096)
def pattern(name: str) -> re.Pattern:
    """What the name looks like in a text: as declared, though blanks may be wider."""
    source = r"\s+".join(re.escape(piece) for piece in name.split())
    return re.compile(rf"{source}(?![{PART}])")

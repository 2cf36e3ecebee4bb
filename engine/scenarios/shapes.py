"""What a scenario file may say where: small checks that put together make the closed lists of keys.

A check takes a value and the place where it stands, and raises `BadScenario` with a Danish sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from engine.clock import COPENHAGEN
from engine.errors import Refused

Check = Callable[[Any, str], None]

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?([+-]\d\d:\d\d|Z)?)?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


#: Letters and digits without which a part of a text says nothing of which refusal it is.
FEWEST = 3
#: A part of this length may begin or end inside a word.
WITHIN_WORDS = 8


class BadScenario(ValueError):
    """The file is no scenario; the message says where and why."""


def bad(where: str, what: str) -> BadScenario:
    return BadScenario(f"{where}: {what}")


def moment(value: Any, where: str) -> datetime:
    """A local date and time, or a date (its midnight), in Copenhagen."""
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            pass  # a thirteenth month
        else:
            return found if found.tzinfo else found.replace(tzinfo=COPENHAGEN)
    raise bad(where, f"{value!r} er ingen dato (2026-12-02) eller tid (2026-12-02T10:00)")


def day(value: Any, where: str) -> None:
    if not (isinstance(value, str) and _DAY.fullmatch(value)):
        raise bad(where, f"{value!r} er ingen dato (2026-12-02)")
    moment(value, where)


def anything(value: Any, where: str) -> None:
    """Whatever YAML can say."""


def text(value: Any, where: str) -> None:
    if not isinstance(value, str) or not value.strip():
        raise bad(where, f"her skal stå en tekst, ikke {value!r}")


def words(value: Any, where: str) -> None:
    """A text that may be empty, so that its refusal can be told."""
    if not isinstance(value, str):
        raise bad(where, f"her skal stå en tekst, ikke {value!r}")


def refusal(value: Any, where: str) -> None:
    """A refusal's class, or a part of its text that tells it from others."""
    text(value, where)
    if value in _base_names():
        raise bad(where, f"{value} dækker alle afvisninger; skriv den, der skal komme")
    if sum(map(str.isalnum, value)) < FEWEST:
        raise bad(where, f"{value!r} står i næsten enhver afvisning; skriv mere af den")


def _base_names() -> set[str]:
    """What every refusal is; a class of several is still one that a story may expect."""
    return {cls.__name__ for cls in Refused.__mro__}


def is_file_name(value: str) -> bool:
    """Whether it names a file in a folder, and leads nowhere else."""
    return value not in (".", "..") and not any(sign in value for sign in "/\\\0")


def number(value: Any, where: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise bad(where, f"her skal stå et tal, ikke {value!r}")


def count(value: Any, where: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise bad(where, f"her skal stå et helt tal fra 0 og op, ikke {value!r}")


def position(value: Any, where: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise bad(where, f"her skal stå et helt tal fra 1 og op, ikke {value!r}")


def truth(value: Any, where: str) -> None:
    if not isinstance(value, bool):
        raise bad(where, f"her skal stå true eller false, ikke {value!r}")


def optional(check: Check) -> Check:
    """The same, or null."""

    def look(value: Any, where: str) -> None:
        if value is not None:
            check(value, where)

    return look


def list_of(check: Check) -> Check:
    def look(value: Any, where: str) -> None:
        if not isinstance(value, list):
            raise bad(where, f"her skal stå en liste, ikke {value!r}")
        for index, item in enumerate(value, 1):
            check(item, f"{where}[{index}]")

    return look


def filled(check: Check) -> Check:
    """A list with at least one."""

    def look(value: Any, where: str) -> None:
        list_of(check)(value, where)
        if not value:
            raise bad(where, "listen er tom")

    return look


def either(of_list: Check, of_one: Check) -> Check:
    """A list of this shape, or one thing of that."""
    return lambda value, where: (of_list if isinstance(value, list) else of_one)(value, where)


def some(check: Check) -> Check:
    """One of them, or a list with at least one: an empty list could never fail."""

    return either(filled(check), check)


def map_of(check: Check) -> Check:
    """Names of one's own choosing, at least one, each with a value of this shape."""

    def look(value: Any, where: str) -> None:
        if not mapping(value, where):
            raise bad(where, "her mangler mindst én nøgle")
        for name, inner in value.items():
            check(inner, f"{where}.{name}")

    return look


def keys(known: Mapping[str, Check], required: Collection[str] = ()) -> Check:
    """A closed list of keys, each with its shape."""

    def look(value: Any, where: str) -> None:
        unknown = sorted(mapping(value, where).keys() - known.keys())
        if unknown:
            told = ", ".join(sorted(known))
            raise bad(where, f"nøglen {', '.join(unknown)} findes ikke; mulige er {told}")
        for name in required:
            if value.get(name) is None:
                raise bad(where, f"nøglen {name} mangler")
        for name, inner in value.items():
            known[name](inner, f"{where}.{name}")

    return look


def mapping(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise bad(where, f"her skal stå nøgler med værdier, ikke {value!r}")
    return value

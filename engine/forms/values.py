"""One value of one field: its type, its limits, its options. Types are strict: "3" is no number."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from engine import clock
from engine.forms.form import Component
from engine.forms.patterns import LONGEST_TEXT

LONGEST_FIELD = 1_000
LONGEST_AREA = 50_000
_MOST_CHOSEN = 500
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+)+")
_PHONE = re.compile(r"\+?[0-9 ()-]{6,24}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(r"\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)?", re.ASCII)


class Wrong(ValueError):
    """Why a value is not accepted: the rest of a Danish sentence that begins with the label."""


def accepted(
    component: Component,
    value: Any,
    limits: dict[str, Any],
    allowed: list[Any] | None,
    now: datetime,
) -> Any:
    """The value, if it may stand in the field. Raises `Wrong`.

    `limits` are worked out; `allowed` are the option values of a choice.
    """
    kind = component.type
    if kind in ("textfield", "textarea"):
        return _text(component, value, limits)
    if kind == "number":
        return _number(component, value, limits)
    if kind == "checkbox":
        if not isinstance(value, bool):
            raise Wrong("skal være ja eller nej.")
        return value
    if kind in ("select", "radio"):
        return _one_of(value, allowed or [])
    if kind in ("checklist", "taglist"):
        return _some_of(value, allowed or [])
    return _moment(component, value, limits, now)


def _text(component: Component, value: Any, limits: dict[str, Any]) -> str:
    _storable(value)
    area = component.type == "textarea"
    if not area and ("\n" in value or "\r" in value):
        raise Wrong("må kun være én linje.")
    least, most = _whole(limits.get("minLength")), _whole(limits.get("maxLength"))
    longest = LONGEST_AREA if area else LONGEST_FIELD
    if component.pattern is not None:
        longest = LONGEST_TEXT
    if least is not None and len(value) < least:
        raise Wrong(f"skal være på mindst {least} tegn.")
    if len(value) > min(longest, most if most is not None else longest):
        raise Wrong(f"må højst være på {min(longest, most or longest)} tegn.")
    validate = component.schema.get("validate") or {}
    if component.pattern is not None and not component.pattern.search(value):
        raise Wrong(str(validate.get("patternErrorMessage") or "har ikke den rigtige form."))
    wanted = validate.get("validationType")
    if wanted == "email" and not _EMAIL.fullmatch(value):
        raise Wrong("er ikke en mailadresse.")
    if wanted == "phone" and not _PHONE.fullmatch(value):
        raise Wrong("er ikke et telefonnummer.")
    return value


def _storable(value: Any) -> None:
    if not isinstance(value, str):
        raise Wrong("skal være tekst.")
    # No database of ours stores NUL or half a surrogate pair.
    if "\0" in value or any("\ud800" <= char <= "\udfff" for char in value):
        raise Wrong("har tegn, der ikke kan gemmes.")


def _whole(limit: Any) -> int | None:
    if isinstance(limit, bool) or not isinstance(limit, int | float):
        return None
    return math.ceil(limit)


def _number(component: Component, value: Any, limits: dict[str, Any]) -> Any:
    number = _decimal(component, value)
    digits = component.schema.get("decimalDigits")
    if isinstance(digits, int) and number != round(number, digits):
        raise Wrong(
            "skal være et helt tal." if digits == 0 else f"må højst have {digits} decimaler."
        )
    least, most = limits.get("min"), limits.get("max")
    if _is_number(least) and number < Decimal(str(least)):
        raise Wrong(f"skal være mindst {_danish(least)}.")
    if _is_number(most) and number > Decimal(str(most)):
        raise Wrong(f"må højst være {_danish(most)}.")
    return value


def _decimal(component: Component, value: Any) -> Decimal:
    as_text = component.schema.get("serializeToString") is True
    if isinstance(value, str) and as_text and len(value) <= 40:
        try:
            number = Decimal(value)
        except InvalidOperation:
            raise Wrong("skal være et tal.") from None
    elif _is_number(value):
        number = Decimal(str(value))
    else:
        raise Wrong("skal være et tal.")
    if not number.is_finite() or abs(number) >= 10**15 or number.as_tuple().exponent < -10:
        raise Wrong("er ikke et tal, der kan gemmes.")
    return number


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _danish(number: int | float) -> str:
    return f"{number}".replace(".", ",")


def _one_of(value: Any, allowed: list[Any]) -> Any:
    if not any(_same(value, option) for option in allowed):
        raise Wrong("har et svar, der ikke er blandt valgmulighederne.")
    return value


def _some_of(value: Any, allowed: list[Any]) -> list[Any]:
    if not isinstance(value, list) or len(value) > _MOST_CHOSEN:
        raise Wrong("skal være en liste af valg.")
    for number, chosen in enumerate(value):
        _one_of(chosen, allowed)
        if any(_same(chosen, other) for other in value[:number]):
            raise Wrong("har det samme valg to gange.")
    return value


def _same(one: Any, other: Any) -> bool:
    # In Python 1 == True; in a form they are different answers.
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _moment(component: Component, value: Any, limits: dict[str, Any], now: datetime) -> str:
    subtype = component.schema.get("subtype", "date")
    _storable(value)
    try:
        if subtype == "date":
            parsed: Any = _date(value)
        elif subtype == "time":
            parsed = _time(value)
        else:
            parsed = _datetime(value)
    except ValueError:
        raise Wrong(_EXPECTED[subtype]) from None
    _interval(component, parsed)
    if component.schema.get("disallowPassedDates") is True:
        _not_past(subtype, parsed, now)
    for name, text in (("min", "tidligst være"), ("max", "senest være")):
        _within(name, text, parsed, limits.get(name), subtype)
    return value


_EXPECTED = {
    "date": "er ikke en dato (ÅÅÅÅ-MM-DD).",
    "time": "er ikke et klokkeslæt (TT:MM).",
    "datetime": "er ikke en dato med klokkeslæt (ÅÅÅÅ-MM-DDTTT:MM).",
}


def _date(text: str) -> date:
    if not _DATE.fullmatch(text):
        raise ValueError
    return date.fromisoformat(text)


def _time(text: str) -> time:
    if not _TIME.fullmatch(text):
        raise ValueError
    return time.fromisoformat(text)


def _datetime(text: str) -> datetime:
    """Aware; without an offset it is Copenhagen time."""
    day, _, clock_time = text.partition("T")
    found = datetime.combine(_date(day), _time(clock_time))
    return found if found.tzinfo else found.replace(tzinfo=clock.COPENHAGEN)


def _interval(component: Component, parsed: Any) -> None:
    minutes = component.schema.get("timeInterval")
    if isinstance(parsed, date) and not isinstance(parsed, datetime):
        return
    if isinstance(minutes, int) and minutes > 1:
        if (parsed.hour * 60 + parsed.minute) % minutes or parsed.second:
            raise Wrong(f"skal være i hele {minutes} minutter.")


def _not_past(subtype: str, parsed: Any, now: datetime) -> None:
    if subtype == "date" and parsed < clock.local(now).date():
        raise Wrong("må ikke ligge før i dag.")
    if subtype == "datetime" and parsed < now:
        raise Wrong("må ikke ligge før nu.")


def _within(name: str, text: str, parsed: Any, limit: Any, subtype: str) -> None:
    if not isinstance(limit, str):
        return
    try:
        edge = {"date": _date, "time": _time, "datetime": _datetime}[subtype](limit)
        outside = parsed < edge if name == "min" else parsed > edge
    except (ValueError, TypeError):
        return
    if outside:
        raise Wrong(f"må {text} {limit}.")

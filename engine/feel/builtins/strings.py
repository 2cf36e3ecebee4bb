"""Strings: cutting, searching, joining and writing values as text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from engine.feel import moments, names, patterns
from engine.feel.registry import builtin
from engine.feel.values import Range, YearsMonthsDuration, wrap


@builtin("substring(string: string, start position: number, length?: number)")
def substring(string, start, length=None):
    """From a position counted from 1, or from the end when negative."""
    if not start or abs(start) > len(string):
        return None
    first = int(start) - 1 if start > 0 else len(string) + int(start)
    if length is None:
        return string[first:]
    if length < 1:
        return None
    return string[first : first + int(min(length, len(string)))]


@builtin("string length(string: string)")
def string_length(string):
    return Decimal(len(string))


@builtin("upper case(string: string)")
def upper_case(run, string):
    return run.string(string.upper())


@builtin("lower case(string: string)")
def lower_case(run, string):
    return run.string(string.lower())


@builtin("substring before(string: string, match: string)")
def substring_before(string, match):
    before, found, _ = string.partition(match) if match else ("", "", "")
    return before if found else ""


@builtin("substring after(string: string, match: string)")
def substring_after(string, match):
    _, found, after = string.partition(match) if match else ("", True, string)
    return after if found else ""


@builtin("contains(string: string, match: string)")
def contains(string, match):
    return match in string


@builtin("starts with(string: string, match: string)")
def starts_with(string, match):
    return string.startswith(match)


@builtin("ends with(string: string, match: string)")
def ends_with(string, match):
    return string.endswith(match)


@builtin("trim(string: string)")
def trim(string):
    """Camunda's: without the blanks at both ends."""
    return string.strip()


@builtin("is blank(string: string)")
def is_blank(string):
    """Camunda's: whether there is nothing but blanks."""
    return not string.strip()


@builtin("matches(input: string, pattern: string, flags?: string?)")
def matches(run, input_, pattern, flags=None):
    return patterns.matches(run, input_, pattern, flags or "")


@builtin("replace(input: string, pattern: string, replacement: string, flags?: string?)")
def replace(run, input_, pattern, replacement, flags=None):
    return patterns.replace(run, input_, pattern, replacement, flags or "")


@builtin("split(string: string, delimiter: string)")
def split(run, string, delimiter):
    return patterns.split(run, string, delimiter)


@builtin("extract(string: string, pattern: string)")
def extract(run, string, pattern):
    """Camunda's: every match of the pattern."""
    return patterns.extract(run, string, pattern)


@builtin("string join(list: list, delimiter?: string?)")
def string_join(run, items, delimiter=None):
    """The strings in one; null ones are left out."""
    texts = [item for item in items if item is not None]
    if not all(isinstance(item, str) for item in texts):
        return None
    run.spend(len(texts) + (sum(map(len, texts)) + len(delimiter or "") * len(texts) >> 5))
    return run.string((delimiter or "").join(texts))


@builtin("string join(list: list, delimiter: string?, prefix: string, suffix: string)")
def string_join_within(run, items, delimiter, prefix, suffix):
    """Camunda's: joined, between a prefix and a suffix."""
    joined = string_join(run, items, delimiter)
    return None if joined is None else run.string(prefix + joined + suffix)


@builtin("string(from: any)")
def string(run, from_):
    """The value as text; null stays null."""
    if from_ is None or isinstance(from_, str):
        return from_
    return run.string(write(run, from_))


def write(run, value: Any) -> str:
    """The text of any value; inside lists and contexts strings stand in quotation marks."""
    run.spend(1)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return write_number(value)
    if isinstance(value, str):
        return run.string('"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"')
    if isinstance(value, (date, time, timedelta, YearsMonthsDuration)):
        return moments.write(value)
    return run.string(_write_many(run, value))


def write_number(value: Decimal) -> str:
    """Plain digits, without an exponent and without zeros at the end."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _write_many(run, value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(write(run, wrap(item, run)) for item in value) + "]"
    if isinstance(value, Mapping):
        entries = (f"{_key(key)}: {write(run, wrap(value[key], run))}" for key in value)
        return "{" + ", ".join(entries) + "}"
    if isinstance(value, Range):
        start, end = "[" if value.start_included else "(", "]" if value.end_included else ")"
        return f"{start}{write(run, value.start)}..{write(run, value.end)}{end}"
    return "function"


def _key(name: str) -> str:
    if not names.is_odd(name):
        return name
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'

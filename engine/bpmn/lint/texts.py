"""Texts inside a diagram: FEEL, literals, timers, variable names."""

from __future__ import annotations

import re

from engine import feel
from engine.bpmn import timers
from engine.bpmn.lint.findings import Report
from engine.bpmn.values import RESERVED

VARIABLE = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_JUEL = re.compile(r"[$#]\{")
# In FEEL what stands in brackets behind a value is a filter; a text is never true, so it gives null.
_TEXT_AS_FILTER = re.compile(r'[\w)\]]\["(?P<key>[^"]*)"\]')
_LONGEST = 2_000
#: All expressions of one file together; parsing them is the dearest part of the lint.
_LONGEST_TOGETHER = 60_000


def feel_fault(text: str) -> str:
    """Why a text (without its `=`) is not a FEEL expression; empty when it is one."""
    if not text.strip():
        return "udtrykket er tomt"
    if len(text) > _LONGEST:
        return f"udtrykket er længere end {_LONGEST} tegn"
    try:
        feel.parse(text.strip(), ())
    except feel.FeelError as error:
        return str(error)
    filtered = _TEXT_AS_FILTER.search(text)
    if filtered:
        key = filtered["key"]
        return f'["{key}"] er et filter og giver altid null; skriv get value(…, "{key}")'
    return ""


def feel_or_literal(element: str, text: str | None, what: str, report: Report) -> None:
    """A text that is FEEL after `=`, and else stands for itself."""
    if text is None:
        return
    if _JUEL.search(text) and not text.startswith("="):
        report.error(
            element,
            "juel",
            f'{what} er skrevet som "{_short(text)}"; ${{…}} bliver ikke udført.',
            f"Skriv det i FEEL: {_from_juel(text)}",
        )
    elif text.startswith("="):
        _feel(element, text, what, report)


def must_be_feel(element: str, text: str | None, what: str, report: Report) -> None:
    """A text that means nothing as a literal."""
    if text is None or not text.strip():
        report.error(element, "missing-feel", f"{what} mangler.", "Skriv et udtryk: = …")
    elif text.startswith("="):
        _feel(element, text, what, report)
    else:
        report.error(
            element,
            "not-feel",
            f'{what} er "{_short(text)}", som ikke er FEEL, for det begynder ikke med =.',
            f"Skriv det i FEEL: {_from_juel(text)}",
        )


def timer(element: str, kind: str, text: str, report: Report) -> None:
    """A timer's text: `= FEEL`, or ISO 8601 after its kind (date, duration, cycle)."""
    feel_or_literal(element, text, "Timeren", report)
    if text.startswith("=") or _JUEL.search(text):
        return
    if not text:
        report.error(element, "timer-text", "Timeren har ingen tid.", _EXAMPLE[kind])
        return
    try:
        _TIMER[kind](text)
    except timers.BadTime:
        report.error(
            element,
            "timer-text",
            f'Timerens tid "{_short(text)}" er ikke {_KIND[kind]} efter ISO 8601.',
            _EXAMPLE[kind],
        )


def variable(element: str, name: str | None, what: str, report: Report) -> None:
    """The name of a variable that something is put into."""
    if not name or not VARIABLE.fullmatch(name):
        report.error(
            element,
            "variable-name",
            f'{what} "{name or ""}" er ikke navnet på en variabel.',
            "Brug bogstaver a-z, tal og _; begynd med et bogstav.",
        )
    elif name in RESERVED or name in _FEEL_WORDS:
        report.error(
            element,
            "reserved-name",
            f"{what} {name} er et optaget navn.",
            "Vælg et andet navn.",
        )


def _duration(text: str) -> None:
    if not timers.Duration.parse(text).positive:
        raise timers.BadTime(text)


def _cycle(text: str) -> None:
    if not text.startswith("R"):
        raise timers.BadTime(text)
    timers.schedule(text, _SOME_DAY)


_SOME_DAY = timers.moment("2026-01-01")
_TIMER = {"date": timers.moment, "duration": _duration, "cycle": _cycle}
_KIND = {"date": "en dato", "duration": "en varighed", "cycle": "en gentagelse"}
_EXAMPLE = {
    "date": 'Skriv fx 2027-07-15T09:00:00 eller = get value(sag.frister, "KP-1").',
    "duration": "Skriv fx P14D (14 dage), P3M (3 måneder) eller PT2H (2 timer).",
    "cycle": "Skriv fx R/P7D (hver uge) eller R3/P14D (tre gange); cron kan ikke bruges.",
}
_FEEL_WORDS = frozenset(
    "and or not if then else for in return some every satisfies between instance of function "
    "true false null external item".split()
)


def _feel(element: str, text: str, what: str, report: Report) -> None:
    report.feel_read += min(len(text), _LONGEST)
    if report.feel_read > _LONGEST_TOGETHER:
        report.error(
            "",
            "feel-together",
            f"Filens udtryk er tilsammen længere end {_LONGEST_TOGETHER} tegn.",
            "Læg beregningerne i beslutningstabeller, eller del processen op.",
        )
        return
    fault = feel_fault(text[1:])
    if fault:
        report.error(
            element,
            "feel",
            f'{what} "{_short(text)}" kan ikke læses som FEEL: {fault}',
            'Ret udtrykket. Tekst står i "…", og lighed skrives =.',
        )


def _from_juel(text: str) -> str:
    inner = re.sub(r"[$#]\{([^}]*)\}", r"\1", text).strip()
    for juel, plain in (("==", "="), ("&&", "and"), ("||", "or"), ("'", '"')):
        inner = inner.replace(juel, plain)
    return f"= {_short(inner)}"


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:77]}…"

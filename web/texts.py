"""What the pages say: one catalogue (gettext, Danish as the source), and dates as Danes write them.

A text stands where it is used, inside `_()` or `{% trans %}`; `overligger texts` gathers them in
`web/translations/messages.pot`. Another language is a `.po` file beside it.
"""

from __future__ import annotations

import gettext as gnu
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask

from engine import clock

TRANSLATIONS = Path(__file__).parent / "translations"
LOCALE = "da_DK"

_catalogue = gnu.translation("messages", TRANSLATIONS, languages=["da"], fallback=True)


def gettext(text: str, **values: object) -> str:
    said = _catalogue.gettext(text)
    return said % values if values else said


def ngettext(one: str, many: str, count: int, **values: object) -> str:
    return _catalogue.ngettext(one, many, count) % {"num": count, **values}


def init_app(app: Flask) -> None:
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(_catalogue.gettext, _catalogue.ngettext, newstyle=True)
    app.jinja_env.filters.update(
        dag=day,
        dag_kort=short_day,
        tidspunkt=moment,
        klokken=time_of,
        siden=ago,
        kroner=kroner,
        maaned=month,
        tal=number,
        bytes=size_of,
        dato=written_day,
        felt=field_of,
        ugedag=weekday,
        groupby_day=by_day,
    )


def day(value: date | datetime | None) -> str:
    """4. december 2026"""
    return "" if value is None else _written(_date(value), "d. MMMM y")


def short_day(value: date | datetime | None) -> str:
    """i dag, i morgen, fre. 4. dec., or 4. dec. 2027 in another year"""
    if value is None:
        return ""
    that, today = _date(value), clock.today()
    near = {-1: gettext("i går"), 0: gettext("i dag"), 1: gettext("i morgen")}
    if (gone := (that - today).days) in near:
        return near[gone]
    pattern = "EEE d. MMM" if that.year == today.year else "d. MMM y"
    return _written(that, pattern)


@lru_cache(4096)
def _written(day: date, pattern: str) -> str:
    return format_date(day, pattern, LOCALE)


def by_day(entries: Iterable) -> list[tuple[date, list]]:
    """Things with a moment `at`, by the Copenhagen day, in the order they come."""
    return [(day_, list(group)) for day_, group in groupby(entries, key=lambda one: _date(one.at))]


def month(value: date) -> str:
    """dec. 2026"""
    return format_date(value, "MMM y", LOCALE)


def moment(value: datetime | None) -> str:
    """4. december 2026 kl. 10.05"""
    return "" if value is None else f"{day(value)} kl. {time_of(value)}"


def field_of(value: datetime) -> str:
    """2026-12-17T10:00, as a field of day and hour holds it"""
    return f"{clock.local(value):%Y-%m-%dT%H:%M}"


def time_of(value: datetime) -> str:
    return f"{clock.local(value):%H.%M}"


def ago(value: datetime) -> str:
    """lige nu, 5 min. siden, 10.05, i går kl. 10.05, 4. dec."""
    gone = clock.now() - value
    if timedelta(0) <= gone < timedelta(minutes=1):
        return gettext("lige nu")
    if timedelta(0) <= gone < timedelta(hours=1):
        return gettext("%(antal)s min. siden", antal=int(gone.total_seconds() // 60))
    if _date(value) == clock.today():
        return time_of(value)
    return short_day(value)


def kroner(amount) -> str:
    """12.500 kr., or 12.500,50 kr."""
    pattern = "#,##0" if amount == int(amount) else "#,##0.00"
    return f"{format_decimal(amount, pattern, LOCALE)} kr."


def number(value: float) -> str:
    """14, or 0,5"""
    return format_decimal(value, "#,##0.#", LOCALE)


def weekday(value: date) -> str:
    """i dag, i morgen, or onsdag den 4. december"""
    near = {0: gettext("i dag"), 1: gettext("i morgen")}
    if (ahead := (value - clock.today()).days) in near:
        return near[ahead]
    same_year = value.year == clock.today().year
    return format_date(value, "EEEE d. MMMM" if same_year else "EEEE d. MMMM y", LOCALE)


def written_day(text: str | None) -> str:
    """What somebody wrote as a date (2027-01-27) as Danes write it; anything else as it stands."""
    try:
        return short_day(date.fromisoformat(text or ""))
    except ValueError:
        return text or ""


def size_of(count: int) -> str:
    """812 byte, 34 kB, 2,4 MB"""
    if count < 1000:
        return f"{count} byte"
    if count < 1_000_000:
        return f"{count // 1000} kB"
    return f"{format_decimal(count / 1_000_000, '0.#', LOCALE)} MB"


def _date(value: date | datetime) -> date:
    return clock.local(value).date() if isinstance(value, datetime) else value

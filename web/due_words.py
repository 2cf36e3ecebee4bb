"""A due date as people say it, the same in every list."""

from __future__ import annotations

from flask import Flask

from engine.queries.due import LATE, Due
from web.texts import gettext as _
from web.texts import ngettext, short_day, time_of

#: How many working days ahead they are counted; further away the date says enough.
COUNTED = 10


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(frist=said, frist_ved=beside)


def said(due: Due | None) -> str:
    """i dag · fre. 4. dec. kl. 14.00 · ▲ 2 arbejdsdage over fristen"""
    if due is None:
        return _("ingen frist")
    if due.level != LATE:
        day = short_day(due.day)
        return day if due.at is None else _("%(dag)s kl. %(tid)s", dag=day, tid=time_of(due.at))
    if due.working_days:
        return ngettext(
            "▲ %(num)s arbejdsdag over fristen",
            "▲ %(num)s arbejdsdage over fristen",
            -due.working_days,
        )
    if due.working_days == 0 and due.at is not None:
        return _("▲ Fristen udløb kl. %(tid)s", tid=time_of(due.at))
    return _("▲ Over fristen")


def beside(due: Due | None) -> str:
    """What stands quietly beside it: the day that has passed, or how many working days are left."""
    if due is None:
        return ""
    if due.level == LATE:
        return short_day(due.day)
    if due.working_days is None or not 2 <= due.working_days <= COUNTED:
        return ""
    return _("om %(antal)s arbejdsdage", antal=due.working_days)

"""The inbox' state as the query of its address, and back. What is no valid state is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode

from flask import url_for

from engine.queries.inbox_asked import DUE, TABS, Asked, Cursor

#: The name of each filter in the address, and of the same in `Asked`.
FILTERS = {"koe": "queue", "frist": "due", "type": "kind", "koordinator": "coordinator"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST = 100


def read(args: Mapping[str, str]) -> Asked:
    """What an address asks for."""
    told = {name: args.get(name, "").strip()[:LONGEST] or None for name in FILTERS}
    if told["frist"] not in DUE:
        told["frist"] = None
    tab = args.get("fane")
    return Asked(
        tab=tab if tab in TABS else None,
        words=args.get("ord", "").strip()[:LONGEST],
        after=_cursor(args.get("efter")),
        before=_cursor(args.get("foer")),
        **{FILTERS[name]: value for name, value in told.items()},
    )


def saved(query: str) -> Asked:
    """What a saved view asks for."""
    return read(dict(parse_qsl(query))).from_the_top()


def query(asked: Asked, **more: str) -> str:
    """The query of the address that asks for this."""
    told = {"fane": asked.tab}
    told |= {name: getattr(asked, field) for name, field in FILTERS.items()}
    told |= {"ord": asked.words, "efter": _told(asked.after), "foer": _told(asked.before), **more}
    return urlencode({name: value for name, value in told.items() if value})


def address(asked: Asked, **more: str) -> str:
    """The address of the inbox that asks for this."""
    return f"{url_for('inbox.show')}?{query(asked, **more)}"


def without(asked: Asked, *fields: str) -> Asked:
    """The same from its first page, less these filters."""
    return replace(asked.from_the_top(), **dict.fromkeys(fields))


def _cursor(text: str | None) -> Cursor | None:
    micros, _, id_ = (text or "").partition("-")
    try:
        return Cursor(_EPOCH + timedelta(microseconds=int(micros)), id_) if id_ else None
    except (ValueError, OverflowError):
        return None


def _told(cursor: Cursor | None) -> str | None:
    if cursor is None:
        return None
    return f"{(cursor.at - _EPOCH) // timedelta(microseconds=1)}-{cursor.id}"

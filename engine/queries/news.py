"""What somebody may report on a case: the messages that it listens for and that have a form.

A message `x` can be reported by people where a form `meld_x` is in use. The form's property
`meldes_af` says who: `koordinator` (those who see the whole case) or `enheder` (everybody who takes
part in it). So a process owner who draws a message with a form has it in the menu.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from engine import diagrams, forms
from engine.definitions import FORM, Definition
from engine.domain import access, cases
from engine.errors import Refused
from engine.files import read_form
from engine.instances import RUNNING, Instance, Subscription
from engine.queries import search

PREFIX = "meld_"


class NothingToReport(Refused):
    """Det kan ikke meldes på sagen nu, eller du har ikke rettighed til det. Åbn sagen, og se under Handlinger, hvad der kan."""


@dataclass(frozen=True)
class News:
    message: str
    title: str


@dataclass(frozen=True)
class Report:
    """One thing to report: its form, and what the form's expressions may read."""

    case_id: str
    nummer: str
    citizens: str
    message: str
    title: str
    form: forms.Form
    context: dict[str, Any]


def reportable(session: Session, username: str, case: cases.Case) -> list[News]:
    """What the user may report on the case now, by title."""
    found = [
        News(message, form.properties.get("titel", message))
        for message, form in _forms(session, username, case)
    ]
    return sorted(found, key=lambda news: news.title)


def report(session: Session, username: str, nummer: str, message: str) -> Report:
    """Raises NoSuchCase, and NothingToReport where it cannot be reported now by the user."""
    case = cases.by_number(session, nummer)
    for name, form in _forms(session, username, case):
        if name == message:
            return Report(
                case_id=case.id,
                nummer=case.nummer,
                citizens=search.citizens(session, [case.id], username).get(case.id, ""),
                message=message,
                title=form.properties.get("titel", message),
                form=form,
                context={"sag": cases.view(session, case)},
            )
    raise NothingToReport


def _forms(session: Session, username: str, case: cases.Case):
    seen = access.parts(session, username, case)
    if not seen:
        raise cases.NoSuchCase
    query = select(Definition).where(
        Definition.kind == FORM, Definition.current, Definition.key.startswith(PREFIX)
    )
    heard = _heard(session, case)
    for row in session.scalars(query.options(undefer(Definition.content))):
        message, form = row.key.removeprefix(PREFIX), read_form(row.content)
        near = seen >= access.EVERY_PART
        may = near or (form.properties.get("meldes_af") == "enheder" and access.TASKS in seen)
        if may and (message in heard or (case.open and _starts(session, message))):
            yield message, form


def _heard(session: Session, case: cases.Case) -> set[str]:
    running = select(Instance.id).where(Instance.case_id == case.id, Instance.status == RUNNING)
    query = select(Subscription.name).where(Subscription.instance_id.in_(running))
    return set(session.scalars(query.distinct()))


def _starts(session: Session, message: str) -> bool:
    return bool(diagrams.own_starts(session, "message", message))

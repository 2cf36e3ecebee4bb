"""The verb `tell`: a message or a signal from outside, to a case, a key, or everybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.casework.opening import locked_by_number
from engine.casework.refusals import NobodyWaits
from engine.casework.rights import SYSTEM
from engine.casework.running import About, run
from engine.casework.step import Message, Step
from engine.domain import access, cases
from engine.domain.cases import Case
from engine.instances import Subscription
from engine.store import Store


def tell(
    store: Store,
    message: str,
    data: Mapping[str, Any] | None = None,
    *,
    by: str,
    case: str | None = None,
    key: str | None = None,
) -> None:
    """Give a message to the case of that number, or to whoever waits for the key.

    With nobody waiting it may start a process by its message start event, on that case or, when
    the key is no case's number, on a case of its own. A name that is no message's but a signal's
    is broadcast: every case that listens hears it, and every process that it starts begins.
    Raises NobodyWaits otherwise: nothing is kept for later.
    """
    if case is not None and key is not None:
        raise ValueError("a message is told to a case or to a key, not to both")
    about = About("tell", by)

    def deliver(session: Session) -> None:
        step = Step(session, by)
        if case is not None:
            _to_case(step, message, dict(data or {}), case)
        else:
            _to_key(step, message, dict(data or {}), key)
        step.save()

    run(store, about, deliver)


def _to_case(step: Step, message: str, data: Mapping[str, Any], nummer: str) -> None:
    case = locked_by_number(step, nummer)
    if step.actor != SYSTEM and not access.may_see(step.session, step.actor, case):
        raise cases.NoSuchCase
    heard = step.deliver(Message(case, "message", message, None, data))
    if not heard and not step.start_by("message", message, data, case):
        _to_everybody(step, message, data)


def _to_everybody(step: Step, signal: str, data: Mapping[str, Any]) -> None:
    heard = step.deliver(Message(None, "signal", signal, None, data))
    if not step.start_by("signal", signal, data) and not heard:
        raise NobodyWaits(besked=signal)


def _to_key(step: Step, message: str, data: Mapping[str, Any], key: str | None) -> None:
    query = (
        select(Subscription.case_id)
        .where(Subscription.kind == "message", Subscription.name == message)
        .where(Subscription.key == key, Subscription.key.is_not(None))
        .order_by(Subscription.case_id)
    )
    waiting = list(step.session.scalars(query.distinct()))
    if waiting:
        case = step.lock(waiting[0])
        heard = step.deliver(Message(case, "message", message, key, data))
    else:
        # The usual key is a case's number: a complaint starts on its case, also a closed one.
        nummer = select(Case.id).where(Case.nummer == key)
        case_id = step.session.scalar(nummer)
        case = step.lock(case_id) if case_id is not None else None
        heard = step.start_by("message", message, data, case)
    if not heard:
        _to_everybody(step, message, data)

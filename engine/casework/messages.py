"""The verb `tell`: a message or a signal from outside, to a case, a key, or everybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import diagrams
from engine.casework.opening import locked_by_number
from engine.casework.refusals import NobodyWaits
from engine.casework.rights import SYSTEM
from engine.casework.running import About, run
from engine.casework.step import Message, Step
from engine.diagrams.properties import ANYBODY, RECEIVED_BY
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

    A key that is a case's number is that case: whoever tells must be able to see it. With nobody
    waiting it may start a process by its message start event, on that case or, for another key, on
    a case of its own. A name that is no message's but a signal's is broadcast: every case that
    listens hears it, and every process that it starts begins. Raises NoSuchCase, and NobodyWaits
    otherwise: nothing is kept for later.
    """
    if case is not None and key is not None:
        raise ValueError("a message is told to a case or to a key, not to both")
    about = About("tell", by)

    def deliver(session: Session) -> None:
        step = Step(session, by)
        nummer = _number(session, key) if case is None else case
        if nummer is not None:
            _to_case(step, message, dict(data or {}), nummer, key)
        else:
            _to_key(step, message, dict(data or {}), key)
        step.save()

    run(store, about, deliver)


def _number(session: Session, key: str | None) -> str | None:
    """The key, where it is a case's number: the usual one, which anybody can read off a letter."""
    return key and session.scalar(select(Case.nummer).where(Case.nummer == key))


def _to_case(
    step: Step, message: str, data: Mapping[str, Any], nummer: str, key: str | None = None
) -> None:
    case = locked_by_number(step, nummer)
    if step.actor != SYSTEM and not access.may_see(step.session, step.actor, case):
        # Whoever a complaint reaches must be able to pass it on, without seeing the case by it.
        if not _from_outside(step, message):
            raise cases.NoSuchCase
        step.start_by("message", message, data, case)
        return
    heard = step.deliver(Message(case, "message", message, key, data))
    if not heard and not step.start_by("message", message, data, case):
        _to_everybody(step, message, data)


def _from_outside(step: Step, message: str) -> bool:
    """Whether the message starts only processes that say that anybody may hand it in."""
    begun = [start.process for start in diagrams.own_starts(step.session, "message", message)]
    releases = [(p, diagrams.current_release(step.session, p).id) for p in begun]
    programs = [(p, diagrams.program(step.session, release)) for p, release in releases]
    return bool(programs) and all(
        program.diagrams[p].properties.get(RECEIVED_BY) == ANYBODY for p, program in programs
    )


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
        heard = step.start_by("message", message, data)
    if not heard:
        _to_everybody(step, message, data)

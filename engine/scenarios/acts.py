"""What a step may do: one function per action, each calling the verb that a page would call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import select

from engine import casework, clock, municipality
from engine.casework.rights import SYSTEM
from engine.domain import budget, organisation, rules
from engine.domain.cases import Case
from engine.events import Event
from engine.scenarios.cast import Cast, Stop
from engine.scenarios.story import Step, moment

#: Who acts where a step is the municipality deciding something.
MUNICIPALITY = "procesejer-1"


def open_case(cast: Cast, step: Step) -> None:
    process, wanted = step.get("open"), step.get("for", [])
    keys = wanted if isinstance(wanted, list) else [wanted]
    before = cast.instances_of(process)
    nummer = casework.open_case(
        cast.store,
        process,
        by=step.get("by"),
        persons=tuple(cast.persons[key] for key in keys),
        answers=step.get("answers", {}),
        case=cast.case(step) if "case" in step.keys else None,
        on_behalf_of=step.get("on_behalf_of"),
    )
    # A referral that joins an open case starts another process there, and opens none.
    started = cast.instances_of(process) - before
    cast.opened(nummer, min(started, default=None))


def complete(cast: Cast, step: Step) -> None:
    task = cast.task(step, step.get("task"))
    casework.complete(
        cast.store,
        task.id,
        _with_persons(cast, step.get("answers", {})),
        by=step.get("by"),
        on_behalf_of=step.get("on_behalf_of"),
    )


def claim(cast: Cast, step: Step) -> None:
    task = cast.task(step, step.get("claim"))
    casework.claim(cast.store, task.id, by=step.get("by"), on_behalf_of=step.get("on_behalf_of"))


def release(cast: Cast, step: Step) -> None:
    task = cast.task(step, step.get("release"))
    casework.release(cast.store, task.id, by=step.get("by"), on_behalf_of=step.get("on_behalf_of"))


def assign(cast: Cast, step: Step) -> None:
    wanted = step.get("assign")
    task = cast.task(step, wanted["task"])
    casework.assign(
        cast.store,
        task.id,
        wanted["to"],
        by=step.get("by"),
        on_behalf_of=step.get("on_behalf_of"),
    )


def hold(cast: Cast, step: Step) -> None:
    wanted = step.get("hold")
    task = cast.task(step, wanted["task"])
    casework.hold(
        cast.store,
        task.id,
        moment(wanted["until"], "hold.until"),
        wanted.get("reason", ""),
        by=step.get("by"),
        on_behalf_of=step.get("on_behalf_of"),
    )


def tell(cast: Cast, step: Step) -> None:
    """A message to the case, or to a key; without `by` it comes from outside.

    Before there is a case, only what starts one can hear it.
    """
    message, key = step.get("tell"), step.get("key")
    to_case = key is None and (cast.cases or "case" in step.keys)
    before = _started_by(cast, message)
    casework.tell(
        cast.store,
        message,
        _with_persons(cast, step.get("data", {})),
        by=step.get("by", SYSTEM),
        case=cast.case(step) if to_case else None,
        key=key,
    )
    for nummer, instance in _started_by(cast, message).items():
        if nummer not in before:
            cast.opened(nummer, instance)


def _started_by(cast: Cast, message: str) -> dict[str, str | None]:
    """The cases that the message has opened so far, with the instances that it started."""
    with cast.store.reading() as session:
        opened = session.scalars(select(Event).where(Event.kind == "case_opened")).all()
        found = {}
        for event in opened:
            if event.facts.get("message") == message:
                nummer = session.scalar(select(Case.nummer).where(Case.id == event.case_id))
                started = select(Event.instance_id).where(
                    Event.case_id == event.case_id, Event.kind == "started"
                )
                found[nummer] = session.scalars(started.order_by(Event.seq).limit(1)).first()
        return dict(sorted(found.items()))


def _with_persons(cast: Cast, said: Any, about: str = "") -> Any:
    """Answers or data, with a citizen's key under `person` or `personer` put as the person's id."""
    if isinstance(said, dict):
        return {name: _with_persons(cast, value, name) for name, value in said.items()}
    if isinstance(said, list):
        return [_with_persons(cast, value, about) for value in said]
    if isinstance(said, str) and about in ("person", "personer"):
        return cast.persons.get(said, said)
    return said


def set_budget(cast: Cast, step: Step) -> None:
    by = step.get("by", MUNICIPALITY)

    def decide(session) -> None:
        for line, amounts in step.get("set_budget").items():
            budget.keep_shares(
                session,
                line,
                amounts["total"],
                decided_by="Fortællingen",
                decided_on=clock.today(),
                by=by,
            )

    cast.store.write(decide)


def set_rule(cast: Cast, step: Step) -> None:
    """A deadline rule gets another local value, or a setting another one."""
    wanted, by = step.get("set_rule"), step.get("by", MUNICIPALITY)
    name, value = wanted["id"], wanted["value"]
    with cast.store.reading() as session:
        is_rule = bool(rules.rows_of(session, name))
    if not is_rule:
        cast.store.write(lambda session: municipality.decide(session, name, value, by))
        return
    if isinstance(value, bool) or not isinstance(value, int):
        raise Stop("set_rule.value", "et helt tal", value)
    running = wanted.get("applies_to_running", False)
    casework.change_rule(cast.store, name, value, by=by, applies_to_running=running)


def absent(cast: Cast, step: Step) -> None:
    wanted = step.get("absent")

    def register(session) -> None:
        session.add(
            organisation.Absence(
                username=organisation.user(session, wanted["user"]).username,
                deputy=organisation.user(session, wanted["deputy"]).username,
                first_day=date.fromisoformat(wanted["from"]),
                last_day=date.fromisoformat(wanted["to"]),
            )
        )

    cast.store.write(register)


ACTS: dict[str, Callable[[Cast, Step], None]] = {
    "open": open_case,
    "task": complete,
    "claim": claim,
    "release": release,
    "assign": assign,
    "hold": hold,
    "tell": tell,
    "set_budget": set_budget,
    "set_rule": set_rule,
    "absent": absent,
}

"""The verb that opens a case, or starts a further process on one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import bpmn, diagrams
from engine.casework import forms
from engine.casework.refusals import BeginsOtherwise, MayNot
from engine.casework.rights import SYSTEM, employed
from engine.casework.running import About, run
from engine.casework.step import Step
from engine.casework.tasks import starting
from engine.domain import access, cases, organisation, people, referral
from engine.domain.cases import Case
from engine.store import Store


def open_case(
    store: Store,
    process: str,
    *,
    by: str,
    persons: Iterable[str | Mapping[str, Any]] = (),
    answers: Mapping[str, Any] | None = None,
    message: str | None = None,
    case: str | None = None,
    on_behalf_of: str | None = None,
) -> str:
    """Start a process for a new case, or for the one whose number is given. The case's number.

    `persons`: ids of persons, or mappings for `people.register` (`navn`, `cpr`, `key`, ...): one
    citizen or a family. `answers` fill the start event's form; `message` names a message start.
    """
    given_people = list(persons)

    def start(session: Session) -> str:
        step = starting(session, by, on_behalf_of)
        employed(session, by)
        people_of_case = given_people
        if case is None and process == referral.ENTRY:
            before = None if given_people else referral.sent_before(session, answers or {}, by)
            if before is not None:
                return before.nummer
            people_of_case = _citizens(session, given_people, answers or {})
            joined = referral.open_case_of(session, people_of_case)
            if joined is not None:
                return _join(step, step.lock(joined.id), process, answers or {})
        if case is None:
            opened = _new_case(session, on_behalf_of or by, people_of_case)
            step.case(opened)
            step.record(opened, "case_opened", process=process)
        else:
            opened = locked_by_number(step, case)
            if by != SYSTEM and not access.may_see(session, by, opened):
                raise MayNot
        given = _start_answers(step, opened, process, answers or {}, message)
        step.start(opened, process, given.variables, message=message, told=given.answers)
        step.save()
        return opened.nummer

    return run(store, About("open_case", by, process=process), start)


def _citizens(session: Session, given: list, answers: Mapping[str, Any]) -> list[str]:
    """Ids of those a referral is about: the persons given, else those its answers name."""
    if given:
        return [p if isinstance(p, str) else _register(session, p).id for p in given]
    return [person.id for person in referral.citizens_of(session, answers)]


def _join(step: Step, case: Case, process: str, answers: Mapping[str, Any]) -> str:
    """A citizen has one open case: a new referral becomes a task on it; one sent twice is one."""
    if referral.repeats(step.session, case, answers):
        return case.nummer
    given = _start_answers(step, case, process, answers, None)
    step.record(case, "referral_joined")
    step.start(case, referral.JOINING, told=given.answers)
    step.save()
    return case.nummer


def locked_by_number(step: Step, nummer: str) -> Case:
    """The case of that number, its row locked. Raises NoSuchCase."""
    query = select(Case).where(Case.nummer == nummer).with_for_update()
    found = step.session.scalars(query).one_or_none()
    if found is None:
        raise cases.NoSuchCase
    return step.case(found)


def _new_case(session: Session, by: str, persons: list[str | Mapping[str, Any]]) -> Case:
    case = cases.create(session, "koordinering" if persons else "andet", **_unit_of(session, by))
    for given in persons:
        person = given if isinstance(given, str) else _register(session, given).id
        people.add_party(session, case.id, person, "borger")
    return case


def _unit_of(session: Session, by: str) -> dict[str, str]:
    """A case belongs to the unit that opens it; a partner's lies with nobody until taken in."""
    for role in organisation.roles_of(session, by):
        unit = organisation.unit(session, role.unit)
        return {"referred_by": unit.code} if unit.partner else {"owner_unit": unit.code}
    return {}


def _register(session: Session, given: Mapping[str, Any]) -> people.Person:
    facts = {name: value for name, value in given.items() if name not in ("navn", "cpr", "key")}
    return people.register(session, given["navn"], given.get("cpr"), key=given.get("key"), **facts)


def _start_answers(
    step: Step, case: Case, process: str, answers: Mapping[str, Any], message: str | None
):
    release = diagrams.current_release(step.session, process)
    program = diagrams.program(step.session, release.id)
    _begins(program.starts(process), message)
    form_id = next(
        (
            start.form_id
            for start in program.starts(process)
            if (start.kind, start.name) in (("none", message), ("message", message))
        ),
        None,
    )
    sag = cases.view(step.session, case)
    return forms.against(step.session, release.id, form_id, answers, {"sag": sag})


def _begins(starts: Iterable[bpmn.Start], message: str | None) -> None:
    """Refuse what cannot be opened so: the process begins by a message, a signal or a timer."""
    starts = list(starts)
    wanted = ("none", None) if message is None else ("message", message)
    if any((start.kind, start.name) == wanted for start in starts):
        return
    raise BeginsOtherwise(hvordan=" eller ".join(_beginning(start) for start in starts))


def _beginning(start: bpmn.Start) -> str:
    said = {"message": "ved beskeden", "signal": "ved signalet"}.get(start.kind)
    if said is not None:
        return f"{said} {start.name}"
    return "af sig selv på sin tid" if start.kind == "timer" else "uden en besked"

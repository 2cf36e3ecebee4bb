"""The tour of somebody's first hour: the steps of their role, and which of them they have done.

A step is done when its trace is there: a task held or finished, a case opened, a note written. A step
that leaves none is done when the person says so. The next task is one from the person's own inbox.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from engine import tours
from engine.domain import organisation
from engine.domain.notes import Note
from engine.domain.notices import Seen
from engine.domain.organisation import Absence
from engine.domain.referral import Referral
from engine.domain.sign_ins import SignIn
from engine.errors import Refused
from engine.instances import DONE, UNFINISHED, WorkItem
from engine.queries import inbox
from engine.queries.inbox_asked import FREE, MINE, Asked, Viewer
from engine.reads import Read

CASEWORKER, COORDINATOR, LEADER, COMMITTEE = "sagsbehandler", "koordinator", "leder", "udvalg"
OWNER, AUDITOR, PARTNER = "procesejer", "revisor", "partner"
#: Which tour each role takes; who holds several takes the first.
_TOURS = {
    "koordinator": COORDINATOR,
    "leder": LEADER,
    "chef": LEADER,
    "udvalg_formand": COMMITTEE,
    "udvalg_sekretaer": COMMITTEE,
    "udvalg_medlem": COMMITTEE,
    "procesejer": OWNER,
    "revisor": AUDITOR,
    "administrator": AUDITOR,
    "fs_sagsbehandler": CASEWORKER,
    "sagsbehandler": CASEWORKER,
    "jurist": CASEWORKER,
    "partner": PARTNER,
}
STEPS = {
    CASEWORKER: ("tag", "svar", "sag", "note", "bero", "find", "henvis", "fravaer"),
    COORDINATOR: ("svar", "sag", "plan", "note", "kalender", "noegletal", "beskeder", "fravaer"),
    LEADER: ("overskredet", "fordel", "svar", "noegletal", "ramme", "beskeder", "fravaer"),
    COMMITTEE: ("kalender", "svar", "sag", "plan", "find", "beskeder"),
    OWNER: ("svar", "ramme", "noegletal", "find", "taster"),
    AUDITOR: ("sager", "find", "taster", "tilgaengelighed", "kontrol"),
    PARTNER: ("svar", "sag", "kalender", "find", "taster"),
}


class NoSuchStep(Refused):
    """Trinnet er ikke med i din rundtur. Åbn rundturen igen fra menuen under dit navn."""


@dataclass(frozen=True)
class Step:
    """One step. `traced`: its own trace ticks it. `task_id` or `nummer`: where the person may do it now."""

    key: str
    done: bool
    traced: bool
    task_id: str | None = None
    nummer: str | None = None


@dataclass(frozen=True)
class Tour:
    role: str
    unit: str | None
    steps: tuple[Step, ...]
    hidden: bool

    @property
    def done(self) -> int:
        return sum(step.done for step in self.steps)


def of_user(session: Session, username: str) -> Tour:
    """The tour of the user's role, the caseworker's where they hold none that is known."""
    role, unit = _role(session, username)
    marks = tours.marks(session, username)
    places = _places(session, username)
    return Tour(
        role,
        unit,
        tuple(_step(session, username, key, marks, places) for key in STEPS[role]),
        tours.HIDDEN in marks,
    )


def offered(session: Session, username: str) -> bool:
    """Whether this is the user's first sign-in, and they have not said no."""
    mine = select(func.count()).where(SignIn.username == username)
    return session.scalar(mine) <= 1 and tours.HIDDEN not in tours.marks(session, username)


def step_to_remember(session: Session, username: str, key: str) -> str:
    """The key of a step of the user's tour that leaves no trace of its own. Raises NoSuchStep."""
    role, _unit = _role(session, username)
    if key not in STEPS[role] or key in _TRACES:
        raise NoSuchStep
    return key


def _role(session: Session, username: str) -> tuple[str, str | None]:
    held = {row.role: row.unit for row in organisation.roles_of(session, username)}
    found = next((role for role in _TOURS if role in held), None)
    return (_TOURS[found], held[found]) if found else (CASEWORKER, None)


def _step(session: Session, username: str, key: str, marks: set[str], places: dict) -> Step:
    trace = _TRACES.get(key)
    if trace is None:
        return Step(key, key in marks, traced=False)
    done = session.scalar(trace(username).limit(1)) is not None
    return Step(key, done, traced=True, **places.get(key, {}))


def _places(session: Session, username: str) -> dict[str, dict[str, str | None]]:
    """Where the steps may be done now: at the first task that is free, and the first of one's own."""
    viewer = Viewer.of(session, username)
    free, mine = (
        next(iter(inbox.page(session, viewer, Asked(tab=tab), size=1).rows), None)
        for tab in (FREE, MINE)
    )
    next_ = mine or free
    at_task = {"task_id": next_.id} if next_ else {}
    at_case = {"nummer": next_.nummer} if next_ else {}
    return {
        "tag": {"task_id": free.id} if free else {},
        "svar": at_task,
        "bero": at_task,
        **dict.fromkeys(("sag", "plan", "note"), at_case),
    }


def _held(username: str) -> Select:
    return select(WorkItem.id).where(
        WorkItem.assignee == username, WorkItem.state.in_((*UNFINISHED, DONE))
    )


def _opened(what: str) -> Callable[[str], Select]:
    return lambda username: select(Read.id).where(Read.actor == username, Read.what == what)


#: The trace of each step that leaves one: a select that finds something where it is done.
_TRACES: dict[str, Callable[[str], Select]] = {
    "tag": _held,
    "svar": lambda me: select(WorkItem.id).where(WorkItem.assignee == me, WorkItem.state == DONE),
    "bero": lambda me: _held(me).where(WorkItem.hold_reason.is_not(None)),
    "sag": _opened("sag"),
    "plan": _opened("plan"),
    "note": lambda me: select(Note.id).where(Note.author == me),
    "henvis": lambda me: select(Referral.id).where(Referral.registered_by == me),
    "beskeder": lambda me: select(Seen.key).where(Seen.username == me),
    "fravaer": lambda me: select(Absence.id).where(Absence.username == me),
}

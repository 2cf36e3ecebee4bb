"""One case as its page shows it: where are we, who helps, what is next?

Every part is there only when `access.parts` says that it exists for the user: a part that does not
is None, and the page says nothing of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.domain import access, appointment, brought_in, cases, meetings
from engine.domain.organisation import Unit, User
from engine.queries import documents, frame, labels, letters, notes
from engine.queries import meetings as meeting_pages
from engine.queries.case import citizens, consents, duties, efforts, helpers, plan, sums, tasks, way


@dataclass(frozen=True)
class Overview:
    id: str
    nummer: str
    open: bool
    state: str
    on_hold: bool
    citizens: list[citizens.Citizen]
    koordinator: str | None
    stedfortraeder: str | None
    owner: str | None
    origin: str | None  # the system and the number that the case had there
    incoming: str | None  # who is to take over, to those who see the whole case
    stops: list[way.Stop]
    duties: list[duties.Duty]
    meeting: meeting_pages.Line | None
    parts: frozenset[str]
    people: list[helpers.Somebody] | None
    consents: list[consents.Agreed] | None
    plan: plan.PlanLine | None
    efforts: list[efforts.Bar] | None
    frames: list[frame.Laid]
    sums: list[sums.Sum] | None
    tasks: list[tasks.Task] | None
    notes: notes.Notes | None
    documents: documents.Documents | None
    letters: tuple[letters.Line, ...] | None
    meetings: list[meeting_pages.Line]

    @property
    def whole(self) -> bool:
        """Whether all of the case exists for the reader: there is a handover pack then."""
        return access.NOTES in self.parts

    @property
    def stuck(self) -> list[letters.Line]:
        """The letters that could not be sent, and still are not."""
        return [line for line in self.letters or () if line.dispatch.again]


def overview(
    session: Session, username: str, nummer: str, words: str = "", every_note: bool = False
) -> Overview:
    """Raises NoSuchCase for what does not exist for the user.

    `words`: only the notes that have them; `every_note`: not only the newest.
    """
    case = cases.by_number(session, nummer)
    seen = access.parts(session, username, case)
    if not seen:
        raise cases.NoSuchCase
    names = dict(session.execute(select(User.username, User.name)).all())
    units = dict(session.execute(select(Unit.code, Unit.name)).all())
    known = citizens.known(session, username, case)
    met = meeting_pages.lines(session, username, case)

    whole = access.NOTES in seen
    incoming = appointment.incoming(session, case) if whole else None

    def when(part: str, found):
        return found() if part in seen else None

    return Overview(
        id=case.id,
        nummer=case.nummer,
        open=case.open,
        state=labels.of(labels.CASE_STATES, case.tilstand),
        on_hold=case.tilstand == "SAT_I_BERO",
        citizens=[citizens.citizen(person, access.PEOPLE in seen) for person in known],
        koordinator=case.koordinator and names.get(case.koordinator, case.koordinator),
        stedfortraeder=case.stedfortraeder and names.get(case.stedfortraeder, case.stedfortraeder),
        owner=case.owner_unit and units.get(case.owner_unit, case.owner_unit),
        origin=_origin(session, case) if whole else None,
        incoming=incoming and names.get(incoming, incoming),
        stops=way.stops(session, case),
        duties=duties.running(session, case) if access.TASKS in seen else [],
        meeting=next((row for row in met if row.state == meetings.PLANNED), None),
        parts=seen,
        people=when(access.PEOPLE, lambda: helpers.of_case(session, case, names, units)),
        consents=when(
            access.CONSENTS, lambda: consents.of_case(session, username, case, seen, units)
        ),
        plan=when(access.PLAN, lambda: plan.of_case(session, username, case)),
        efforts=when(access.EFFORTS, lambda: efforts.of_case(session, case, units)),
        frames=frame.of_units(session, username, cases.units(session, case))
        if access.EFFORTS in seen
        else [],
        sums=when(access.GRANTS, lambda: sums.of_case(session, case)),
        tasks=when(access.TASKS, lambda: tasks.of_case(session, username, case)),
        notes=notes.of_case(session, username, case, seen, words, every_note),
        documents=documents.of_case(session, username, case, seen),
        letters=when(access.LETTERS, lambda: letters.lines(session, case)),
        meetings=met,
    )


def _origin(session: Session, case: cases.Case) -> str | None:
    row = session.get(brought_in.BroughtIn, case.id)
    return row and f"{row.system}, {row.old_number}"

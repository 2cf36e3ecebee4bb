"""One case in a small municipality: who owns it, who takes part, and who has nothing to do with it."""

from __future__ import annotations

from engine import clock
from engine.domain import appointment, cases, people
from engine.domain.organisation import Role, Unit, User
from engine.store import Store

#: Answers for the case; a colleague in the owning unit; takes part; stranger; partner.
COORDINATOR, COLLEAGUE, FAMILY, STRANGER, SCHOOL = "liv", "kai", "fie", "jo", "skole"
EVERYBODY = (COORDINATOR, COLLEAGUE, FAMILY, STRANGER, SCHOOL)


def furnish(store: Store) -> str:
    """The number of the case."""

    def write(session) -> str:
        for code, name, partner in (
            ("KUI", "Kommunal ungeindsats", False),
            ("FAM", "Familieafdeling", False),
            ("JOB", "Beskæftigelse", False),
            ("X-SKO", "Skole", True),
        ):
            session.add(Unit(code=code, name=name, partner=partner, law_areas=[]))
        session.flush()
        for name, called, unit, role in (
            (COORDINATOR, "Liv Koordinatorsen", "KUI", "koordinator"),
            (COLLEAGUE, "Kai Kollega", "KUI", "sagsbehandler"),
            (FAMILY, "Fie Familiesen", "FAM", "sagsbehandler"),
            (STRANGER, "Jo Jobsen", "JOB", "sagsbehandler"),
            (SCHOOL, "Skolen", "X-SKO", "partner"),
        ):
            session.add(User(username=name, name=called, skills=[]))
            session.flush()
            session.add(Role(username=name, unit=unit, role=role))
        case = cases.create(session, "koordinering", owner_unit="KUI", koordinator=COORDINATOR)
        citizen = people.register(session, "Mads Prøvesen")
        people.add_party(session, case.id, citizen.id, "borger")
        cases.involve(session, case, "FAM", "indsats")
        return case.nummer

    return store.write(write)


def leave(store: Store, nummer: str, unit: str = "FAM") -> None:
    """The unit takes part no longer."""
    store.write(lambda session: cases.let_go(session, cases.by_number(session, nummer), unit))


def share(store: Store, nummer: str, username: str) -> None:
    """Make somebody co-coordinator of the case."""

    def write(session) -> None:
        case = cases.by_number(session, nummer)
        session.add(
            appointment.Appointment(
                case_id=case.id,
                username=username,
                role=appointment.CO_COORDINATOR,
                valid_from=clock.today(),
                appointed_by=COORDINATOR,
            )
        )

    store.write(write)

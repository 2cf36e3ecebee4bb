"""An item of an agenda as a line: what it may say to whom."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from engine.domain import access, agenda, ballots, opinions
from engine.domain.agenda import AgendaItem
from engine.domain.cases import Case
from engine.domain.committee import CommitteeMeeting
from engine.domain.escalation import Application
from engine.queries import labels, search

RESULTS = {
    "bevilget": "Bevilget",
    "delvist": "Delvist bevilget",
    "afslag": "Afslag",
    "udskudt": "Udskudt",
    "egen_kompetence": "Henvist til enhedens egen kompetence",
    "godkendt": "Hastebevillingen er godkendt",
    "ikke_godkendt": "Hastebevillingen er ikke godkendt",
}
OUTCOMES = {
    "vedtaget": "Vedtaget",
    "forkastet": "Ikke vedtaget",
    "bortfaldet": "Bortfaldet, fordi deltagerne blev andre",
}
VOTES = {"for": "For", "imod": "Imod", "undlader": "Undlader"}


@dataclass(frozen=True)
class Line:
    """One item. `sees`: what it is about exists for the reader; else it has a place and no more."""

    id: str
    number: int
    place: int
    ratifies: bool
    sees: bool
    disqualified: bool
    title: str
    nummer: str
    citizens: str
    amount: Decimal | None
    silent: int
    ready: bool
    open: bool
    standing: str


def lines(session: Session, username: str, held: CommitteeMeeting) -> list[Line]:
    """The items of a meeting in the order in which they are taken."""
    return [
        line(session, username, item, place)
        for place, item in enumerate(agenda.of(session, held), 1)
    ]


def line(session: Session, username: str, item: AgendaItem, place: int) -> Line:
    row = session.get_one(Application, item.application_id)
    case = session.get_one(Case, row.case_id)
    sees = is_seen(session, username, item, case)
    last = ballots.latest(session, item)
    return Line(
        id=item.id,
        number=item.number,
        place=place,
        ratifies=item.ratifies,
        sees=sees,
        disqualified=username in item.disqualified,
        title=(item.title or row.what) if sees else "",
        nummer=case.nummer if sees else "",
        citizens=citizens(session, username, case) if sees else "",
        amount=row.amount if sees else None,
        silent=sum(opinion.silent for opinion in opinions.all_of(session, row)) if sees else 0,
        ready=item.ready_at is not None,
        open=sees and last is not None and last.is_open,
        standing=standing(session, item) if sees else "",
    )


def is_seen(session: Session, username: str, item: AgendaItem, case: Case) -> bool:
    """Whether what the item is about exists for the reader: for no one who is disqualified.

    Whoever sees a case's grants sees whom it is about.
    """
    seen = access.parts(session, username, case)
    return access.GRANTS in seen and username not in item.disqualified


def standing(session: Session, item: AgendaItem) -> str:
    """How far the committee has come with the item, in words."""
    last = ballots.latest(session, item)
    if last is not None and last.is_open:
        return "Der stemmes nu"
    decided = ballots.decided(session, item)
    if decided is not None and item.ratifies:
        carried = decided.outcome == ballots.ADOPTED
        return RESULTS["godkendt" if carried else "ikke_godkendt"]
    if decided is not None:
        return RESULTS.get(decided.result, decided.result)
    if item.result is not None:
        return labels.of(RESULTS, item.result)
    if item.postponed_because is not None:
        return RESULTS["udskudt"]
    if last is not None and last.outcome == ballots.FALLEN:
        return "Forslaget faldt"
    return "" if item.ready_at else "Papirerne mangler"


def citizens(session: Session, username: str, case: Case) -> str:
    return search.citizens(session, [case.id], username).get(case.id, "")

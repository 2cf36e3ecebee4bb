"""What the forms about a grant need not ask again: the meeting, what was voted or decided, who pays."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from engine import clock
from engine.domain import agenda, ballots, booking, budget, committee, grants, hearings
from engine.domain.ballots import Ballot
from engine.domain.cases import Case
from engine.domain.escalation import Application
from engine.domain.organisation import User
from engine.instances import WorkItem
from engine.queries.committee.calendar import application_of

CALENDAR, VOTED = "mødekalenderen", "afstemningen i mødet"
DECIDED = "beslutningen"
CONTRIBUTIONS = "enhedernes bidrag til budgettet"
#: Key of a field -> (what it begins with, where that is from).
Told = dict[str, tuple[Any, str]]


def prefilled(session: Session, task: WorkItem, form_id: str) -> Told:
    """What a form about a grant begins with; nothing of any other form."""
    case = session.get_one(Case, task.case_id)
    row = application_of(session, task, case) if form_id in _FORMS else None
    return _FORMS[form_id](session, case, row) if row is not None else {}


def _agenda(session: Session, _case: Case, _row: Application) -> Told:
    held = committee.next_open(session)
    if held is None:
        return {}
    answers = {
        "moededato": f"{clock.local(held.held_at):%Y-%m-%dT%H:%M}",
        "papirfrist": f"{clock.local(held.papers_close):%Y-%m-%dT%H:%M}",
        "medlemmer": list(held.members),
        "stedfortraedere": list(held.deputies),
    }
    return _from(CALENDAR, answers)


def _decision(session: Session, case: Case, row: Application) -> Told:
    item = agenda.item_of(session, row)
    if item is None:
        return {}
    carried = ballots.decided(session, item)
    shared = _split(session, case, row)
    if carried is None and item.postponed_because is None:
        return shared
    heard = hearings.of(session, case, row.id)
    party = "mangler" if hearings.pending(session, case, row.id) else "gennemfoert"
    answers = {"partshoering": party if heard else "ikke_noedvendig"}
    if carried is None:
        answers |= {"resultat": "udskudt", "begrundelse": item.postponed_because}
    else:
        answers |= _voted(session, carried)
    return shared | _from(VOTED, answers)


def _split(session: Session, _case: Case, row: Application) -> Told:
    """Who bears a grant from the shared budget; what a unit grants of its own it bears alone."""
    split = [] if row.borne_by_unit else booking.proposed_split(session, row)
    return _from(CONTRIBUTIONS, {"fordeling": split}) if split else {}


def _voted(session: Session, ballot: Ballot) -> dict[str, Any]:
    votes = ballots.votes_of(session, ballot)
    dissent = [
        f"{session.get_one(User, member).name}: {row.dissent}"
        for member, row in votes.items()
        if row.dissent
    ]
    told = {
        "resultat": ballot.result,
        "beloeb_bevilget": None if ballot.amount is None else budget.plain(ballot.amount),
        "vilkaar": ballot.conditions,
        "begrundelse": ballot.reason,
        "til_stede": list(ballot.able),
        "stemmer": [{"medlem": member, "stemme": row.vote} for member, row in votes.items()],
        "mindretal": "\n".join(dissent),
    }
    return {key: value for key, value in told.items() if value not in (None, "", [])}


def _ratification(session: Session, _case: Case, row: Application) -> Told:
    item = agenda.item_of(session, row)
    carried = item and ballots.decided(session, item)
    if not carried:
        return {}
    told = {"godkendt": "ja" if carried.outcome == ballots.ADOPTED else "nej"}
    return _from(VOTED, told | ({"begrundelse": carried.reason} if carried.reason else {}))


def _ruling(session: Session, _case: Case, row: Application) -> Told:
    """What was decided goes into the ruling; which part of it a law gives is asked where it differs."""
    grant = grants.of(session, row)
    if grant is None:
        return {}
    answers = {"vilkaar": grant.conditions} if grant.conditions else {}
    if grant.result != grants.PARTLY or len(row.laws) == 1:
        answers["resultat"] = grant.result
    return _from(DECIDED, answers)


def _from(where: str, answers: dict[str, Any]) -> Told:
    return {key: (value, where) for key, value in answers.items()}


_FORMS = {
    "afgoerelse": _ruling,
    "bevilling": _split,
    "dagsorden": _agenda,
    "beslutning": _decision,
    "efterfoelgende_godkendelse": _ratification,
}

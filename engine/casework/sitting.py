"""The verbs of a committee's sitting: who is there, who leaves an item, and how each one votes.

The secretary and the chair lead; a member votes for themself and declares themself disqualified.
Nothing here decides a case: when the vote is closed the secretary registers it in the diagram's
task, and what is registered must be what was voted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import events
from engine.casework.running import About, run
from engine.casework.step import Step
from engine.casework.tasks import starting
from engine.domain import agenda, ballots, committee
from engine.domain.agenda import AgendaItem
from engine.domain.ballots import Ballot
from engine.domain.cases import Case
from engine.domain.committee import CommitteeMeeting, IntetUdvalgsmoede
from engine.domain.escalation import Application
from engine.store import Store

T = TypeVar("T")


def note_present(
    store: Store,
    meeting_id: str,
    present: Sequence[str],
    stand_ins: Mapping[str, str] | None = None,
    *,
    by: str,
) -> None:
    """Who is in the room; `stand_ins` is deputy -> the member in whose seat they sit.

    A vote that is open lapses. Raises KunSekretaerOgFormand, IntetUdvalgsmoede,
    StedfortraederPasserIkke.
    """

    def write(session: Session) -> None:
        held = _locked(session, by, meeting_id)
        committee.must_lead(session, by)
        open_ = ballots.open_at(session, held)
        if open_ is not None:
            item = session.get_one(AgendaItem, open_.item_id)
            _in_case(session, item, by, lambda step, case: _lapse(step, case, open_))
        committee.note_present(held, list(present), dict(stand_ins or {}))
        facts = {"meeting": held.id, "present": held.present, "stand_ins": held.stand_ins}
        events.record_system(session, events.Entry("meeting_attended", by, facts=facts))

    run(store, About("note_present", by), write)


def disqualify(store: Store, item_id: str, member: str, why: str, *, by: str) -> None:
    """The member takes no part in the item (forvaltningsloven § 3). An open vote on it lapses.

    A member says it of themself; of others the secretary and the chair do. Raises
    IntetUdvalgsmoede, KunSekretaerOgFormand, PunktetErAfgjort, IkkeTilStede, GrundMangler.
    """

    def write(session: Session, item: AgendaItem, held: CommitteeMeeting) -> None:
        if member != by:
            committee.must_lead(session, by)
        if ballots.decided(session, item):
            raise agenda.PunktetErAfgjort

        def leave(step: Step, case: Case) -> None:
            last = ballots.latest(session, item)
            if last is not None and last.is_open:
                _lapse(step, case, last)
            agenda.disqualify(session, held, item, member, why)
            step.record(
                case, "member_disqualified", {"reason": why}, agenda_item=item.id, member=member
            )

        _in_case(session, item, by, leave)

    _at_item(store, "disqualify", item_id, by, write)


def open_vote(
    store: Store,
    item_id: str,
    result: str,
    reason: str,
    *,
    by: str,
    amount: str | int | Decimal | None = None,
    conditions: str = "",
) -> str:
    """Put a proposal to the vote; the ballot's id.

    Raises KunSekretaerOgFormand, IntetUdvalgsmoede and what `ballots.put` raises.
    """

    def write(session: Session, item: AgendaItem, _held: CommitteeMeeting) -> str:
        committee.must_lead(session, by)

        def put(step: Step, case: Case) -> str:
            ballot = ballots.put(
                session,
                item,
                by,
                result=result,
                reason=reason,
                amount=_kroner(amount),
                conditions=conditions,
            )
            step.record(case, "vote_opened", ballot=ballot.id, result=ballot.result)
            return ballot.id

        return _in_case(session, item, by, put)

    return _at_item(store, "open_vote", item_id, by, write)


def cast_vote(store: Store, ballot_id: str, vote: str, *, by: str, dissent: str = "") -> None:
    """The member's own vote: `for`, `imod` or `undlader`. It can be changed until the vote is closed.

    The trail says that they voted, and how only the ballot does. Raises IngenSaadanAfstemning,
    IntetUdvalgsmoede, AfstemningenErLukket, StemmerIkke.
    """

    def write(session: Session, ballot: Ballot, item: AgendaItem) -> None:
        def put(step: Step, case: Case) -> None:
            ballots.cast(session, ballot, by, vote, dissent)
            step.record(case, "vote_cast", ballot=ballot.id)

        _in_case(session, item, by, put)

    _at_ballot(store, "cast_vote", ballot_id, by, write)


def close_vote(store: Store, ballot_id: str, *, by: str) -> str:
    """No more votes; what became of the proposal: `vedtaget` or `forkastet`.

    Raises KunSekretaerOgFormand, AfstemningenErLukket, IngenHarStemt.
    """

    def write(session: Session, ballot: Ballot, item: AgendaItem) -> str:
        committee.must_lead(session, by)

        def close(step: Step, case: Case) -> str:
            outcome = ballots.close(session, ballot, by)
            ayes, noes = ballots.counted(ballots.votes_of(session, ballot))
            facts = {"ballot": ballot.id, "outcome": outcome, "hash": ballot.hash}
            step.record(case, "vote_closed", ayes=ayes, noes=noes, **facts)
            return outcome

        return _in_case(session, item, by, close)

    return _at_ballot(store, "close_vote", ballot_id, by, write)


def postpone_item(store: Store, item_id: str, why: str, *, by: str) -> None:
    """The item is not decided at this meeting; no quorum is needed for that.

    Raises KunSekretaerOgFormand, AfstemningErAaben, AndetResultat, GrundMangler.
    """

    def write(session: Session, item: AgendaItem, _held: CommitteeMeeting) -> None:
        committee.must_lead(session, by)

        def put_off(step: Step, case: Case) -> None:
            ballots.postpone(session, item, why)
            step.record(case, "item_postponed", {"reason": why}, agenda_item=item.id)

        _in_case(session, item, by, put_off)

    _at_item(store, "postpone_item", item_id, by, write)


def _at_item(store: Store, verb: str, item_id: str, by: str, fn: Callable[..., T]) -> T:
    """Run a verb on an item of a meeting that exists for the user."""

    def write(session: Session) -> T:
        item = session.get(AgendaItem, item_id)
        if item is None:
            raise IntetUdvalgsmoede
        return fn(session, item, _locked(session, by, item.meeting_id))

    return run(store, About(verb, by), write)


def _at_ballot(store: Store, verb: str, ballot_id: str, by: str, fn: Callable[..., T]) -> T:
    """Run a verb on a ballot; its case is locked before it is, as everywhere."""

    def write(session: Session) -> T:
        found = session.get(Ballot, ballot_id)
        if found is None:
            raise ballots.IngenSaadanAfstemning
        item = session.get_one(AgendaItem, found.item_id)
        committee.find(session, by, item.meeting_id)
        session.scalar(select(Case.id).where(Case.id == _case_id(session, item)).with_for_update())
        session.expire(found)
        return fn(session, ballots.find(session, ballot_id), item)

    return run(store, About(verb, by), write)


def _locked(session: Session, by: str, meeting_id: str) -> CommitteeMeeting:
    """The meeting as it stands now: who is there does not change while a vote is being opened."""
    held = committee.find(session, by, meeting_id)
    session.refresh(held, with_for_update=True)
    return held


def _in_case(session: Session, item: AgendaItem, by: str, act: Callable[[Step, Case], T]) -> T:
    """Act in a step of the item's case, which is locked meanwhile."""
    step = starting(session, by)
    result = act(step, step.lock(_case_id(session, item)))
    step.save()
    return result


def _case_id(session: Session, item: AgendaItem) -> str:
    return session.get_one(Application, item.application_id).case_id


def _lapse(step: Step, case: Case, ballot: Ballot) -> None:
    ballots.lapse(step.session, ballot, step.actor)
    step.record(case, "vote_lapsed", ballot=ballot.id, hash=ballot.hash)


def _kroner(amount: str | int | Decimal | None) -> Decimal | None:
    """An amount as somebody wrote it: 60000, 60.000 or 60.000,50. Raises ForslagPasserIkke."""
    if amount is None or amount == "":
        return None
    if isinstance(amount, str):
        amount = amount.replace(" ", "").replace(".", "").replace(",", ".")
    try:
        return Decimal(amount)
    except InvalidOperation:
        raise ballots.ForslagPasserIkke from None

"""Members vote in the meeting: a proposal is put, votes are cast, and the ballot is closed."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.domain import agenda, committee, grants, hearings
from engine.domain.agenda import AgendaItem, GrundMangler, PunktetErAfgjort
from engine.domain.ballots.ballot import (
    ABSTAINS,
    ADOPTED,
    AGAINST,
    FALLEN,
    FOR,
    LAPSED,
    Ballot,
    Vote,
    begin,
    counted,
    decided,
    latest,
    open_at,
    seal_up,
    votes_of,
    words_of,
)
from engine.domain.cases import Case
from engine.domain.committee import CommitteeMeeting
from engine.domain.escalation import Application
from engine.errors import Refused


class IkkeBeslutningsdygtigt(Refused):
    """Der er {antal} habile medlemmer til stede, og udvalget skal være mindst {mindst} for at afgøre noget. Indkald stedfortrædere, eller udskyd punktet."""


class StemmerIkke(Refused):
    """{hvem} kan ikke stemme i dette punkt: kun de medlemmer og stedfortrædere, der er til stede og habile, stemmer, og kun én gang."""


class MoedetErIkkeBegyndt(Refused):
    """Der kan først stemmes på mødedagen, når det er noteret, hvem der er til stede."""


class PapirerneErIkkeKlar(Refused):
    """Papirerne til punktet er ikke gjort klar, så der kan ikke stemmes endnu. Sekretæren har opgaven i indbakken."""


class AfstemningErAaben(Refused):
    """Der er en åben afstemning ved mødet. Luk den først."""


class AfstemningenErLukket(Refused):
    """Afstemningen er lukket, og stemmerne kan ikke ændres."""


class IngenHarStemt(Refused):
    """Ingen har stemt endnu. Vent på medlemmerne, eller udskyd punktet."""


class ForslagPasserIkke(Refused):
    """Vælg, hvad der stemmes om, og skriv begrundelsen. Et delvist forslag skal have et beløb under det ansøgte."""


class AndetResultat(Refused):
    """Udvalget har vedtaget noget andet ({vedtaget}). Registrér det, der er vedtaget."""


def put(
    session: Session,
    item: AgendaItem,
    by: str,
    *,
    result: str,
    reason: str,
    amount: Decimal | None = None,
    conditions: str | None = None,
) -> Ballot:
    """Open the vote on a proposal.

    Raises MoedetErIkkeBegyndt, PunktetErAfgjort, PapirerneErIkkeKlar, AfstemningErAaben,
    IkkeBeslutningsdygtigt, hearings.PartshoeringMangler, ForslagPasserIkke.
    """
    held = session.get_one(CommitteeMeeting, item.meeting_id)
    row = session.get_one(Application, item.application_id)
    if held.present is None or clock.local(held.held_at).date() > clock.today():
        raise MoedetErIkkeBegyndt
    if decided(session, item):
        raise PunktetErAfgjort
    if item.ready_at is None:
        raise PapirerneErIkkeKlar
    if open_at(session, held) is not None:
        raise AfstemningErAaben
    able = agenda.taking_part(held, item)
    must_be_able(session, held, able)
    _check_proposal(item, row, result, amount, reason)
    if result in grants.DECISIONS and hearings.pending(
        session, session.get_one(Case, row.case_id), row.id
    ):
        raise hearings.PartshoeringMangler
    return begin(
        session,
        item,
        by,
        able,
        result=result,
        reason=reason.strip(),
        amount=row.amount if result == grants.GRANTED else amount,
        conditions=(conditions or "").strip() or None,
    )


def cast(session: Session, ballot: Ballot, member: str, vote: str, dissent: str = "") -> Vote:
    """The member's own vote, in place of an earlier one. Raises AfstemningenErLukket, StemmerIkke."""
    if not ballot.is_open:
        raise AfstemningenErLukket
    if member not in ballot.able or vote not in (FOR, AGAINST, ABSTAINS):
        raise StemmerIkke(hvem=member)
    before = select(Vote).where(Vote.ballot_id == ballot.id, Vote.member == member)
    row = Vote(
        ballot_id=ballot.id,
        member=member,
        number=len(session.scalars(before).all()) + 1,
        vote=vote,
        dissent=dissent.strip() or None,
        cast_at=clock.now(),
    )
    session.add(row)
    session.flush()
    return row


def close(session: Session, ballot: Ballot, by: str) -> str:
    """No more votes: what became of the proposal. Raises AfstemningenErLukket, IngenHarStemt."""
    if not ballot.is_open:
        raise AfstemningenErLukket
    votes = votes_of(session, ballot)
    if not votes:
        raise IngenHarStemt
    ayes, noes = counted(votes)
    chairs = votes.get(ballot.chair or "")
    carried = committee.adopted(session, ayes, noes, chairs and chairs.vote)
    seal_up(session, ballot, by, ADOPTED if carried else FALLEN)
    return ballot.outcome


def lapse(session: Session, ballot: Ballot, by: str) -> None:
    """Those who may vote are not the same any more: the proposal has to be put again."""
    seal_up(session, ballot, by, LAPSED)


def may_be_put_off(session: Session, item: AgendaItem, result: str) -> None:
    """Raise unless the item can be postponed or sent back: AfstemningErAaben, AndetResultat."""
    last = latest(session, item)
    if last is not None and last.is_open:
        raise AfstemningErAaben
    carried = decided(session, item)
    if carried is not None and carried.result != result:
        raise AndetResultat(vedtaget=words_of(carried))


def postpone(session: Session, item: AgendaItem, why: str) -> None:
    """The item is not decided at this meeting. Raises GrundMangler and what `may_be_put_off` does."""
    may_be_put_off(session, item, grants.POSTPONED)
    if not why.strip():
        raise GrundMangler
    item.postponed_because = why.strip()


def must_be_able(session: Session, held: CommitteeMeeting, able: list[str]) -> None:
    """Raise IkkeBeslutningsdygtigt unless enough take part."""
    needed = committee.quorum(session, held)
    if len(able) < needed:
        raise IkkeBeslutningsdygtigt(antal=len(able), mindst=needed)


def _check_proposal(
    item: AgendaItem, row: Application, result: str, amount: Decimal | None, reason: str
) -> None:
    allowed = (agenda.RATIFIED,) if item.ratifies else (*grants.DECISIONS, grants.OWN_MEANS)
    if result not in allowed or (not reason.strip() and not item.ratifies):
        raise ForslagPasserIkke
    if result == grants.PARTLY and not (amount and 0 < amount < row.amount):
        raise ForslagPasserIkke

"""What the secretary registers of a meeting, held against what was voted in it."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy.orm import Session

from engine.domain import agenda, committee
from engine.domain.agenda import AgendaItem
from engine.domain.ballots.ballot import (
    ADOPTED,
    FALLEN,
    LAPSED,
    Ballot,
    begin,
    counted,
    decided,
    latest,
    seal_up,
    votes_of,
    words_of,
)
from engine.domain.ballots.voting import (
    AfstemningErAaben,
    AndetResultat,
    StemmerIkke,
    cast,
    must_be_able,
)
from engine.domain.committee import CommitteeMeeting
from engine.errors import Refused


class IntetFlertal(Refused):
    """Der er {for_} stemmer for og {imod} imod, så der er ikke flertal for det resultat, du registrerer."""


class AndreStemmer(Refused):
    """Medlemmerne har stemt i mødet, og det, du registrerer, er noget andet. Afstemningen kan ikke ændres; lad felterne stå, som de er udfyldt."""


class ForslagetFaldt(Refused):
    """Forslaget blev ikke vedtaget. Stem om et nyt forslag, eller udskyd punktet."""


def register(
    session: Session,
    item: AgendaItem,
    by: str,
    *,
    result: str,
    present: list[str] | None,
    votes: list[dict] | None,
    **proposal,
) -> Ballot:
    """What the secretary registers of a meeting: the vote that was taken in it, or one that was not.

    A vote that members cast themselves stands, and what is registered must say the same. Where
    nobody opened a vote, the ballot is written and sealed here; no vote at all is agreement.
    Raises AfstemningErAaben, ForslagetFaldt, AndetResultat, AndreStemmer, IkkeBeslutningsdygtigt,
    StemmerIkke, IntetFlertal.
    """
    last = latest(session, item)
    if last is not None and last.outcome != LAPSED:
        _must_be_the_same(session, last, result, proposal.get("amount"), present, votes)
        return last
    held = session.get_one(CommitteeMeeting, item.meeting_id)
    able = _registered_able(held, item, present)
    must_be_able(session, held, able)
    cast_now: dict[str, str] = {}
    for row in votes or []:
        if row["medlem"] not in able or row["medlem"] in cast_now:
            raise StemmerIkke(hvem=row["medlem"])
        cast_now[row["medlem"]] = row["stemme"]
    ballot = begin(session, item, by, able, result=result, **proposal)
    for member, vote in sorted(cast_now.items()):
        cast(session, ballot, member, vote)
    ayes, noes = counted(votes_of(session, ballot))
    if cast_now and not committee.adopted(session, ayes, noes, cast_now.get(ballot.chair or "")):
        raise IntetFlertal(for_=ayes, imod=noes)
    seal_up(session, ballot, by, ADOPTED)
    return ballot


def must_agree(session: Session, item: AgendaItem, approved: bool) -> None:
    """What is registered of a chair's grant is what was voted. Raises AfstemningErAaben, AndreStemmer."""
    last = latest(session, item)
    if last is not None and last.is_open:
        raise AfstemningErAaben
    voted = decided(session, item)
    if voted is not None and (voted.outcome == ADOPTED) != approved:
        raise AndreStemmer


def _registered_able(
    held: CommitteeMeeting, item: AgendaItem, present: list[str] | None
) -> list[str]:
    if not present and held.present is not None:
        return agenda.taking_part(held, item)
    there = set(present or held.seats)
    return [seat for seat in held.seats if seat in there - set(item.disqualified)]


def _must_be_the_same(
    session: Session,
    ballot: Ballot,
    result: str,
    amount: Decimal | None,
    present: list[str] | None,
    votes: list[dict] | None,
) -> None:
    if ballot.is_open:
        raise AfstemningErAaben
    if ballot.outcome == FALLEN:
        raise ForslagetFaldt
    if (result, amount) != (ballot.result, ballot.amount):
        raise AndetResultat(vedtaget=words_of(ballot))
    said = {member: row.vote for member, row in votes_of(session, ballot).items()}
    registered = {row["medlem"]: row["stemme"] for row in votes or []}
    if registered and (registered != said or len(votes) != len(registered)):
        raise AndreStemmer
    if present and set(present) != set(ballot.able):
        raise AndreStemmer

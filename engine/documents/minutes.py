"""The committee's minutes on paper, with the hash that names the votes."""

from __future__ import annotations

from babel.dates import format_date
from sqlalchemy.orm import Session

from engine import clock
from engine.documents.typeset import pdf
from engine.domain import organisation
from engine.domain.budget import kr
from engine.queries.committee.protocol import Decision, Item, Protocol


def minutes_pdf(session: Session, found: Protocol) -> bytes:
    """The minutes as the reader may read them: what they were disqualified in says only that."""
    told = {
        "municipality": organisation.setting(session, "kommune") or "",
        "held": _moment(found.held_at),
        "place": found.place,
        "present": found.present,
        "absent": found.absent,
        "stand_ins": [f"{deputy} for {member}" for deputy, member in found.stand_ins],
        "items": [_item(item) for item in found.items],
        "remarks": found.remarks,
        "written": f"{_moment(found.written_at)} af {found.written_by}" if found.written else "",
        "hash": found.hash,
        "answers": [
            [answer.name, _answered(answer.answer), answer.text] for answer in found.answers
        ],
    }
    return pdf("minutes.typ", told, found.written_at)


def _item(item: Item) -> dict:
    return {
        "title": f"Punkt {item.place}" + (f": {item.title}" if item.title else ""),
        "ratifies": item.ratifies,
        "hidden": item.hidden or item.closed,
        "disqualified": [f"{name}: {why}" for name, why in item.disqualified],
        "postponed": item.postponed_because,
        "decisions": [_decision(one) for one in item.decisions],
    }


def _decision(one: Decision) -> dict:
    amount = "" if one.amount is None else f", {kr(one.amount)} kr."
    return {
        "proposal": one.result + amount,
        "outcome": one.outcome,
        "conditions": one.conditions,
        "reason": one.reason,
        "votes": [[name, vote, dissent] for name, vote, dissent in one.votes],
        "hash": one.hash,
    }


def _answered(answer: str) -> str:
    return {"godkendt": "Godkendt", "indsigelse": "Indsigelse"}.get(answer, "Har ikke svaret")


def _moment(at) -> str:
    local = clock.local(at)
    return f"{format_date(local.date(), 'd. MMMM y', 'da_DK')} kl. {local:%H.%M}"

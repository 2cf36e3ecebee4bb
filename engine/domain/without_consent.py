"""Information obtained without the citizen's consent: the paragraph, who approved, and who was told.

Retssikkerhedslov § 11 a stk. 1 asks for a prior consent; the exceptions are rows of the decision
table `indhentning_uden_samtykke` (domain.md B3: a paragraph, a leader's approval, a letter).
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.domain.cases import Case
from engine.domain.facts import fact
from engine.errors import Refused
from engine.store import Base, new_id

APPROVED = "godkendt"
UNCONFIRMED = "KONTROL"


class IngenHjemmel(Refused):
    """Ingen paragraf giver ret til at hente oplysningerne uden samtykke. Spørg borgeren om samtykke, eller tal med juristen."""


class HjemmelIkkeBekraeftet(Refused):
    """{hjemmel} er ikke bekræftet af en jurist endnu og kan ikke bruges. Spørg borgeren om samtykke, eller bed procesejeren få rækken efterset."""


class SamtykkeFindes(Refused):
    """Borgeren har givet samtykke til at hente oplysninger fra {kilde}. Brug samtykket i stedet."""


class SammeGodkender(Refused):
    """Den, der beder om oplysningerne, kan ikke selv godkende. En anden leder i enheden skal svare."""


class BrevetSkalSendes(Refused):
    """Loven giver ikke ret til at undlade brevet her. Svar, at borgeren får brevet."""


class UnconsentedRequest(Base):
    """One request for information without consent, from its reason to the letter."""

    __tablename__ = "information_without_consent"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    source: Mapped[str] = mapped_column(String(160))
    kind: Mapped[str] = mapped_column(String(200))
    period: Mapped[str] = mapped_column(String(120))
    purpose: Mapped[str] = mapped_column(Text)
    ground: Mapped[str] = mapped_column(String(40))
    #: The paragraph and the table's row as they stood when the request was made.
    paragraph: Mapped[str] = mapped_column(String(160))
    row: Mapped[str] = mapped_column(String(60))
    no_consent_because: Mapped[str] = mapped_column(Text)
    needed_because: Mapped[str] = mapped_column(Text)
    #: Why the citizen is not told, and the paragraph for that; none means that a letter is sent.
    untold_paragraph: Mapped[str | None] = mapped_column(String(160))
    untold_because: Mapped[str | None] = mapped_column(Text)
    asked_by: Mapped[str] = mapped_column(String(60))
    asked_at: Mapped[datetime]
    answer: Mapped[str | None] = mapped_column(String(20))
    answer_reason: Mapped[str | None] = mapped_column(Text)
    answered_by: Mapped[str | None] = mapped_column(String(60))
    answered_at: Mapped[datetime | None]
    sent_on: Mapped[date | None] = mapped_column(Date)
    received_on: Mapped[date | None] = mapped_column(Date)
    assessment: Mapped[str | None] = mapped_column(Text)
    told_at: Mapped[datetime | None]


def ask(
    session: Session, case: Case, person_id: str, by: str, paragraph: str, row: str, **facts
) -> UnconsentedRequest:
    """Write down a request that the law's row allows; `facts` are the columns."""
    request = UnconsentedRequest(
        case_id=case.id,
        person_id=person_id,
        asked_by=by,
        asked_at=clock.now(),
        paragraph=paragraph,
        row=row,
        **facts,
    )
    session.add(request)
    session.flush()
    return request


def answer(request: UnconsentedRequest, by: str, said: str, reason: str) -> None:
    """The leader's answer. Raises SammeGodkender when it is the asker's own."""
    if by == request.asked_by:
        raise SammeGodkender
    request.answer, request.answer_reason = said, reason
    request.answered_by, request.answered_at = by, clock.now()


def find(session: Session, request_id: str) -> UnconsentedRequest:
    return session.get_one(UnconsentedRequest, request_id)


def of_case(session: Session, case: Case) -> list[UnconsentedRequest]:
    query = select(UnconsentedRequest).where(UnconsentedRequest.case_id == case.id)
    return list(session.scalars(query.order_by(UnconsentedRequest.asked_at)))


@fact("indhentninger_uden_samtykke")
def _requests(session: Session, case: Case) -> dict[str, dict]:
    """Each request by its id: from whom, what, why, and the law it stands on."""
    return {
        row.id: {
            "kilde": row.source,
            "typer": row.kind,
            "hjemmel": row.paragraph,
            "noedvendigt": row.needed_because,
            "samtykke_mangler": row.no_consent_because,
            "besked": "nej, " + row.untold_paragraph if row.untold_paragraph else "ja",
        }
        for row in of_case(session, case)
    }

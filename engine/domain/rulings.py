"""Rulings (afgørelser): one for each law, with its reasons and its own way to complain.

Sources: forvaltningsloven §§ 22-25 (reasons, guidance), retssikkerhedsloven §§ 60, 66, 67 (the
complaint); domain.md B3. The citizen is told when the letter has left the house; the complaint
clock starts then, and not before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock, tables
from engine.domain import deadlines, grants, letters, organisation
from engine.domain.cases import Case
from engine.domain.escalation import Application
from engine.domain.facts import fact
from engine.domain.grants import GRANTED
from engine.domain.keys import key
from engine.domain.letters import Letter
from engine.domain.organisation import Unit
from engine.domain.rules import UNCONFIRMED
from engine.errors import Refused
from engine.store import Base, new_id

#: The rule that says by when one complains, and the table that says to whom.
TO_COMPLAIN, GUIDANCE = "RSL-1", "klagevejledning"
REASONS = {
    "reason_rules": "reglerne",
    "reason_facts": "oplysningerne",
    "reason_weighing": "vurderingen",
}


class BegrundelseMangler(Refused):
    """Afgørelsen giver ikke borgeren det hele og skal begrundes i tre dele (forvaltningsloven § 24). Der mangler: {mangler}."""


class AfgoerelsePasserIkke(Refused):
    """Der er givet afslag på det hele, så afgørelsen efter {lov} kan ikke være en bevilling. Skriv afslaget, eller bed den, der besluttede, om at tage sagen op igen."""


class UkendtAfgoerelse(Refused):
    """Afgørelsen findes ikke i sagen. Vælg en af de afgørelser, borgeren har fået."""


class IkkeAfgjort(Refused):
    """Der er ikke skrevet en afgørelse efter {lov}. Hver lov skal have sin egen, før brevet kan sendes."""


class Ruling(Base):
    """One ruling under one law."""

    __tablename__ = "rulings"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    application_id: Mapped[str | None] = mapped_column(ForeignKey("applications.id"), index=True)
    key: Mapped[str] = mapped_column(String(60))
    law: Mapped[str] = mapped_column(String(40))
    unit: Mapped[str] = mapped_column(ForeignKey("units.code"))
    result: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    reason_rules: Mapped[str | None] = mapped_column(Text)
    reason_facts: Mapped[str | None] = mapped_column(Text)
    reason_weighing: Mapped[str | None] = mapped_column(Text)
    conditions: Mapped[str | None] = mapped_column(Text)
    guidance: Mapped[str] = mapped_column(Text)
    appeals_body: Mapped[str] = mapped_column(ForeignKey("units.code"))
    decided_by: Mapped[str] = mapped_column(String(60))
    decided_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    complain_by: Mapped[date | None] = mapped_column(Date)


def decide(
    session: Session, case: Case, row: Application, law: str, by: str, **facts: str | None
) -> Ruling:
    """Write the ruling under one law; the complaint guidance is put in and cannot be left out.

    Raises BegrundelseMangler, AfgoerelsePasserIkke.
    """
    decided = grants.of(session, row)
    if decided is not None and decided.result == grants.REFUSED != facts["result"]:
        raise AfgoerelsePasserIkke(lov=law)
    if facts["result"] != GRANTED:
        missing = [word for name, word in REASONS.items() if not (facts.get(name) or "").strip()]
        if missing:
            raise BegrundelseMangler(mangler=", ".join(missing))
    told = guidance(session, law)
    ruling = Ruling(
        case_id=case.id,
        application_id=row.id,
        key=key(law, {ruling.key for ruling in of_case(session, case)}),
        law=law,
        unit=row.deciding_units[law],
        guidance=told.words,
        appeals_body=told.body.code,
        decided_by=by,
        decided_at=clock.now(),
        **facts,
    )
    session.add(ruling)
    session.flush()
    return ruling


@dataclass(frozen=True)
class Guidance:
    """To whom and in which words one complains; whether somebody has confirmed it for the law."""

    body: Unit
    words: str
    confirmed: bool


def guidance(session: Session, law: str) -> Guidance:
    """How one complains under the law (forvaltningsloven § 25), by the table `klagevejledning`."""
    answer = tables.decide(session, GUIDANCE, {"lov": law})
    rows = tables.table(session, GUIDANCE).decisions[GUIDANCE].rows
    return Guidance(
        body=organisation.unit(session, answer.value["instans"]),
        words=answer.value["tekst"],
        confirmed=all(row.kind != UNCONFIRMED for row in rows if row.id in answer.rules),
    )


def of_case(session: Session, case: Case) -> list[Ruling]:
    query = select(Ruling).where(Ruling.case_id == case.id)
    return list(session.scalars(query.order_by(Ruling.decided_at, Ruling.key)))


def unwritten(session: Session, case: Case, row: Application) -> list[Ruling]:
    """The application's rulings that no letter tells yet. Raises IkkeAfgjort."""
    found = [ruling for ruling in of_case(session, case) if ruling.application_id == row.id]
    for law in row.laws:
        if law not in {ruling.law for ruling in found}:
            raise IkkeAfgjort(lov=law)
    told = {key for letter in letters.of_case(session, case) for key in told_by(letter)}
    return [ruling for ruling in found if ruling.key not in told]


def in_letter(ruling: Ruling) -> dict:
    """The ruling as the facts of the letter that tells it (B06)."""
    return {
        "noegle": ruling.key,
        "lov": ruling.law,
        "resultat": ruling.result,
        "tekst": ruling.text,
        "begrundelse": [ruling.reason_rules, ruling.reason_facts, ruling.reason_weighing],
        "vilkaar": ruling.conditions,
        "klagevejledning": ruling.guidance,
    }


def told_by(letter: Letter) -> list[str]:
    """The keys of the rulings that the letter tells."""
    return [row["noegle"] for row in letter.facts.get("afgoerelser", ())]


def carried(session: Session, case: Case, keys: Iterable[str]) -> list[Ruling]:
    """Of the rulings of these keys those that are to be told now: every letter of theirs has left."""
    on_the_way = {
        key
        for letter in letters.of_case(session, case)
        if told_by(letter) and not letter.stopped and not letters.has_left(session, letter)
        for key in told_by(letter)
    }
    wanted = set(keys) - on_the_way
    return [r for r in of_case(session, case) if r.key in wanted and r.told_at is None]


def tell(session: Session, case: Case, ruling: Ruling) -> None:
    """The citizen has the ruling from now on, and the time to complain runs from today.

    Raises rules.RuleMissing, deadlines.NotComputable; the ruling has been told none the less.
    """
    ruling.told_at = clock.now()
    due = deadlines.start(session, case, TO_COMPLAIN, clock.today(), ruling.id)
    ruling.complain_by = due.due


def find(session: Session, case: Case, ruling_key: str) -> Ruling:
    """Raises UkendtAfgoerelse."""
    query = select(Ruling).where(Ruling.case_id == case.id, Ruling.key == ruling_key)
    found = session.scalar(query)
    if found is None:
        raise UkendtAfgoerelse
    return found


@fact("valg_afgoerelser")
def _told(session: Session, case: Case) -> list[dict]:
    """The rulings that the citizen has been told, to choose between."""
    return [
        {
            "value": ruling.key,
            "label": f"{ruling.law} af {clock.local(ruling.told_at):%d.%m.%Y}: {ruling.result}",
        }
        for ruling in of_case(session, case)
        if ruling.told_at
    ]

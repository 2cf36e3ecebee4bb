"""Finding a case among those that exist for the user: by its number or a citizen's name."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from engine.domain import access
from engine.domain.cases import Case
from engine.domain.organisation import User
from engine.domain.people import Party, Person
from engine.queries import labels


@dataclass(frozen=True)
class Hit:
    id: str
    nummer: str
    citizens: str
    state: str
    coordinator: str


def cases(
    session: Session, username: str, words: str, limit: int = 8, before: str | None = None
) -> list[Hit]:
    """The newest cases whose number or a citizen's name holds the words; all where there are none.

    `before`: only cases with a smaller number, for the next page.
    """
    query = select(Case).where(Case.id.in_(access.visible_cases(session, username)))
    if words:
        like = f"%{escaped(words.lower())}%"
        named = (
            select(Party.case_id)
            .join(Person, Person.id == Party.person_id)
            .where(Party.role == "borger", func.lower(Person.name).like(like, escape="\\"))
        )
        query = query.where(or_(Case.nummer.like(like, escape="\\"), Case.id.in_(named)))
    if before:
        query = query.where(Case.nummer < before)
    found = list(session.scalars(query.order_by(Case.nummer.desc()).limit(limit)))
    names = citizens(session, [case.id for case in found], username)
    if words:
        # Nor is a case found by the name of one who said no.
        said = words.lower()
        found = [
            case for case in found if said in case.nummer or said in names.get(case.id, "").lower()
        ]
    people = dict(
        session.execute(
            select(User.username, User.name).where(
                User.username.in_({case.koordinator for case in found if case.koordinator})
            )
        ).all()
    )
    return [
        Hit(
            id=case.id,
            nummer=case.nummer,
            citizens=names.get(case.id, ""),
            state=labels.of(labels.CASE_STATES, case.tilstand),
            coordinator=people.get(case.koordinator, ""),
        )
        for case in found
    ]


def citizens(session: Session, case_ids: list[str], username: str) -> dict[str, str]:
    """Case id -> the names, with commas between, of its citizens whom this reader may know."""
    rows = session.execute(
        select(Party.case_id, Person.name)
        .join(Person, Person.id == Party.person_id)
        .where(Party.case_id.in_(case_ids), Party.role == "borger")
        .where(access.knows(session, username, case_ids))
        .order_by(Party.valid_from, Party.id)
    )
    names: dict[str, list[str]] = {}
    for case_id, name in rows:
        names.setdefault(case_id, []).append(name)
    return {case_id: ", ".join(all_) for case_id, all_ in names.items()}


def escaped(words: str) -> str:
    """The words for LIKE with escape "\\", so that % and _ mean themselves."""
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")

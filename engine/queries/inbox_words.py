"""What the words of a search name: kinds of tasks, and cases by their number or a citizen."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, text
from sqlalchemy.orm import Session

from engine.domain.cases import Case
from engine.domain.people import Party, Person
from engine.instances import WorkItem
from engine.queries.search import escaped

#: So many things may be found and still be named one by one.
FEW = 200


@dataclass(frozen=True)
class Cases:
    """The cases that were asked for by `word`. `ids` is None where they are many.

    A few are named one by one. Of many, each task of a list is asked for its case, and enough of
    them are found soon.
    """

    word: str
    ids: tuple[str, ...] | None

    def have(self, each: Select) -> ColumnElement[bool]:
        """The task at hand is of one of them; `each` selects something if its case is."""
        # Not EXISTS: PostgreSQL would first gather all that it could find, for any task.
        one_by_one = each.limit(1).scalar_subquery().is_not(None)
        return one_by_one if self.ids is None else WorkItem.case_id.in_(self.ids)


@dataclass(frozen=True)
class Named:
    """What words name, looked up once for all the lists and counts of a page."""

    tasks: tuple[str, ...]
    cases: Cases


def look_up(session: Session, words: str) -> Named:
    names = _every_name().subquery()
    tasks = session.scalars(select(names.c.name).where(holds(session, names.c.name, words)))
    return Named(tuple(tasks), Cases(words, _cases(session, words)))


def few(session: Session, query: Select) -> tuple[str, ...] | None:
    """The ids that the query finds; None where there are more than a few."""
    found = tuple(session.scalars(query.limit(FEW + 1)))
    return found if len(found) <= FEW else None


def _cases(session: Session, words: str) -> tuple[str, ...] | None:
    numbered: tuple[str, ...] | None = ()
    if any(letter.isdigit() for letter in words):
        numbered = few(session, select(Case.id).where(holds(session, Case.nummer, words)))
    people = few(session, select(Person.id).where(holds(session, Person.name, words)))
    if numbered is None or people is None:
        return None
    theirs = select(Party.case_id).where(Party.person_id.in_(people), Party.role == "borger")
    called = few(session, theirs) if people else ()
    return None if called is None else tuple(sorted({*numbered, *called}))


def naming(session: Session, named: Named, seen: ColumnElement[bool]) -> ColumnElement[bool]:
    """The task is of a kind that the words name, or of a case that they name and is `seen`."""
    ways = [false()]
    if named.tasks:
        ways.append(WorkItem.name.in_(named.tasks))
    if named.cases.ids != ():
        ways.append(and_(named.cases.have(_is_named(session, named.cases.word)), seen))
    return or_(*ways)


def holds(session: Session, column: ColumnElement, words: str) -> ColumnElement[bool]:
    """The column holds the words, whatever the case of their letters."""
    like = f"%{escaped(words)}%"
    # Folding a to z alone is many times quicker; what that lets through is asked once more.
    folded = "".join(letter if letter.isascii() else "_" for letter in like)
    if session.get_bind().dialect.name == "postgresql":
        alike = column.collate("C").ilike(folded, escape="\\")
        return alike if words.isascii() else and_(alike, column.ilike(like, escape="\\"))
    # SQLite's own LIKE folds no others.
    alike = column.like(folded, escape="\\")
    return (
        alike
        if words.isascii()
        else and_(alike, func.lower(column).like(like.lower(), escape="\\"))
    )


def _is_named(session: Session, words: str) -> Select:
    return (
        select(Party.id)
        .join(Person, Person.id == Party.person_id)
        .join(Case, Case.id == Party.case_id)
        .where(Party.case_id == WorkItem.case_id, Party.role == "borger")
        .where(or_(holds(session, Person.name, words), holds(session, Case.nummer, words)))
    )


def _every_name() -> Select:
    """The different names of tasks, each found from the one before it by the index over names."""
    stands = text("work_items.state <> 'cancelled'")  # in the very words of the index
    names = select(func.min(WorkItem.name).label("name")).where(stands).cte("names", recursive=True)
    following = select(func.min(WorkItem.name)).where(WorkItem.name > names.c.name, stands)
    names = names.union_all(select(following.scalar_subquery()).where(names.c.name.is_not(None)))
    return select(names.c.name).where(names.c.name.is_not(None))

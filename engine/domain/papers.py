"""Who may read and write the papers of a case: its notes, its documents, its meetings.

Those who answer for a case see all of it. A unit that takes part writes notes and documents for its
own part and reads those again; it sees the meetings that it is invited to. Every list, page, search
and calendar asks this file, which asks `access`.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from engine.domain import access, appointment, cases
from engine.domain.access import GRANTS, MEETINGS, NOTES
from engine.domain.cases import Case, Involvement
from engine.domain.documents import Document
from engine.domain.meetings import GREEN, Invitee, Meeting
from engine.domain.notes import Note

#: States in which a case is a closed book.
ARCHIVED = frozenset({"ARKIVERET", "SLETTET"})


def may_read(seen: frozenset[str]) -> bool:
    """Whether there are notes and documents for one who sees these parts of the case."""
    return bool(seen & {NOTES, MEETINGS})


def may_write(case: Case, seen: frozenset[str]) -> bool:
    """Whether one who sees these parts of the case may add to its papers."""
    return may_read(seen) and case.tilstand not in ARCHIVED


def unit_of_writer(session: Session, username: str, case: Case) -> str | None:
    """The unit that the user writes for; none for those who answer for the whole case."""
    if NOTES in access.parts(session, username, case):
        return None
    own = access.reach(session, username).inner_units
    taking_part = [code for code in cases.units(session, case) if code in own]
    return next(iter(taking_part or sorted(own)), None)


def notes(session: Session, username: str, among: list[str] | None = None) -> ColumnElement[bool]:
    """The SQL condition that a note exists for the user."""
    return or_(
        Note.case_id.in_(access.whole_cases(session, username, among)),
        _own(session, username, Note, among),
    )


def documents(session: Session, username: str, case: Case) -> ColumnElement[bool]:
    """The SQL condition that a document of the case exists for the user."""
    seen = access.parts(session, username, case)
    return and_(
        Document.case_id == case.id,
        or_(
            Document.part.in_(seen & {NOTES, MEETINGS, GRANTS}),
            _own(session, username, Document, [case.id]),
        ),
    )


def documents_anywhere(session: Session, username: str) -> ColumnElement[bool]:
    """The same in whichever case it lies, for a search in those that the user works with.

    Who sees a case for the sake of one task alone finds its documents on the case's own page.
    """
    mine = access.reach(session, username)
    taking_part = select(Involvement.case_id).where(
        *access.takes_part_now(mine),
        Involvement.case_id.in_(access.visible_cases(session, username)),
    )
    # The committee has an item before it, and nothing of the meetings about the citizen.
    as_a_unit = taking_part.where(Involvement.why != cases.ON_THE_AGENDA)
    return or_(
        _own(session, username, Document, None),
        Document.case_id.in_(access.whole_cases(session, username)),
        and_(Document.part == GRANTS, Document.case_id.in_(taking_part)),
        and_(Document.part == MEETINGS, Document.case_id.in_(as_a_unit)),
    )


def meetings(
    session: Session, username: str, among: list[str] | None = None
) -> ColumnElement[bool]:
    """The SQL condition that a meeting exists for the user: their case's, or one they may come to."""
    mine = access.reach(session, username)
    units = mine.inner_units | mine.partner_units
    invited = select(Invitee.meeting_id).where(Invitee.light == GREEN, Invitee.who.in_(units))
    return or_(
        Meeting.case_id.in_(access.whole_cases(session, username, among)),
        and_(
            or_(Meeting.id.in_(invited), Meeting.called_by.in_(mine.usernames)),
            Meeting.case_id.in_(access.visible_cases(session, username, among)),
        ),
    )


def _own(
    session: Session, username: str, row: type[Note] | type[Document], among: list[str] | None
) -> ColumnElement[bool]:
    """What the user or their unit wrote, while the case exists for them."""
    mine = access.reach(session, username)
    return and_(
        or_(row.author.in_(mine.usernames), row.unit.in_(mine.inner_units)),
        row.case_id.in_(access.visible_cases(session, username, among)),
    )


def meeting(session: Session, username: str, case: Case, meeting_id: str) -> Meeting:
    """The meeting, where it exists for the user. Raises NoSuchCase."""
    query = select(Meeting).where(
        Meeting.id == meeting_id,
        Meeting.case_id == case.id,
        meetings(session, username, [case.id]),
    )
    found = session.scalar(query)
    if found is None:
        raise cases.NoSuchCase
    return found


def may_change_meeting(session: Session, username: str, case: Case, row: Meeting) -> bool:
    """Whether the user may move or call off the meeting: who answers for the case, or called it."""
    if not case.open:
        return False
    mine = access.reach(session, username).usernames
    near = {
        case.koordinator,
        case.stedfortraeder,
        row.called_by,
        appointment.incoming(session, case),
    }
    unled = case.koordinator is None and NOTES in access.parts(session, username, case)
    return bool(mine & near) or unled

"""Hands letters over to whoever carries them, and writes what became of each.

Outside a demonstration a letter is left in a folder (OVERLIGGER_LETTERS_OUT) as a PDF with a JSON
file beside it, for the municipality's remote print or Digital Post. In a demonstration nothing
leaves the house and nothing says that it did. A letter that could not be handed over is tried again;
meanwhile it stands as an incident on its case. A ruling is told when the letters that carry it have
left: then the time to complain begins, and in a demonstration as if they had.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, documents, events, incidents, outbox, tables
from engine.casework import posting
from engine.casework.rights import SYSTEM
from engine.domain import letters, people, rulings
from engine.domain.cases import Case, NoSuchCase
from engine.domain.letters import Letter
from engine.errors import Refused
from engine.events import Entry
from engine.incidents import Incident
from engine.outbox import Outgoing
from engine.queries import meetings, plan
from engine.settings import Settings, settings
from engine.store import Store

log = logging.getLogger(__name__)

VERB = "send_letter"
#: The table that says by which channels a letter goes (D9).
CHANNELS = "kanal"


class AlreadySent(Refused):
    """Brevet er allerede sendt. Skriv et nyt brev, hvis borgeren skal have det igen."""


@dataclass(frozen=True)
class Parcel:
    """A letter ready to be carried: its files by name, and what the carrier must know.

    `key` is the same however often the same letter is handed over.
    """

    key: str
    journal_no: str
    files: Mapping[str, bytes]
    facts: Mapping[str, object]


Carrier = Callable[[Parcel], None]


def senders(store: Store, chosen: Settings | None = None) -> dict[str, outbox.Sender]:
    """What sends letters here: nothing where no folder is named, and they wait."""
    chosen = chosen or settings()
    if chosen.demo:
        return {letters.OUTBOX: Sender(store, None)}
    if chosen.letters_out is None:
        log.warning("no letters leave: OVERLIGGER_LETTERS_OUT is not set")
        return {}
    return {letters.OUTBOX: Sender(store, Folder(chosen.letters_out))}


class Folder:
    """Leaves each letter in a folder. The JSON file comes last: where it is, all is there."""

    def __init__(self, folder: Path):
        self._folder = folder

    def __call__(self, parcel: Parcel) -> None:
        for name, content in parcel.files.items():
            self._put(name, content)
        facts = {
            "noegle": parcel.key,
            "journalnr": parcel.journal_no,
            **parcel.facts,
            "filer": [
                {"navn": name, "sha256": hashlib.sha256(content).hexdigest()}
                for name, content in parcel.files.items()
            ],
        }
        self._put(f"{parcel.journal_no}.json", orjson.dumps(facts, option=orjson.OPT_INDENT_2))

    def _put(self, name: str, content: bytes) -> None:
        # Written under another name first: whoever collects never meets half a file.
        half = self._folder / f".{name}.half"
        with half.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        half.replace(self._folder / name)


class Sender:
    """Sends one row of the outbox. Without a carrier this is a demonstration."""

    def __init__(self, store: Store, carrier: Carrier | None):
        self._store, self._carrier = store, carrier

    def __call__(self, row: Outgoing) -> str:
        try:
            with self._store.reading() as session:
                letter = session.get_one(Letter, row.ref)
                stopped = letter.stopped
                if not stopped:
                    sheet = documents.compose(session, letter)
                    parcel = self._carrier and _parcel(session, row, letter, sheet)
            if stopped:
                self._store.write(lambda session: _stopped(session, row.ref))
                return outbox.NOT_SENT
            if parcel:
                self._carrier(parcel)
        except Exception as error:
            self._store.write(lambda session, error=error: _failed(session, row.ref, error))
            raise
        self._store.write(lambda session: _left(session, row.ref, sheet, self._carrier is None))
        return outbox.NOT_SENT if self._carrier is None else outbox.SENT


def send_again(store: Store, case_id: str, journal_no: str, *, by: str) -> None:
    """Try a letter that could not be sent once more, now. Raises AlreadySent, NoSuchCase."""

    def write(session: Session) -> None:
        case = session.get_one(Case, case_id, with_for_update=True)
        letter = letters.by_journal_no(session, case, journal_no)
        row = letter and outbox.of(session, letters.OUTBOX, letter.id)
        if row is None or letter.stopped:
            raise NoSuchCase
        if row.state not in (outbox.WAITING, outbox.FAILED):
            raise AlreadySent
        outbox.again(row)
        events.append(session, case, [Entry("letter_retried", by, facts={"letter": journal_no})])

    store.write(write)


def _parcel(session: Session, row: Outgoing, letter: Letter, sheet: documents.Sheet) -> Parcel:
    files = {f"{letter.journal_no}.pdf": documents.letter_pdf(sheet)}
    if letter.code == "B04":
        case = session.get_one(Case, letter.case_id)
        page = plan.for_citizen(session, case, letter.facts["version"], letter.person_id)
        files[f"{letter.journal_no}-plan.pdf"] = documents.plan_pdf(session, page)
    invitation = meetings.enclosed(session, letter)
    if invitation is not None:
        files[f"{letter.journal_no}.ics"] = invitation
    facts = {
        "sag": sheet.nummer,
        "kode": letter.code,
        "titel": sheet.title,
        "skrevet": letter.written_at.isoformat(),
        "sprog": "da",
        "modtager": {
            "type": sheet.to.kind,
            # The carrier finds CPR number and protected address by this id; neither leaves here.
            "id": letter.person_id or letter.unit,
            "navn": sheet.to.name,
            "adresse": sheet.to.address or None,
            "adressebeskyttet": sheet.to.protected,
        },
        "kanaler": _channels(session, letter),
    }
    return Parcel(row.key, letter.journal_no, files, facts)


def _channels(session: Session, letter: Letter) -> list[str]:
    """What the table of channels says of a person's letter; none of a unit's."""
    if letter.person_id is None:
        return []
    person = people.person(session, letter.person_id)
    inputs = {
        "digital_post_fritaget": person.digital_post_exempt,
        "adressebeskyttelse": person.address_protected,
        "alder": person.age,
        "tolk": person.interpreter,
    }
    return list(tables.decide(session, CHANNELS, inputs).value or [])


def _left(session: Session, letter_id: str, sheet: documents.Sheet, demo: bool) -> None:
    letter = session.get_one(Letter, letter_id)
    case = session.get_one(Case, letter.case_id, with_for_update=True)
    letters.keep_copy(session, letter, sheet.version, sheet.plain())
    incident = _open_incident(session, letter)
    if incident is not None:
        incident.resolved_at, incident.resolved_by = clock.now(), SYSTEM
    kind = "letter_not_sent" if demo else "letter_sent"
    facts = {"letter": letter.journal_no, "code": letter.code}
    events.append(session, case, [Entry(kind, SYSTEM, facts=facts)])
    posting.letter_left(session, case.id, rulings.told_by(letter), SYSTEM)


def _stopped(session: Session, letter_id: str) -> None:
    letter = session.get_one(Letter, letter_id)
    posting.letter_left(session, letter.case_id, rulings.told_by(letter), SYSTEM)


def _failed(session: Session, letter_id: str, error: Exception) -> None:
    letter = session.get_one(Letter, letter_id)
    case = session.get_one(Case, letter.case_id, with_for_update=True)
    incident = _open_incident(session, letter)
    if incident is None:
        incident = Incident(
            verb=VERB,
            actor=SYSTEM,
            case_id=case.id,
            element=letter.journal_no,
            attempts=0,
            opened_at=clock.now(),
        )
        facts = {"letter": letter.journal_no, "code": letter.code}
        events.append(session, case, [Entry("letter_failed", SYSTEM, facts=facts)])
    incident.attempts += 1
    incident.message, incident.detail = incidents.reason(error), incidents.detail(error)
    incident.last_at = clock.now()
    session.add(incident)


def _open_incident(session: Session, letter: Letter) -> Incident | None:
    query = select(Incident).where(
        Incident.case_id == letter.case_id,
        Incident.verb == VERB,
        Incident.element == letter.journal_no,
        Incident.resolved_at.is_(None),
    )
    return session.scalars(query).first()

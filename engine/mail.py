"""Mails to colleagues: that there are notices to read, and nothing of what they say.

At most one a day for each person, at the set hour of a working day, and one at once when a consent
has been taken back. The text holds a number and no name; who gets it stands on the user's row and
is looked up when it is sent.
"""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from email.message import EmailMessage
from email.utils import formatdate
from functools import partial
from urllib.parse import unquote, urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, outbox
from engine.domain import notices
from engine.domain.calendar import WorkingDays
from engine.domain.organisation import Absence, User
from engine.outbox import Outgoing
from engine.queries import notices as told
from engine.queries.notices_kinds import WITHDRAWN
from engine.settings import Settings, settings
from engine.store import Store

log = logging.getLogger(__name__)

#: The outbox's kind of these mails, and of what pages of notices tell without a mail.
OUTBOX = "mail"
IN_HOUSE = ("paamindelse", "frist_flyttet")
PORT, SECURE_PORT = 587, 465
PATIENCE = 20

Carrier = Callable[[EmailMessage], None]


def senders(store: Store, chosen: Settings | None = None) -> dict[str, outbox.Sender]:
    """What sends mails here: where no server is named outside a demonstration, they wait."""
    chosen = chosen or settings()
    # What lies in the outbox for a colleague is on their page of notices already.
    found: dict[str, outbox.Sender] = {kind: _is_told for kind in IN_HOUSE}
    if chosen.demo:
        return found | {OUTBOX: Sender(store, None, "")}
    if not chosen.smtp_url or not chosen.mail_from:
        log.warning("no mails leave: OVERLIGGER_SMTP_URL and OVERLIGGER_MAIL_FROM are not both set")
        return found
    return found | {OUTBOX: Sender(store, Smtp(chosen.smtp_url), chosen.mail_from)}


class Smtp:
    """One connection for each mail, always encrypted: smtps, or STARTTLS that must succeed."""

    def __init__(self, url: str):
        self._url = urlsplit(url)

    def __call__(self, mail: EmailMessage) -> None:
        url, safe = self._url, ssl.create_default_context()
        host = url.hostname or "localhost"
        if url.scheme == "smtps":
            server = smtplib.SMTP_SSL(host, url.port or SECURE_PORT, timeout=PATIENCE, context=safe)
        else:
            server = smtplib.SMTP(host, url.port or PORT, timeout=PATIENCE)
        with server:
            if url.scheme != "smtps":
                server.starttls(context=safe)
            if url.username:
                server.login(unquote(url.username), unquote(url.password or ""))
            server.send_message(mail)


class Sender:
    """Sends one row of the outbox. Without a carrier this is a demonstration."""

    def __init__(self, store: Store, carrier: Carrier | None, sender: str):
        self._store, self._carrier, self._from = store, carrier, sender

    def __call__(self, row: Outgoing) -> str:
        with self._store.reading() as session:
            user = session.get(User, row.ref)
            to = user.email if user and user.active else None
        if self._carrier is None or to is None:
            return outbox.NOT_SENT
        self._carrier(compose(row.key, row.facts["count"], self._from, to))
        return outbox.SENT


def compose(key: str, count: int, sender: str, to: str) -> EmailMessage:
    """The mail: how many, and where to read them."""
    many = f"{count} nye beskeder" if count != 1 else "1 ny besked"
    them = "dem" if count != 1 else "den"
    mail = EmailMessage()
    mail["Subject"] = f"Du har {many} i Overligger"
    mail["From"], mail["To"] = sender, to
    mail["Date"] = formatdate(clock.now().timestamp(), usegmt=True)
    # The same however often the same mail is handed over.
    mail["Message-ID"] = f"<{key}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(f"Du har {many} i Overligger. Log på for at læse {them}.\n")
    return mail


class Mails:
    """Puts the mails by that are due. What it remembers only spares it from looking twice."""

    def __init__(self, store: Store):
        self._store = store
        self._told: set[str] = set()
        self._day: date | None = None

    def put_due(self) -> int:
        """How many were put by. Repeatable, whoever else does it."""
        with self._store.reading() as session:
            recent = told.recently_withdrawn(session)
            wanted = list(_withdrawals(session)) if recent - self._told else []
            daily = _day_to_tell(session)
            if daily not in (None, self._day):
                wanted += _daily(session, daily)
        put = sum(self._store.write(partial(_put, mail=mail)) for mail in wanted)
        self._told, self._day = recent, daily or self._day
        return put


@dataclass(frozen=True)
class _Mail:
    username: str
    occasion: str
    count: int


def _put(session: Session, mail: _Mail) -> bool:
    new = notices.mail_once(session, mail.username, mail.occasion)
    if new:
        outbox.put(session, OUTBOX, ref=mail.username, count=mail.count)
    return new


def _withdrawals(session: Session) -> Iterator[_Mail]:
    """Everybody who has lost access and not been told by mail."""
    for user in _with_mail(session):
        fresh = [n for n in told.withdrawals(session, user) if not _had(session, user, n.key)]
        for notice in fresh:
            yield _Mail(user, notice.key, len(fresh))


def _day_to_tell(session: Session) -> date | None:
    """Today, when it is a working day and the hour has come."""
    today = clock.today()
    open_today = WorkingDays.of(session).is_open(today)
    return today if open_today and clock.now() >= notices.digest_on(session, today) else None


def _daily(session: Session, today: date) -> Iterator[_Mail]:
    """Whoever has something new that no mail has told; those who are away have a deputy."""
    occasion = f"dag:{today}"
    away = select(Absence.username).where(Absence.first_day <= today, Absence.last_day >= today)
    absent = set(session.scalars(away))
    for user in _with_mail(session):
        if user not in absent and not _had(session, user, occasion):
            count = told.unseen(session, user, besides={WITHDRAWN})
            if count:
                yield _Mail(user, occasion, count)


def _with_mail(session: Session) -> list[str]:
    query = select(User.username).where(User.active, User.email.is_not(None))
    return list(session.scalars(query.order_by(User.username)))


def _had(session: Session, username: str, occasion: str) -> bool:
    return session.get(notices.Mailed, (username, occasion)) is not None


def _is_told(_row: Outgoing) -> str:
    return outbox.SENT

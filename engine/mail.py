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
IN_HOUSE = ("paamindelse", outbox.DAY_MOVED)
PORT, SECURE_PORT = 587, 465
PATIENCE = 20
#: Whose notices are counted between two rounds of what else is due.
AT_ONCE = 100

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
        self._left: list[str] = []

    @property
    def left(self) -> int:
        """How many are still to be looked at for the mail of the day."""
        return len(self._left)

    def put_due(self) -> int:
        """How many were put by. Repeatable, whoever else does it.

        The day's mails are found for some people at a time: what else is due does not wait.
        """
        with self._store.reading() as session:
            recent = told.recently_withdrawn(session)
            wanted = list(_withdrawals(session, recent - self._told))
            today = _day_to_tell(session)
            if today not in (None, self._day):
                self._day, self._left = today, _to_tell(session, today)
            now, later = self._left[:AT_ONCE], self._left[AT_ONCE:]
            wanted += _daily(session, now, self._day)
        put = self._store.write(partial(_put, mails=wanted)) if wanted else 0
        self._told, self._left = recent, later
        return put


@dataclass(frozen=True)
class _Mail:
    username: str
    occasion: str
    count: int


def _put(session: Session, mails: list[_Mail]) -> int:
    new = [mail for mail in mails if notices.mail_once(session, mail.username, mail.occasion)]
    for mail in new:
        outbox.put(session, OUTBOX, ref=mail.username, count=mail.count)
    return len(new)


def _withdrawals(session: Session, consents: set[str]) -> Iterator[_Mail]:
    """Everybody who has lost access by these withdrawals and not been told by mail."""
    near = told.concerned_by(session, consents) if consents else set()
    for user in _with_mail(session, near):
        fresh = [n for n in told.withdrawals(session, user) if not _had(session, user, n.key)]
        for notice in fresh:
            yield _Mail(user, notice.key, len(fresh))


def _day_to_tell(session: Session) -> date | None:
    """Today, when it is a working day and the hour has come."""
    today = clock.today()
    open_today = WorkingDays.of(session).is_open(today)
    return today if open_today and clock.now() >= notices.Terms.of(session).hour_of(today) else None


def _to_tell(session: Session, today: date) -> list[str]:
    """Whoever has not had the day's mail; those who are away have a deputy."""
    away = select(Absence.username).where(Absence.first_day <= today, Absence.last_day >= today)
    had = select(notices.Mailed.username).where(notices.Mailed.occasion == _occasion(today))
    query = select(User.username).where(
        User.active,
        User.email.is_not(None),
        User.username.not_in(away),
        User.username.not_in(had),
    )
    return list(session.scalars(query.order_by(User.username)))


def _daily(session: Session, usernames: list[str], today: date | None) -> Iterator[_Mail]:
    """Whoever of these has something new that no mail has told."""
    for user in usernames:
        count = told.unseen(session, user, besides={WITHDRAWN})
        if count:
            yield _Mail(user, _occasion(today), count)


def _occasion(day: date) -> str:
    return f"dag:{day}"


def _with_mail(session: Session, among: set[str]) -> list[str]:
    query = select(User.username).where(User.active, User.email.is_not(None))
    query = query.where(User.username.in_(among))
    return list(session.scalars(query.order_by(User.username))) if among else []


def _had(session: Session, username: str, occasion: str) -> bool:
    return session.get(notices.Mailed, (username, occasion)) is not None


def _is_told(_row: Outgoing) -> str:
    return outbox.SENT

"""Calendar files (RFC 5545): what somebody's own calendar program is told, and no more.

Such a file leaves the house and lies on telephones. It holds no CPR number, no name beyond initials,
no agenda, and a place only as a word from a list; what it is about is read behind the sign-in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event, vCalAddress, vDuration

from engine import clock

#: Nobody reads mail there: RFC 2606 keeps the ending free. Answers are given in Overligger.
NO_MAIL = "mailto:svar-ikke@overligger.invalid"
PRODUCT = "-//Overligger//da"


@dataclass(frozen=True)
class Appointment:
    """One thing in a calendar: a moment and how long, or a whole day."""

    uid: str
    title: str
    at: datetime | date
    lasts: timedelta | None = None
    place: str | None = None
    about: str = ""
    sequence: int = 0
    cancelled: bool = False

    @property
    def all_day(self) -> bool:
        return not isinstance(self.at, datetime)


def invitation(one: Appointment, organiser: str, guest: str) -> bytes:
    """A file that asks its reader to come, or takes the same meeting out of the calendar again.

    `organiser` and `guest` are initials.
    """
    calendar = _calendar("CANCEL" if one.cancelled else "REQUEST")
    event = _event(one)
    event.add("organizer", _somebody(organiser))
    event.add("attendee", _somebody(guest, ROLE="REQ-PARTICIPANT", PARTSTAT="NEEDS-ACTION"))
    calendar.add_component(event)
    return calendar.to_ical()


def feed(name: str, appointments: list[Appointment]) -> bytes:
    """A calendar that a program fetches again and again."""
    calendar = _calendar("PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", "Europe/Copenhagen")
    calendar.add("refresh-interval", vDuration(timedelta(hours=1)), {"VALUE": "DURATION"})
    for one in appointments:
        calendar.add_component(_event(one))
    return calendar.to_ical()


def initials(name: str) -> str:
    """»Mads Prøvesen« -> »M.P.«"""
    return "".join(f"{word[0].upper()}." for word in name.replace("-", " ").split())


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    return calendar


def _event(one: Appointment) -> Event:
    event = Event()
    event.add("uid", one.uid)
    event.add("dtstamp", clock.now())
    event.add("sequence", one.sequence)
    event.add("summary", one.title)
    event.add("status", "CANCELLED" if one.cancelled else "CONFIRMED")
    event.add("class", "PRIVATE")
    # Moments are in UTC, so that a file needs no rules of summer time.
    event.add("dtstart", one.at if one.all_day else one.at.astimezone(UTC))
    if one.all_day:
        event.add("transp", "TRANSPARENT")
    elif one.lasts:
        event.add("dtend", (one.at + one.lasts).astimezone(UTC))
    if one.place:
        event.add("location", one.place)
    if one.about:
        event.add("description", one.about)
    return event


def _somebody(called: str, **parameters: str) -> vCalAddress:
    address = vCalAddress(NO_MAIL)
    address.params["CN"] = called
    address.params.update(parameters)
    return address

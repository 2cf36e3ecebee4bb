"""What the committee's pages show: its calendar, one meeting, one item in the room, the minutes.

A meeting exists for those who sit at it, the secretary and the chair. What an item is about exists
for those for whom the case's grants do, so for nobody who is disqualified in it.
"""

from engine.queries.committee.calendar import Calendar, calendar, is_there
from engine.queries.committee.meeting import Meeting, meeting
from engine.queries.committee.prefill import prefilled
from engine.queries.committee.protocol import Protocol, protocol
from engine.queries.committee.room import Live, Room, live, room

__all__ = [
    "Calendar",
    "Live",
    "Meeting",
    "Protocol",
    "Room",
    "calendar",
    "is_there",
    "live",
    "meeting",
    "prefilled",
    "protocol",
    "room",
]

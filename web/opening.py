"""Opening something of a case: its row stands in the chain of reads before the page is sent."""

from __future__ import annotations

from engine import reads
from web import signing


def opened(case_id: str, what: str) -> None:
    """The user opens `what` of the case now. Raises where that cannot be written: no proof, no page."""
    reads.record(signing.store(), case_id, signing.me().username, what)


def still_open(case_id: str, what: str) -> None:
    """The user is shown more of what they have open: a row only where they have not opened it."""
    reads.keep_open(signing.store(), case_id, signing.me().username, what)

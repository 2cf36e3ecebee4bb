"""Økonomi's cover note on paper."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine import clock
from engine.documents import typeset
from engine.domain import organisation
from engine.domain.budget import kr
from engine.queries import words
from engine.queries.budget import CoverNote


def cover_note_pdf(session: Session, note: CoverNote) -> bytes:
    """The note as an accessible PDF. It is a copy of the moment, and says which."""
    now = clock.now()
    return typeset.pdf(
        "cover_note.typ",
        {
            "municipality": organisation.setting(session, "kommune"),
            "nummer": note.nummer,
            "taken": words.moment(now),
            "what": note.what,
            "facts": _facts(note),
            "years": [
                [
                    str(row.year),
                    row.line or "intet budget",
                    *map(_kr, (row.needed, row.free_before, row.reserved + row.granted)),
                    _kr(row.missing),
                ]
                for row in note.years
            ],
            "notes": [row.note for row in note.years if row.note],
            "elsewhere": [[name, _kr(amount)] for name, amount in note.elsewhere],
            "split": [[name, _kr(amount)] for name, amount in note.split],
            "missing": _kr(note.missing) if note.missing else "",
            "missing_note": note.note,
        },
        now,
    )


def _facts(note: CoverNote) -> list[list[str]]:
    period = "1 måned" if note.months == 1 else f"{note.months} måneder"
    if note.starts_on:
        period += f" fra {words.day(note.starts_on)}"
    rows = [["Ansøgt", _kr(note.asked)], ["Periode", period]]
    return rows if note.granted is None else [*rows, ["Bevilget", _kr(note.granted)]]


def _kr(amount) -> str:
    return f"{kr(amount)} kr."

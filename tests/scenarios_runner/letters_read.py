"""Reads every letter that a story has sent, when its curtain falls."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import ClassVar

from sqlalchemy import select

from engine import clock, documents
from engine.domain.letters import Letter

#: Above this a letter is not plain Danish (domain.md D: about 35 to 40 as a guide).
HARDEST = 40
#: What a letter must not hold: a place left open, a code of a list, a CPR number.
_HOLES = re.compile(r"[{}]|\bNone\b|\b[a-zæøå]+_[a-zæøå_]+\b|\b\d{6}-?\d{4}\b")


class LettersRead:
    """A stage that also says what is wrong with the letters of the story played on it."""

    #: Kinds of letters that have been set as PDF already, by any story.
    _set: ClassVar[set[tuple]] = set()

    def __init__(self, where):
        self._where, self.faults = where, []

    @contextmanager
    def store(self):
        with self._where.store() as store:
            yield store
            with store.reading() as session:
                for letter in session.scalars(select(Letter)).all():
                    # As the sender does, moments after it was written.
                    with clock.travelling(letter.written_at):
                        self._read(session, letter)

    def _read(self, session, letter: Letter) -> None:
        try:
            sheet = documents.compose(session, letter)
        except Exception as error:
            self.faults.append((letter.journal_no, letter.code, repr(error)))
            return
        # What people wrote themselves may be hard; what we write may not.
        if sheet.lix > HARDEST:
            self.faults.append((letter.journal_no, letter.code, f"LIX {sheet.lix}"))
        found = _HOLES.findall("\n".join([sheet.greeting, sheet.text, sheet.closing]))
        if found or not all(line for block in sheet.blocks for line in block.lines):
            self.faults.append((letter.journal_no, letter.code, found))
        kind = (letter.code, letter.person_id is None)
        if kind not in self._set:
            self._set.add(kind)
            if not documents.letter_pdf(sheet).startswith(b"%PDF"):
                self.faults.append((letter.journal_no, letter.code, "no PDF"))

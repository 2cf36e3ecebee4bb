"""CPR numbers stay sealed: played stories leave none in any table, log line or printed timeline."""

import io
import logging
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine import scenarios
from engine.scenarios import timeline
from engine.scenarios.world import stage
from engine.store import Base

STORIES = Path(__file__).parents[1] / "scenarios"
# A child with concerns, a whole course, a family, an adult without capacity.
CHOSEN = (
    "s01_mads",
    "s01_underretning",
    "s02_selma_erstatter",
    "familie_to_voksne",
    "uden_samtykkeevne",
)


class Kept:
    """A stage that keeps all that is stored when the curtain falls."""

    def __init__(self, where):
        self.where, self.everything = where, b""

    @contextmanager
    def store(self):
        with self.where.store() as store:
            yield store
            with store.reading() as session:
                for table in Base.metadata.sorted_tables:
                    for row in session.execute(table.select()).all():
                        cells = [c if isinstance(c, bytes) else repr(c).encode() for c in row]
                        self.everything += b"|".join(cells)


def numbers(story: scenarios.Story) -> list[bytes]:
    """Every way the story's CPR numbers could be written."""
    found = []
    for person in story.citizens.values():
        digits = str(person.get("cpr") or "").replace("-", "")
        if digits:
            found += [digits.encode(), f"{digits[:6]}-{digits[6:]}".encode()]
    return found


@pytest.mark.parametrize("name", CHOSEN)
def test_a_played_story_leaves_no_cpr_number_anywhere(name, caplog):
    story = scenarios.read(STORIES / f"{name}.yaml")
    printed = io.StringIO()
    with caplog.at_level(logging.DEBUG), stage() as where:
        kept = Kept(where)
        played = scenarios.play(story, kept)
    timeline.show(played, printed)
    assert played.ok, played.failures
    assert b"cpr" in kept.everything or b"gAAAA" in kept.everything  # sealed numbers are there
    everywhere = kept.everything + caplog.text.encode() + printed.getvalue().encode()
    for number in numbers(story):
        assert number not in everywhere

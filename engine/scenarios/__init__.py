"""Scenarios: acceptance stories as files, played on a database of their own under a virtual clock.

story    a file, read and checked
world    the database the story is played in: demo municipality, processes, citizens
player   the steps, one by one, and the clock between them
expect   what a step expects to find, and the difference where it does not
timeline the story told for people
"""

from engine.scenarios.player import Played, play
from engine.scenarios.story import BadScenario, Story, read

__all__ = ["BadScenario", "Played", "Story", "play", "read"]

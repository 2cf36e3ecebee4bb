"""Scenarios: acceptance stories as files, played on a database of their own under a virtual clock.

story        a file, read and checked against closed lists of keys (shapes, yaml12)
world        the databases that stories are played in
player       the steps, one by one
acts         what a step may do
cast         the story's people, cases and tasks
passage      the clock between steps, and what is due on the way
expect       what a step expects to find, and the difference where it does not
names        which variables processes and forms know
fingerprint  the proof that a refused step saved nothing
telling      the story as lines; timeline shows them on a screen
"""

from engine.scenarios.player import Failure, Played, play
from engine.scenarios.shapes import BadScenario
from engine.scenarios.story import Story, read
from engine.scenarios.world import Stage, stage

__all__ = ["BadScenario", "Failure", "Played", "Stage", "Story", "play", "read", "stage"]

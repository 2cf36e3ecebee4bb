"""kill -9 in the middle of a verb: nothing lost, nothing doubled."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def crash(world, *how: str) -> dict:
    url = world.store.url.render_as_string(hide_password=False)
    world.store.close()
    finished = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("crashing.py")), url, *how],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout)


def test_a_verb_killed_at_any_statement_leaves_everything_whole(world):
    world.open("sloejfe")
    report = crash(world)
    assert report["faults"] == []
    # Both kinds of act were killed at every statement, before the commit and right after it.
    assert report["deaths"] >= 20
    assert report["done_before_death"] == 2
    assert report["acts"] == 2


def test_the_same_test_is_red_when_the_commit_is_split_in_two(world):
    world.open("sloejfe")
    report = crash(world, "split")
    assert report["faults"] != []

"""Every shipped story goes as told, and would have gone wrong wherever it was told wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import scenarios
from engine.scenarios.world import stage
from tests.scenarios_runner import doubting
from tests.scenarios_runner.letters_read import LettersRead

FOLDER = Path(__file__).parents[1] / "scenarios"
FILES = sorted(FOLDER.glob("*.yaml"))
NAMES = [file.stem for file in FILES]
#: On PostgreSQL the same engine plays; a few stories show it, those of the shared money among them.
OF_MONEY = [FOLDER / f"{name}.yaml" for name in ("s03_flere_aar", "s03_reservation_bortfalder")]
ON_POSTGRESQL = sorted({*FILES[:: max(1, len(FILES) // 3)][:3], *OF_MONEY})


@pytest.fixture(scope="module")
def whole_world():
    with stage() as found:
        yield found


@pytest.fixture(scope="module")
def whole_world_on_postgresql(postgres_server):
    with stage(postgres_server) as found:
        yield found


def test_there_are_stories():
    assert FILES, f"der ligger ingen scenarier i {FOLDER}"


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_the_story_goes_as_told_and_no_other_way_and_its_letters_can_be_read(whole_world, file):
    stage_with_readers = LettersRead(whole_world)
    player = doubting.play(file, stage_with_readers)
    assert player.wrong, "fortællingen kan ikke gå galt"
    assert player.played.failures == []
    assert player.believed == []
    assert stage_with_readers.faults == []


@pytest.mark.parametrize("file", ON_POSTGRESQL, ids=lambda file: file.stem)
def test_the_story_goes_as_told_on_postgresql(whole_world_on_postgresql, file):
    assert scenarios.play(scenarios.read(file), whole_world_on_postgresql).failures == []

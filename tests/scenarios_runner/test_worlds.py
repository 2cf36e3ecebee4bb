"""Where stories are played: a world furnished once, a database of its own for each, nothing left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from textwrap import dedent
from uuid import UUID

import pytest
from sqlalchemy import create_engine, inspect, text

from engine import scenarios
from engine.diagrams import DeployRefused
from engine.scenarios import world
from engine.scenarios.world import PREFIX, stage

STORY = Path(__file__).with_name("alle_forventninger.yaml")


def left_behind(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob(f"{PREFIX}*"))


def databases(server) -> set[str]:
    engine = create_engine(server)
    with engine.connect() as connection:
        names = set(connection.scalars(text("select datname from pg_database")))
    engine.dispose()
    return {name for name in names if name.startswith(PREFIX)}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A temporary folder of the test's own."""
    monkeypatch.setattr(world.tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_the_world_is_furnished_once_for_many_stories(small_world, folder, monkeypatch):
    furnished = []
    furnish = world.furnish
    monkeypatch.setattr(world, "furnish", lambda *a: (furnished.append(1), furnish(*a)))
    with stage(files=small_world) as found:
        for _ in range(3):
            assert scenarios.play(scenarios.read(STORY), found).ok
        assert len(left_behind(folder)) == 1
    assert furnished == [1]
    assert left_behind(folder) == []


def test_a_story_is_a_real_file_and_starts_untouched(small_world, folder):
    with stage(files=small_world) as found:
        for _ in range(2):
            with found.store() as store:
                assert Path(store.url.database).is_file()
                with store.reading() as session:
                    assert session.scalar(text("select count(*) from cases")) == 0
                store.write(lambda s: s.execute(text("insert into case_numbers values (2020, 1)")))
            assert not list(folder.rglob("story.db*"))


@pytest.mark.parametrize("empty_url", ["sqlite", "postgresql"], indirect=True)
def test_a_database_named_is_never_touched(small_world, tmp_path, empty_url):
    named = create_engine(empty_url)
    with named.begin() as connection:
        connection.execute(text("create table cases (mine text)"))
        connection.execute(text("insert into cases values ('min')"))
    with stage(empty_url, files=small_world) as found:
        assert scenarios.play(scenarios.read(STORY), found).ok
        with found.store() as store:
            made = store.url.database
        assert PREFIX in made
        if store.is_postgresql:
            assert found.world in databases(empty_url)
        else:
            assert Path(made).parent.parent == tmp_path
    with named.begin() as connection:
        assert connection.execute(text("select mine from cases")).all() == [("min",)]
        assert inspect(connection).get_table_names() == ["cases"]
    if store.is_postgresql:
        assert not databases(empty_url) & {found.world, made}
    named.dispose()
    assert left_behind(tmp_path) == []


def test_a_world_that_cannot_be_furnished_leaves_no_database(postgres_server, monkeypatch):
    monkeypatch.setattr(world, "uuid4", lambda: UUID(int=os.getpid() << 96))
    with pytest.raises(DeployRefused):
        with stage(postgres_server, files={"forkert.bpmn": b"<x/>"}):
            pass
    assert f"{PREFIX}{UUID(int=os.getpid() << 96).hex[:10]}_world" not in databases(postgres_server)


PLAYING = """
import sys, time
from engine.scenarios.world import stage
with stage(sys.argv[1] or None, files={}) as found, found.store():
    print("spiller", flush=True)
    time.sleep(60)
"""


def playing(url: str, folder: Path) -> subprocess.Popen:
    child = subprocess.Popen(
        [sys.executable, "-c", dedent(PLAYING), url],
        env={**os.environ, "TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout.readline() == "spiller\n"
    return child


def test_what_a_killed_process_left_is_removed_by_the_next(tmp_path, folder):
    killed, alive = playing("", tmp_path), playing("", tmp_path)
    try:
        assert len(left_behind(tmp_path)) == 2
        killed.kill()
        killed.wait()
        with stage(files={}):
            # That of the killed is gone; that of the living one stays, beside our own.
            assert len(left_behind(tmp_path)) == 2
            assert alive.poll() is None
        assert len(left_behind(tmp_path)) == 1
    finally:
        for child in (killed, alive):
            child.kill()
            child.wait()
            child.stdout.close()


def test_a_folder_without_a_lock_is_left_alone_while_it_is_young(folder):
    young, old = folder / f"{PREFIX}young", folder / f"{PREFIX}old"
    for place in (young, old):
        place.mkdir()
    os.utime(old, (time.time() - 3600,) * 2)
    with stage(files={}):
        pass
    assert left_behind(folder) == [young.name]


def test_a_polite_end_cleans_up(tmp_path):
    from engine.settings import ROOT

    story = tmp_path / "lang.yaml"
    steps = "\n".join("- at: 2026-11-24" for _ in range(10_000))
    story.write_text(f"scenario: Lang\nstarts_at: 2026-11-23\nsteps:\n{steps}\n")
    (tmp_path / "tom").mkdir()
    child = subprocess.Popen(
        [sys.executable, "-c", "from web.cli import main; main()", "play", str(story)],
        env={
            **os.environ,
            "TMPDIR": str(tmp_path),
            "PYTHONPATH": str(ROOT),
            "OVERLIGGER_PROCESSES": str(tmp_path / "tom"),
            "OVERLIGGER_FORMS": str(tmp_path / "tom"),
        },
        stderr=subprocess.PIPE,
    )
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob(f"{PREFIX}*/story.db")) and time.monotonic() < deadline:
        time.sleep(0.05)
    child.send_signal(signal.SIGTERM)
    said = child.communicate(timeout=60)[1]
    assert child.returncode == 128 + signal.SIGTERM, said
    assert left_behind(tmp_path) == []

"""`init`: a database made, made anew and upgraded."""

from __future__ import annotations

import pytest

from engine.domain import organisation
from engine.store import Store
from tests.cli.databases import DB, in_database, versions


def test_init_makes_folder_tables_and_mark(run, demo, tmp_path):
    assert (tmp_path / "egen" / "test.db").is_file()
    assert in_database(lambda s: organisation.setting(s, "demo")) is True
    assert in_database(lambda s: organisation.user(s, "sagsbehandler-kui").name)
    assert in_database(versions) == [("frister", 1), ("kanal", 1)]


def test_init_may_be_run_again_and_brings_in_only_what_is_new(run, demo, little):
    said = run("init", "--demo", "--database", DB)
    assert said.code == 0 and said.err.startswith("0 diagrammer")
    kanal = little / "processes" / "kanal.dmn"
    kanal.write_text(
        kanal.read_text("utf-8").replace("</definitions>", "<!-- ny --></definitions>")
    )
    assert run("init", "--demo", "--database", DB).err.startswith("1 diagrammer")
    assert in_database(versions) == [("frister", 1), ("kanal", 1), ("kanal", 2)]


def test_init_goes_back_where_the_shipped_file_does_but_not_over_what_somebody_changed(
    run, demo, little, tmp_path
):
    kanal = little / "processes" / "kanal.dmn"
    first = kanal.read_text("utf-8")
    kanal.write_text(first.replace("</definitions>", "<!-- ny --></definitions>"))
    run("init", "--demo", "--database", DB)
    kanal.write_text(first)
    assert run("init", "--demo", "--database", DB).err.startswith("1 diagrammer")
    own = tmp_path / "kanal.dmn"
    own.write_text(first.replace("</definitions>", "<!-- egen --></definitions>"))
    assert run("deploy", own, "--accept-warnings", "--database", DB).code == 0
    assert run("init", "--demo", "--database", DB).err.startswith("0 diagrammer")


def test_init_without_demo_upgrades_and_marks_nothing(run, little):
    assert run("init", "--database", DB).code == 0
    assert run("init", "--database", DB).code == 0
    assert in_database(lambda s: organisation.setting(s, "demo")) is None
    assert in_database(versions) == []


def test_a_database_with_cases_never_becomes_a_demo(run, little):
    from engine.domain import cases

    run("init", "--database", DB)
    store = Store(DB)
    store.write(lambda session: cases.create(session) and None)
    store.close()
    said = run("init", "--demo", "--database", DB)
    assert said.code == 1 and "ikke en demonstration" in said.err
    assert in_database(lambda s: organisation.setting(s, "demo")) is None


@pytest.mark.parametrize("empty_url", ["postgresql"], indirect=True)
def test_init_works_on_postgresql(run, little, empty_url):
    url = empty_url.render_as_string(hide_password=False)
    for _ in range(2):
        assert run("init", "--demo", "--database", url).code == 0
    assert in_database(versions, url) == [("frister", 1), ("kanal", 1)]
    assert run("audit", "verify", "--database", url).code == 0

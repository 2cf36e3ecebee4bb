"""What holds for every table that the municipality ships with."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from engine import decisions
from engine.decisions import xml as dmn

PROCESSES = Path(__file__).parents[3] / "processes"
FILES = sorted(PROCESSES.glob("*.dmn"))
LIMITS = {
    "graense_koordinator": 10_000,
    "graense_leder": 50_000,
    "graense_chef": 500_000,
    "boligtab_graense": 14,
}
KINDS = {"lov", "loebende", "sag", "lokal", "KONTROL"}


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def path(request):
    return request.param


@pytest.fixture
def definitions(path):
    return decisions.read(path.read_bytes())


def test_the_tables_of_the_domain_are_all_here():
    names = {path.stem for path in FILES}
    assert {
        "maalgruppe",
        "samtykkekompetence",
        "placering",
        "kapacitet",
        "frister",
        "bevillingskompetence",
        "videregivelse",
        "afslutning",
        "kanal",
        "kle_sletning",
        "akut",
    } <= names


def test_the_file_answers_to_its_own_name(path, definitions):
    assert path.stem in definitions.decisions


def test_no_gap_no_overlap_no_dead_row_now_or_later(definitions):
    for name, decision in definitions.decisions.items():
        if decision.kind != "decisionTable":
            continue
        found = decisions.report(definitions, name, on=(date(2024, 1, 1), None), given=LIMITS)
        assert [str(f) for f in (*found.gaps, *found.overlaps)] == []
        assert found.warnings == ()


def test_every_row_tells_its_source_and_its_kind(definitions):
    for decision in definitions.decisions.values():
        for row in decision.rows:
            assert row.source, row.id
            assert row.kind in KINDS, row.id


def test_every_decision_is_described(definitions):
    for decision in definitions.decisions.values():
        assert len(decision.description) > 20


def test_ids_are_plain_ascii_and_used_once(path):
    ids = [node.get("id") for node in dmn.parse(path.read_bytes()).iter() if node.get("id")]
    assert len(ids) == len(set(ids))
    assert all(id_.isascii() and id_.replace("_", "").isalnum() for id_ in ids)


def test_everything_is_drawn_so_that_a_modeler_can_show_it(path, definitions):
    source = path.read_text("utf-8")
    for element in definitions.elements:
        assert f'dmnElementRef="{element}"' in source


def test_the_kind_that_the_deadline_table_answers_is_the_kind_of_the_row():
    definitions = decisions.read((PROCESSES / "frister.dmn").read_bytes())
    for row in definitions.decisions["frister"].rows:
        day = row.valid_to or row.valid_from or date(2026, 11, 23)
        answer = definitions.decide("frister", {}, on=day)
        assert answer.value[answer.rules.index(row.id)]["art"] == row.kind

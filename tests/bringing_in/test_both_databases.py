"""A file of cases goes in on either database, once, whoever sends it again."""

import pytest

from engine import diagrams, imports, municipality
from engine.domain import brought_in
from engine.imports import ImportResult
from engine.imports.columns import HEADINGS

ROW = {
    "system": "Gammelsag",
    "name": "Frida Fra Før",
    "birth_date": "01-02-1990",
    "unit": "Beskæftigelse",
    "coordinator": "koordinator-1",
    "accepted_on": "03-11-2025",
    "goal": "Jeg vil have et sted at bo",
    "owed_unit": "BOL",
    "owed_does": "Finder en bolig",
}


def file(*numbers: str) -> bytes:
    lines = [";".join(HEADINGS.values())]
    lines += [";".join((ROW | {"old_number": n}).get(key, "") for key in HEADINGS) for n in numbers]
    return "\n".join(lines).encode("cp1252")


@pytest.fixture
def town_hall(store, virtual_clock):
    store.write(municipality.load)
    store.write(
        lambda session: diagrams.deploy(
            session, diagrams.shipped(), by="procesejer-1", demo=True, accept_warnings=True
        )
    )
    return store


def sent(store, content: bytes, rows=None) -> list[tuple[int, str]]:
    kept = imports.keep(store, content, "sager.csv", by="administrator")
    imports.choose(store, kept, rows, by="administrator")
    while imports.take(store, kept, by="administrator"):
        pass
    with store.reading() as session:
        assert imports.find(session, kept, "administrator").sealed is None
        found = session.query(ImportResult).filter_by(import_id=kept).order_by(ImportResult.row)
        return [(row.row, row.outcome) for row in found]


def test_each_case_goes_in_once_and_the_file_is_forgotten(town_hall, monkeypatch):
    monkeypatch.setattr("engine.imports.kept.BATCH", 1)
    assert sent(town_hall, file("G-1", "G-2")) == [(2, "ind"), (3, "ind")]
    assert sent(town_hall, file("G-1", "G-2", "G-3")) == [(4, "ind")]
    with town_hall.reading() as session:
        assert brought_in.find(session, "Gammelsag", "G-3") is not None

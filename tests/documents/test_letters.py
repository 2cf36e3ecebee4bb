"""Letters put into words: no holes, nobody's markup, the text of their day, and no protected address."""

from __future__ import annotations

from datetime import date

import pytest
from jinja2 import UndefinedError

from engine import documents
from engine.documents import letter_text
from engine.documents.letter_text import FIRST, LIST, PARAGRAPH, Block, Template
from engine.domain import cases, letters, organisation, people, readability
from engine.domain.letters import TITLES
from tests.queries import papers_world as world


@pytest.fixture
def case(sqlite_store, virtual_clock):
    nummer = world.furnish(sqlite_store)
    sqlite_store.write(
        lambda session: organisation.change_setting(session, "kommune", "Prøve Kommune")
    )
    return nummer


def written(store, nummer, code, to=None, **facts):
    """The letter, put into words."""

    def write(session):
        case = cases.by_number(session, nummer)
        reader = to or people.citizens(session, case.id)[0]
        return letters.send(session, case, code, reader, by=world.COORDINATOR, **facts).id

    letter_id = store.write(write)
    with store.reading() as session:
        return documents.compose(session, session.get_one(letters.Letter, letter_id))


def of_text(body: str) -> Template:
    return Template("X", 1, date(2026, 1, 1), "", "Titel", body)


def test_every_letter_there_is_has_a_text_with_its_source_and_day():
    for code in TITLES:
        found = letter_text.template(code, date(2026, 11, 22))
        assert found.source and found.in_force_from <= date(2026, 11, 22), code


def test_what_no_diagram_sends_yet_is_written_as_well(sqlite_store, case):
    child = written(sqlite_store, case, "B13")
    assert child.lix < 25 and "Hej Mads" in child.text
    missing = written(
        sqlite_store,
        case,
        "B10",
        mangler=["Din lønseddel", "Brevet fra lægen"],
        svarfrist="2026-02-01",
    )
    assert "senest 1. februar 2026" in missing.text
    assert Block(LIST, ("Din lønseddel", "Brevet fra lægen")) in missing.blocks
    assert "Skriv intet om sagen" in written(sqlite_store, case, "B15").text


def test_a_letter_with_a_hole_is_not_put_into_words():
    template = of_text("! Kære {{ navn }}\n\nRing til {{ telefon }}")
    with pytest.raises(UndefinedError):
        template.fill({"navn": "Mads"})
    for nothing in (None, "", "  "):
        with pytest.raises(letter_text.UnfilledPlace):
            template.fill({"navn": "Mads", "telefon": nothing})


def test_what_somebody_wrote_is_never_read_as_a_sign_or_as_a_template():
    template = of_text("{{ ord }}\n\n- {{ ord }}\n")
    words = "! stop\n\n## {{ 7 * 7 }}\n- ikke en liste"
    _, blocks = template.fill({"ord": words})
    assert blocks == (Block(PARAGRAPH, (words,)), Block(LIST, (words,)))


def test_the_text_in_force_on_the_letters_day_is_the_one_that_is_used(monkeypatch):
    old = of_text("Før")
    new = Template("X", 2, date(2026, 6, 1), "", "Titel", "Nu")
    monkeypatch.setattr(letter_text, "templates", lambda: (old, new))
    days = {date(2025, 1, 1): 1, date(2026, 5, 31): 1, date(2026, 6, 1): 2}
    assert {day: letter_text.template("X", day).version for day in days} == days
    with pytest.raises(letter_text.NoText):
        letter_text.template("Y", date(2026, 1, 1))


def test_a_protected_address_stands_nowhere_in_the_letter(sqlite_store, case):
    def live(session, protected):
        citizen = people.citizens(session, cases.by_number(session, case).id)[0]
        citizen.address, citizen.address_protected = "Prøvevej 1, 9999 Fiktivby", protected

    sqlite_store.write(lambda session: live(session, False))
    assert written(sqlite_store, case, "B01").to.address == "Prøvevej 1, 9999 Fiktivby"
    sqlite_store.write(lambda session: live(session, True))
    hidden = written(sqlite_store, case, "B01")
    assert hidden.to.protected and "Prøvevej" not in str(hidden.plain())


def test_a_decision_comes_first_with_its_reasons_and_how_to_complain(sqlite_store, case):
    ruling = {
        "noegle": "sel",
        "lov": "SEL",
        "resultat": "afslag",
        "tekst": "Du får ikke en mentor",
        "begrundelse": ["Serviceloven § 99", "Du har en mentor nu", "Vi ser på din hverdag"],
        "vilkaar": None,
        "klagevejledning": "Du kan klage til Ankestyrelsen inden fire uger.",
        "klagefrist": "2026-02-02",
    }
    refused = written(sqlite_store, case, "B06", afgoerelser=[ruling])
    assert refused.blocks[0].kind == FIRST and "Du får ikke den hjælp" in refused.blocks[0].lines[0]
    for part in (*ruling["begrundelse"], ruling["klagevejledning"], "Serviceloven"):
        assert part in refused.text
    # The days run from when it gets there, so no day stands in the letter.
    assert "2. februar" not in refused.text
    granted = written(
        sqlite_store,
        case,
        "B06",
        afgoerelser=[ruling | {"resultat": "bevilget", "begrundelse": [None] * 3}],
    )
    assert "Ankestyrelsen" not in granted.text and "Derfor" not in granted.text


def test_to_a_unit_and_a_referrer_nothing_is_told_of_the_citizen(sqlite_store, case):
    for code, facts in (("B09", {"svar": "modtaget"}), ("B07", {})):
        told = written(sqlite_store, case, code, to="X-SKO", **facts)
        assert told.greeting == "Til Skole" and "Mads" not in told.text
        assert told.lix <= readability.PLAIN

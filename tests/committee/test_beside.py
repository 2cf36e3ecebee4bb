"""Nobody advises on, decides, rules on or pays an application without seeing what it says."""

from __future__ import annotations

from engine import diagrams
from engine.domain import access
from engine.queries import task
from engine.queries.committee import beside, prefilled
from tests.committee.conftest import GRANTED, PARTLY, REASONS

#: Diagrams whose tasks are about an application, and the task in which it is written.
ABOUT = ("visitation", "udvalgsbehandling", "udvalgets_moede", "indhent_udtalelse")
ABOUT += ("giv_afgoerelse", "daekning", "efterfoelgende_godkendelse")
WRITTEN_IN = "indstilling"


def shown(hall, who, element, item=None):
    with hall.store.reading() as session:
        found = task.task(session, who, hall.task(who, element, item))
        sheet = task.sheet(session, who, found)
        return beside.beside(session, who, found, sheet.form)


def begins_with(hall, who, element, item=None):
    with hall.store.reading() as session:
        found = task.task(session, who, hall.task(who, element, item))
        return {
            key: told for key, (told, _from) in prefilled(session, found.row, found.form_id).items()
        }


def test_every_task_about_an_application_has_it_beside(hall):
    blind = set()
    with hall.store.reading() as session:
        for name in ABOUT:
            release = diagrams.current_release(session, name).id
            for element in diagrams.program(session, release).diagrams[name].elements.values():
                if element.kind == "userTask":
                    form = diagrams.form(session, release, element.form_id)
                    if form.properties.get("sideblad") != beside.APPLICATION:
                        blind.add(form.id)
    assert blind == {WRITTEN_IN}


def test_the_leader_and_the_units_read_what_is_asked_for(hall):
    hall.apply()
    found = shown(hall, "leder-vok", "ledergodkend")
    assert (found.asked.amount, found.asked.months, found.decision) == (96_000, 6, None)
    assert found.asked.citizens_view and found.asked.alternatives


def test_who_rules_reads_the_law_the_decision_and_its_conditions(hall):
    hall.at_the_table()
    hall.do("udvalg-sekretaer", "beslutning", **PARTLY, vilkaar="Mødes hver uge")
    found = shown(hall, "sagsbehandler-mis", "afgoerelse", "SEL")
    assert (found.law, found.services) == ("Serviceloven", ["Ekstra stofmisbrugsbehandling"])
    assert (found.decision.result, found.decision.amount) == ("Delvist bevilget", 60_000)
    assert found.decision.conditions == "Mødes hver uge"
    # Which of the two laws gives less is asked; the condition is not lost on its way to the letter.
    assert begins_with(hall, "sagsbehandler-mis", "afgoerelse", "SEL") == {
        "vilkaar": "Mødes hver uge"
    }


def test_who_books_reads_each_units_part(hall):
    hall.at_the_table()
    hall.do("udvalg-sekretaer", "beslutning", **PARTLY)
    hall.ruled(resultat="delvist", **REASONS)
    found = shown(hall, "sagsbehandler-oek", "bogfoer")
    assert found.decision.split == [("Misbrugsbehandling", 24_000), ("Beskæftigelse", 36_000)]


def test_the_director_reads_how_much_has_no_cover(hall):
    hall.line_has(60_000)
    hall.at_the_table()
    hall.do("udvalg-sekretaer", "beslutning", **GRANTED)
    assert shown(hall, "chef-1", "anvis_daekning").missing == 36_000


def test_it_is_not_there_for_whom_the_cases_grants_do_not_exist(hall, monkeypatch):
    hall.apply()
    monkeypatch.setattr(access, "parts", lambda *_: access.EVERY_PART - {access.GRANTS})
    assert shown(hall, "leder-vok", "ledergodkend") is None

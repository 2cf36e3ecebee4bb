"""The page of one task: drawn from its form, answered, kept while one types, and never overwritten."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path

import pytest
from flask import render_template_string
from sqlalchemy import select

from engine import clock, forms, reads
from engine.drafts import Draft
from engine.forms.form import INPUTS
from engine.instances import DONE, WorkItem
from tests.conftest import DATABASES
from tests.web.fiktivby import played_into

FORMS = sorted(Path(__file__).parents[2].joinpath("forms").glob("*.form"))
ANSWERS = {
    "forklaret_dato": "2026-11-30",
    "forklaret_sprog": "dansk",
    "tolk_med": "nej",
    "forklaret": ["", "formaal", "frivilligt", "oplysninger", "hjaelp_uaendret"],
    "materiale_udleveret": "ja",
    "plan_tilstand": "overligger",
    "tvivl_samtykkeevne": "nej",
    "foraeldremyndighed": "alene",
    "foraeldremyndighed_dokumentation": "CPR",
    "foraelder_1_navn": "Mona Prøvesen",
    "foraelder_1_cpr": "640380-4000",
}


@pytest.fixture
def offer(app, site_store) -> str:
    """Mads' case on 30 November: somebody in KUI is to explain the offer. The task's id."""
    played_into(site_store, "s01_mads", datetime(2026, 11, 30))
    clock._clock.advance(days=7)
    with site_store.reading() as session:
        task = session.scalars(select(WorkItem).where(WorkItem.element == "forklar_tilbud")).one()
        return task.id


def drafts(store) -> list[Draft]:
    with store.reading() as session:
        return list(session.scalars(select(Draft).order_by(Draft.saved_at)))


def state(store, task_id: str) -> str:
    with store.reading() as session:
        return session.get(WorkItem, task_id).state


def tab_of(page: str) -> str:
    return re.search(r'name="_fane" value="(\w+)"', page)[1]


def marks_of(page: str) -> list[str]:
    return re.findall(r'name="_oven_paa" value="([\w:]+)"', page)


def test_every_field_of_every_form_is_drawn_with_a_label_of_its_own(app):
    template = (
        "{% import 'parts/form/fields.html' as form %}{{ form.each(fields, {}, {'id': 'x'}) }}"
    )
    for file in FORMS:
        form = forms.read(file.read_bytes())
        shown = forms.fields(form, _one_row_each(form), {"sag": {}})
        with app.test_request_context():
            page = render_template_string(template, fields=shown)
        named = set(re.findall(r'<(?:input|select|textarea)[^>]* name="([^"]+)"', page))
        assert {f.name for f in _inputs(shown)} <= named, file.stem
        ids = re.findall(r'\sid="([^"]+)"', page)
        assert len(ids) == len(set(ids)), f"{file.stem}: two elements have one id"
        labelled = set(re.findall(r'<label[^>]* for="([^"]+)"', page))
        assert labelled <= set(ids), file.stem
        for tag in re.findall(r"<(?:input|select|textarea)[^>]*>", page):
            if 'type="hidden"' not in tag:
                assert re.search(r'\sid="([^"]+)"', tag)[1] in labelled, (file.stem, tag)


def _one_row_each(form: forms.Form) -> dict:
    return {c.key: [{}] for c in form.components if c.type == "dynamiclist"}


def _inputs(shown):
    for field in shown:
        if field.type in INPUTS and not field.readonly:
            yield field
        yield from _inputs(field.children)
        for row in field.rows:
            yield from _inputs(row)


@pytest.mark.parametrize("fiktivby_url", DATABASES, indirect=True)
def test_a_task_shows_who_it_is_about_why_it_is_here_and_what_follows(offer, client_of, site_store):
    page = client_of("koordinator-1").get(f"/opgaver/{offer}").text
    assert "Mads Prøvesen" in page and "17 år" in page
    assert "svarede på »Bekræft vurderingen«" in page
    assert "10 arbejdsdage efter 23.11.2026" in page
    assert "Registrer og send tilbuddet" in page
    assert "Opgaven »Indhent svar«" in page
    assert ">Forklar tilbud</button>" in page
    with site_store.reading() as session:
        read = session.scalars(select(reads.Read).where(reads.Read.what == f"opgave:{offer}"))
        assert [row.actor for row in read] == ["koordinator-1"]


def untimed(page: str) -> str:
    """The page without the tokens that tell the second it was made in."""
    return re.sub(r'"I[jm][\w.-]+"', "", page)


def test_a_task_of_others_does_not_exist(offer, client_of):
    client = client_of("sagsbehandler-mis")
    absent = client.get("/opgaver/findes-ikke")
    hidden = client.get(f"/opgaver/{offer}")
    assert hidden.status_code == absent.status_code == 404
    assert untimed(hidden.text) == untimed(absent.text)
    assert client.post(f"/opgaver/{offer}/kladde", data={"forklaret_sprog": "x"}).status_code == 404


def test_wrong_answers_are_told_beside_their_fields_and_nothing_typed_is_lost(offer, client_of):
    client = client_of("koordinator-1")
    answer = client.post(
        f"/opgaver/{offer}",
        data={"_fane": "en", "forklaret_sprog": "dansk", "forklaret_dato": "i går"},
    )
    assert answer.status_code == 422
    assert (
        'href="#f-forklaret_dato"' in answer.text and 'id="f-forklaret_dato-error"' in answer.text
    )
    assert "er ikke en dato" in answer.text
    assert 'value="dansk"' in answer.text


def test_a_task_is_done_from_its_page_and_the_draft_goes_with_it(offer, client_of, site_store):
    client = client_of("koordinator-1")
    client.post(f"/opgaver/{offer}/kladde", data={"_fane": "en", "forklaret_sprog": "dansk"})
    assert len(drafts(site_store)) == 1
    answer = client.post(
        f"/opgaver/{offer}", data={**ANSWERS, "_fane": "en", "liste": "/opgaver?fane=mine"}
    )
    assert answer.status_code == 303, answer.text
    assert answer.headers["Location"] == "/opgaver?fane=mine"
    assert state(site_store, offer) == DONE
    assert drafts(site_store) == []
    told = client.get("/opgaver").text
    assert "»Forklar tilbud« er gjort." in told
    assert "Næste: Indhent svar" in told


def test_what_was_typed_is_there_when_the_page_is_opened_again(offer, client_of, site_store):
    client = client_of("koordinator-1")
    client.post(f"/opgaver/{offer}/kladde", data={"_fane": "en", "forklaret_sprog": "græsk"})
    page = client_of("koordinator-1").get(f"/opgaver/{offer}").text
    assert 'value="græsk"' in page
    assert "Gemt 09.00" in page
    assert marks_of(page) == ["en:1"]


def test_two_who_write_in_one_task_see_both_versions_and_lose_none(offer, client_of, site_store):
    liv, kim = client_of("koordinator-1"), client_of("sagsbehandler-kui")
    path = f"/opgaver/{offer}"
    first, second = tab_of(liv.get(path).text), tab_of(kim.get(path).text)
    liv.post(f"{path}/kladde", data={"_fane": first, "forklaret_sprog": "græsk"})
    clash = kim.post(
        f"{path}/kladde",
        data={"_fane": second, "forklaret_sprog": "tysk"},
        headers={"HX-Request": "true"},
    )
    assert clash.status_code == 409
    assert "Liv Koordinatorsen har skrevet i den samme opgave" in clash.text
    assert re.search(r"<td[^>]*>tysk</td><td[^>]*>græsk</td>", clash.text)
    assert {d.answers["forklaret_sprog"] for d in drafts(site_store)} == {"græsk", "tysk"}
    # Nor is the task done over the other's head.
    done = kim.post(path, data={**ANSWERS, "_fane": second, "forklaret_sprog": "tysk"})
    assert done.status_code == 409 and state(site_store, offer) != DONE
    # Kim keeps his own; Liv is told in her turn, with her own words still there.
    kept = {"_fane": second, "_oven_paa": f"{first}:1", "forklaret_sprog": "tysk"}
    assert kim.post(f"{path}/formular", data=kept).status_code == 200
    again = liv.post(f"{path}/kladde", data={"_fane": first, "forklaret_sprog": "græsk"})
    assert again.status_code == 409
    assert re.search(r"<td[^>]*>græsk</td><td[^>]*>tysk</td>", again.text)


def test_whoever_comes_too_late_reads_who_was_first_and_keeps_the_text(offer, client_of):
    client_of("sagsbehandler-kui").post(f"/opgaver/{offer}", data=ANSWERS)
    late = client_of("koordinator-1").post(
        f"/opgaver/{offer}", data={"_fane": "to", "forklaret_sprog": "grønlandsk"}
    )
    assert late.status_code == 409
    assert "blev løst af" in late.text and "grønlandsk" in late.text


def test_a_task_that_somebody_has_taken_says_who_and_offers_nothing(offer, client_of):
    client_of("sagsbehandler-kui").post(f"/opgaver/{offer}/reserver")
    page = client_of("koordinator-1").get(f"/opgaver/{offer}").text
    assert "har taget opgaven" in page
    assert 'id="svaret"' not in page and "Giv videre" not in page


def test_the_way_back_never_leads_away_from_the_site(offer, client_of):
    client = client_of("koordinator-1")
    for target in ("javascript:alert(1)", "https://evil.example/", "//evil.example"):
        assert target not in client.get(f"/opgaver/{offer}", query_string={"liste": target}).text
        answer = client.post(
            f"/opgaver/{offer}/bero", data={"til": "2026-12-03", "grund": "syg", "liste": target}
        )
        assert answer.headers["Location"] == "/opgaver"


def test_fields_and_rows_come_and_go_without_a_script(offer, client_of):
    client, path = client_of("koordinator-1"), f"/opgaver/{offer}/formular"
    page = client.post(path, data={"_fane": "en", "foraeldremyndighed": "alene"}).text
    assert 'name="foraelder_1_navn"' in page and 'name="foraelder_2_navn"' not in page
    page = client.post(path, data={"_fane": "en", "foraeldremyndighed": "faelles"}).text
    assert 'name="foraelder_2_navn"' in page


def test_what_follows_changes_with_the_answer(app, client_of, site_store):
    played_into(site_store, "s01_mads", datetime(2026, 11, 24, 9))
    with site_store.reading() as session:
        task = session.scalars(
            select(WorkItem).where(WorkItem.element == "screening", WorkItem.state == "open")
        ).one()
    client = client_of("sagsbehandler-bos")
    answer = client.post(
        f"/opgaver/{task.id}/formular",
        data={"_fane": "en", "behov_bolig": "stort"},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 200
    assert 'id="bagefter"' in answer.text and 'hx-swap-oob="true"' in answer.text


def test_an_answer_is_corrected_as_a_new_version_with_a_reason(offer, client_of):
    client, path = client_of("koordinator-1"), f"/opgaver/{offer}"
    client.post(path, data=ANSWERS)
    page = client.get(path).text
    assert "dansk" in page and "Ret svar" in page
    assert "Opgaven »Indhent svar«" in page
    form = client.get(f"{path}?ret=1").text
    assert "ændrer sig ikke af sig selv" in form
    new = {**ANSWERS, "forklaret_sprog": "tysk"}
    del new["foraelder_1_cpr"]
    assert client.post(f"{path}/ret", data=new).status_code == 422
    answer = client.post(f"{path}/ret", data={**new, "_grund": "Det var på tysk."})
    assert answer.status_code == 303, answer.text
    page = client.get(path).text
    assert "Rettet af Liv Koordinatorsen" in page and "Det var på tysk." in page
    assert "tysk" in page and "dansk" in page


def test_a_task_rests_and_is_given_away_from_its_page(offer, client_of, site_store):
    client, path = client_of("koordinator-1"), f"/opgaver/{offer}"
    answer = client.post(f"{path}/bero", data={"til": "2026-12-03", "grund": "Mads er syg"})
    assert answer.status_code == 302
    assert "Sat i bero til" in client.get(path).text
    client.post(f"{path}/genoptag")
    client.post(f"{path}/giv-videre", data={"til": "sagsbehandler-kui"})
    with site_store.reading() as session:
        assert session.get(WorkItem, offer).assignee == "sagsbehandler-kui"


def test_no_draft_reaches_the_trail(offer, client_of, site_store):
    client_of("koordinator-1").post(
        f"/opgaver/{offer}/kladde", data={"_fane": "en", "forklaret_sprog": "hemmeligt sprog"}
    )
    from engine.events import Content, Event

    with site_store.reading() as session:
        told = [json.dumps(e.facts) for e in session.scalars(select(Event))]
        told += [
            json.dumps(c.content, ensure_ascii=False) for c in session.scalars(select(Content))
        ]
    assert not any("hemmeligt" in line for line in told)

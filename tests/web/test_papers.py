"""Notes and documents through the pages: few clicks for those inside, nothing for those outside."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
from sqlalchemy import select

from engine.domain.documents import Document
from engine.domain.notes import Note
from engine.reads import Read
from tests.web.fiktivby import played_into

CASE = "/sager/2026-0001"
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n%%EOF\n"


@pytest.fixture
def mads(site_store, app):
    played_into(site_store, "s01_mads", datetime(2026, 12, 10))


def test_a_note_is_written_from_the_case_page_and_found_again_by_a_word(client_of, mads):
    client = client_of("koordinator-1")
    assert 'name="tekst"' in client.get(CASE).text
    answer = client.post(f"{CASE}/noter", data={"tekst": "Mads har fået <b>praktik</b>"})
    assert answer.headers["Location"] == f"{CASE}#noter"
    page = client.get(f"{CASE}?note=PRAKTIK").text
    assert "&lt;b&gt;praktik&lt;/b&gt;" in page
    found = client.get("/noter?ord=praktik").text
    assert f"{CASE}?note=praktik#note-" in found and "Mads" in found


def test_a_refused_note_is_shown_to_be_copied_with_the_way_back(client_of, mads, site_store):
    client, words = client_of("koordinator-1"), "Mads glæder sig til praktikken."
    client.post(f"{CASE}/noter", data={"tekst": "Mødet er den 3.", "art": "moede"})
    with site_store.reading() as session:
        note = session.scalar(select(Note.id).where(Note.kind == "moede"))
    told, case = {"titel": "Mødet", "tekst": words}, {"Referer": f"http://localhost{CASE}"}
    client.post(f"{CASE}/noter/{note}/ret", data={"titel": "Mødet", "tekst": "Den 4."})
    answer = client.post(f"{CASE}/noter/{note}/ret", data=told, headers=case)
    assert answer.status_code == 409
    assert f"{words}</textarea>" in answer.text
    assert f'href="{CASE}">Gå tilbage' in answer.text


def test_a_corrected_note_shows_the_old_text_struck(client_of, mads, site_store):
    client = client_of("koordinator-1")
    client.post(f"{CASE}/noter", data={"tekst": "Mødet er den 3.", "art": "moede"})
    with site_store.reading() as session:
        note = session.scalar(select(Note.id).where(Note.kind == "moede"))
    client.post(f"{CASE}/noter/{note}/ret", data={"titel": "Mødet", "tekst": "Mødet er den 4."})
    page = client.get(CASE).text
    assert "Mødet er den 4." in page
    assert "Mødet er den 3." in page[page.index("<del>") : page.index("</del>")]


def test_a_document_is_only_ever_a_copy_to_keep_and_its_opening_is_written_down(
    client_of, mads, site_store
):
    client = client_of("koordinator-1")
    file = {"fil": (io.BytesIO(PDF), "Mads Prøvesen.pdf"), "titel": "Udtalelse"}
    assert client.post(f"{CASE}/dokumenter", data=file).status_code == 303
    with site_store.reading() as session:
        document = session.scalar(select(Document.id))
    answer = client.get(f"{CASE}/dokumenter/{document}")
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"] == "attachment; filename=2026-0001-D001.pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    with site_store.reading() as session:
        read = select(Read).where(Read.what == f"dokument:{document}")
        assert session.scalar(read).actor == "koordinator-1"


def test_a_page_that_calls_itself_a_pdf_is_refused_in_words(client_of, mads, site_store):
    client = client_of("koordinator-1")
    file = {"fil": (io.BytesIO(b"<html><script>x</script>"), "plan.pdf")}
    answer = client.post(f"{CASE}/dokumenter", data=file)
    assert answer.status_code == 409
    assert "ikke er en PDF" in answer.text
    assert client.post(f"{CASE}/dokumenter", data={}).status_code == 409


@pytest.mark.parametrize("stranger", ["sagsbehandler-sun", "partner-x-gp", "procesejer-1"])
def test_papers_do_not_exist_for_who_has_no_part_in_the_case(client_of, mads, site_store, stranger):
    inside = client_of("koordinator-1")
    inside.post(f"{CASE}/noter", data={"tekst": "Mads har fået praktik"})
    inside.post(f"{CASE}/dokumenter", data={"fil": (io.BytesIO(PDF), "praktik.pdf")})
    with site_store.reading() as session:
        document, note = session.scalar(select(Document.id)), session.scalar(select(Note.id))
    client = client_of(stranger)
    assert client.get(f"{CASE}/dokumenter/{document}").status_code == 404
    assert client.post(f"{CASE}/noter", data={"tekst": "Snagen"}).status_code == 404
    correction = {"titel": "a", "tekst": "b"}
    assert client.post(f"{CASE}/noter/{note}/ret", data=correction).status_code == 404
    page = client.get("/noter?ord=praktik").text
    assert "Intet fundet" in page and "Mads" not in page

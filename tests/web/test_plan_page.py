"""The plan and the letters as pages: what each may open, and that every opening is proved."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from sqlalchemy import select

from engine import clock, dispatch, outbox, reads
from engine.domain import cases, letters
from engine.settings import Settings
from tests.web.fiktivby import played_into

UNTIL = datetime(2027, 1, 21, 8)


@pytest.fixture
def mads(app, site_store):
    """The number of a case with an accepted plan."""
    played_into(site_store, "s01_mads", UNTIL)
    clock._clock.advance(days=60)
    return "2026-0001"


def opened(store) -> list[str]:
    with store.reading() as session:
        return list(session.scalars(select(reads.Read.what).order_by(reads.Read.id)))


def test_the_plan_opens_as_page_and_pdf_and_both_are_proved(client_of, site_store, mads):
    client = client_of("koordinator-1")
    page = client.get(f"/sager/{mads}/plan")
    assert page.status_code == 200
    for words in ("Det arbejder vi hen imod", "Jeg vil på FGU", "Liv Koordinatorsen", "Udgave 1"):
        assert words in page.text
    pdf = client.get(f"/sager/{mads}/plan.pdf")
    assert pdf.mimetype == "application/pdf" and pdf.data.startswith(b"%PDF")
    assert opened(site_store)[-2:] == ["plan", "plan:pdf"]


@pytest.mark.parametrize("path", ["plan", "plan.pdf", "plan/sammenlign?fra=1&til=1", "breve"])
def test_for_a_stranger_neither_plan_nor_letters_exist(client_of, mads, path):
    assert client_of("sagsbehandler-job").get(f"/sager/{mads}/{path}").status_code == 404
    assert client_of("sagsbehandler-job").get(f"/sager/2026-9999/{path}").status_code == 404


def test_the_school_gets_its_part_and_no_letters(client_of, mads):
    client = client_of("partner-x-sko")
    page = client.get(f"/sager/{mads}/plan").text
    assert "Jeg vil på FGU" in page and "skænderier" not in page and "Mona" not in page
    assert client.get(f"/sager/{mads}/plan.pdf").data.startswith(b"%PDF")
    assert client.get(f"/sager/{mads}/plan/sammenlign?fra=1&til=1").status_code == 404
    assert client.get(f"/sager/{mads}/breve").status_code == 404


@pytest.fixture
def written(site_store, mads):
    """The number of a letter that has not left yet: those of the story have."""

    def write(session) -> str:
        case = cases.by_number(session, mads)
        return letters.send(session, case, "B09", "SSP", svar="modtaget").journal_no

    return site_store.write(write)


def test_a_letter_opens_as_page_and_pdf_with_what_became_of_it(
    client_of, site_store, mads, written
):
    client = client_of("koordinator-1")
    listed = client.get(f"/sager/{mads}/breve")
    number = re.findall(rf"/sager/{mads}/breve/({mads}-B\d+)", listed.text)[0]
    assert number == written and "Venter på at blive sendt" in listed.text
    outbox.send_due(site_store, dispatch.senders(site_store, Settings(demo=True)))
    page = client.get(f"/sager/{mads}/breve/{number}")
    assert (
        "Vi har modtaget henvisningen" in page.text and "det her er en demonstration" in page.text
    )
    assert client.get(f"/sager/{mads}/breve/{number}.pdf").data.startswith(b"%PDF")
    assert opened(site_store)[-2:] == [f"brev:{number}", f"brev:{number}:pdf"]
    assert client.get(f"/sager/{mads}/breve/{mads}-B999").status_code == 404


def test_a_letter_that_failed_says_so_and_can_be_sent_again(
    client_of, site_store, mads, written, tmp_path
):
    chosen = Settings(letters_out=tmp_path / "endnu_ikke")
    outbox.send_due(site_store, dispatch.senders(site_store, chosen))
    client = client_of("koordinator-1")
    number = written
    page = client.get(f"/sager/{mads}/breve/{number}").text
    assert "Brevet er ikke kommet af sted" in page and "Send igen nu" in page
    chosen.letters_out.mkdir()
    answer = client.post(f"/sager/{mads}/breve/{number}/igen")
    assert answer.status_code == 303
    outbox.send_due(site_store, dispatch.senders(site_store, chosen))
    page = client.get(f"/sager/{mads}/breve/{number}").text
    assert "Afleveret til forsendelse" in page and "Send igen nu" not in page
    assert client.post(f"/sager/{mads}/breve/{number}/igen").status_code == 409
    assert (
        client_of("sagsbehandler-job").post(f"/sager/{mads}/breve/{number}/igen").status_code == 404
    )


def test_readability_is_answered_while_one_writes(client_of):
    client = client_of("koordinator-1")
    easy = client.post("/laeselighed", data={"tekst": "Du får hjælp. Vi ringer."})
    assert "Meget let at læse" in easy.text and "<html" not in easy.text
    assert client.post("/laeselighed", data={"tekst": " "}).text.strip() == ""
    hard = client.post(
        "/laeselighed", data={"tekst": "Foranstaltningernes iværksættelse koordineres."}
    )
    assert "Brug kortere ord" in hard.text

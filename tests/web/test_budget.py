"""The shared budget's pages: who reads them, that numbers are their lists, and what Økonomi may do."""

from __future__ import annotations

import csv
import re
from datetime import datetime
from decimal import Decimal
from io import BytesIO, StringIO

import pypdf
import pytest
from sqlalchemy import select

from engine import clock
from engine.domain import budget
from engine.domain.grants import Grant
from engine.queries.budget import NUMBERS
from tests.web.fiktivby import played_into

LINE = "/budget/faelles-2026"
BILL = {"_form": "forbrug", "sag": "2026-0001", "nummer": "1", "bilag": "B-1"}
DECIDED = {"besluttet_af": "Byrådet, punkt 7", "besluttet_den": "2026-10-08"}


@pytest.fixture
def granted(app, site_store):
    """Jonas' grant of 60,000 kr. is booked: 24,000 on MIS and 36,000 on JOB."""
    played_into(site_store, "s03_jonas", datetime(2026, 12, 17, 23))
    clock._clock.advance(days=25)


@pytest.fixture
def asked(app, site_store):
    """Jonas' application of 96,000 kr. waits for an opinion; the line holds 60,000 kr."""
    played_into(site_store, "s03_jonas", datetime(2026, 12, 1, 8))
    clock._clock.advance(days=8)


def balance(store, line="faelles-2026"):
    with store.reading() as session:
        return budget.balance(session, line)


def kroner(page: str, of: str) -> Decimal:
    """The number of that name on a line's page."""
    told = re.search(rf'aria-label="{of}, [^"]*: ([\d.,]+)\s*kr\.', page)[1]
    return Decimal(told.replace(".", "").replace(",", "."))


@pytest.mark.parametrize(
    "who",
    ["koordinator-3", "leder-fam", "udvalg-1", "udvalg-sekretaer", "chef-1", "revisor",
     "sagsbehandler-oek"],
)  # fmt: skip
def test_who_may_read_the_budget_finds_it_in_the_menu(granted, client_of, who):
    client = client_of(who)
    assert 'href="/budget"' in client.get("/sager").text
    assert client.get("/budget?aar=2026").status_code == 200
    assert client.get(LINE).status_code == 200


@pytest.mark.parametrize("who", ["sagsbehandler-mis", "jurist", "partner-x-sko", "procesejer-1"])
def test_for_others_there_is_no_budget(granted, client_of, who):
    client = client_of(who)
    assert 'href="/budget"' not in client.get("/sager").text
    for address in (
        "/budget", "/budget.csv", "/budget/forslag", LINE, f"{LINE}/bevaegelser",
        f"{LINE}/bevaegelser.csv", f"{LINE}/tal/bevilget",
    ):  # fmt: skip
        assert client.get(address).status_code == 404, address
    told = BILL | DECIDED | {"betalt": "2026-12-30", "beloeb": "1", "enhed": "MIS", "aar": "2030"}
    for address in ("/budget", f"{LINE}/forbrug", f"{LINE}/bidrag", f"{LINE}/ramme"):
        answer = client.post(address, data=told | {"navn": "Nyt"})
        assert answer.status_code in (404, 409), address


def test_every_number_is_as_large_as_its_list(granted, client_of, site_store):
    client = client_of("sagsbehandler-oek")
    client.post(f"{LINE}/forbrug", data=BILL | {"betalt": "2026-12-30", "beloeb": "12.000,55"})
    page = client.get(LINE).text
    names = dict(
        zip(NUMBERS, ("Ramme", "Ansøgt", "Reserveret", "Bevilget", "Forbrugt", "Fri"), strict=True)
    )
    for number, name in names.items():
        listed = client.get(f"{LINE}/tal/{number}").text
        rows = re.findall(r'<td class="amount">([\d.,-]+)\s*kr\.', listed)
        amounts = [Decimal(each.replace(".", "").replace(",", ".")) for each in rows]
        assert sum(amounts) == kroner(page, name), number
    assert kroner(page, "Forbrugt") == Decimal("12000.55") == balance(site_store)["spent"]
    shares = client.get("/budget?aar=2026").text
    assert "4.800,22" in shares and "7.200,33" in shares
    borne = client.get(f"{LINE}/tal/bevilget?enhed=MIS").text
    assert "24.000" in borne and "60.000" not in borne


def test_a_leader_reads_the_budget_and_where_it_ends_among_the_figures(granted, client_of):
    page = client_of("leder-fam").get("/noegletal").text
    table = re.search(r"figure-budget.*?</table>", page, re.DOTALL)[0]
    told = {of: kroner(table, of) for of in ("Ramme", "Bevilget", "Fri")}
    assert told == {"Ramme": 60_000, "Bevilget": 60_000, "Fri": 0}
    addresses = re.findall(r'href="([^"#]+)', table)
    assert len(addresses) == 5
    for address in addresses:
        assert client_of("leder-fam").get(address).status_code == 200, address
    # Who reads no budget reads none here, and among one's own cases it tells nothing.
    assert "figure-budget" not in client_of("sagsbehandler-mis").get("/noegletal").text
    assert "figure-budget" not in client_of("koordinator-3").get("/noegletal?for=mine").text


def test_whose_money_it_is_is_told_to_those_who_see_the_case_alone(granted, client_of):
    for address in (LINE, f"{LINE}/bevaegelser", f"{LINE}/tal/bevilget"):
        mine, others = client_of("koordinator-3").get(address), client_of("leder-fam").get(address)
        assert "2026-0001" in mine.text and "Jonas Fantasi" in mine.text, address
        assert "2026-0001" not in others.text and "Jonas" not in others.text, address
        assert "En sag, du ikke har adgang til" in others.text, address
    sent = client_of("leder-fam").get(f"{LINE}/bevaegelser.csv")
    assert "2026-0001" not in sent.text and "Bevilget" in sent.text
    assert "2026-0001" in client_of("koordinator-3").get(f"{LINE}/bevaegelser.csv").text


def test_okonomi_knows_a_booked_grant_by_its_voucher(granted, client_of, site_store):
    site_store.write(lambda s: setattr(s.scalars(select(Grant)).one(), "voucher", "4711"))
    client = client_of("sagsbehandler-oek")
    for address in (LINE, f"{LINE}/bevaegelser", f"{LINE}/tal/bevilget", f"{LINE}/bevaegelser.csv"):
        told = client.get(address).text
        assert "2026-0001" not in told and "Jonas" not in told, address
    assert "bilag 4711" in client.get(LINE).text
    # The number stands on the bill: whoever has it may note the bill.
    bill = BILL | {"betalt": "2026-12-30", "beloeb": "1.000"}
    assert client.post(f"{LINE}/forbrug", data=bill).status_code == 303


def test_okonomi_notes_a_bill_and_is_told_beside_the_field_what_is_wrong(
    granted, client_of, site_store
):
    client = client_of("sagsbehandler-oek")
    for wrong, field, said in (
        ({"beloeb": "mange"}, "beloeb", "Skriv et beløb i kroner"),
        ({"beloeb": "60.000,01"}, "beloeb", "Der er 60.000 kr. tilbage af bevillingen"),
        ({"beloeb": "0"}, "beloeb", "Skriv et beløb. Et beløb under nul"),
        ({"bilag": " "}, "bilag", "Skriv bilagets nummer"),
        ({"betalt": "i går"}, "betalt", "Vælg den dag"),
        ({"nummer": "0"}, "nummer", "Skriv 1 for sagens første"),
        ({"nummer": "2"}, "sag", "ikke en bogført bevilling nummer 2"),
        ({"sag": "2026-9999"}, "sag", "Sagen findes ikke"),
    ):
        told = BILL | {"betalt": "2026-12-30", "beloeb": "100"} | wrong
        answer = client.post(f"{LINE}/forbrug", data=told)
        assert answer.status_code == 422, wrong
        beside = re.search(rf'id="forbrug-{field}-fejl">([^<]+)<', answer.text)
        assert beside and said in beside[1], (wrong, beside)
        assert re.search(rf'aria-describedby="[^"]*forbrug-{field}-fejl"', answer.text), wrong
        assert balance(site_store)["spent"] == 0
    noted = client.post(f"{LINE}/forbrug", data=BILL | {"betalt": "2026-12-30", "beloeb": "1.000"})
    assert noted.status_code == 303 and balance(site_store)["spent"] == 1_000
    again = client.post(f"{LINE}/forbrug", data=BILL | {"betalt": "2026-12-30", "beloeb": "1"})
    assert 'id="forbrug-bilag-fejl"' in again.text and "allerede noteret" in again.text


def test_who_has_no_right_sees_no_form_and_is_refused(granted, client_of, site_store):
    reader = client_of("koordinator-3")
    for address in ("/budget?aar=2026", LINE):
        assert 'method="post" action="/budget' not in reader.get(address).text
    told = BILL | {"betalt": "2026-12-30", "beloeb": "1"}
    assert reader.post(f"{LINE}/forbrug", data=told).status_code == 409
    secretary = client_of("udvalg-sekretaer")
    page = secretary.get(LINE).text
    assert f"{LINE}/bidrag" in page and f"{LINE}/forbrug" not in page
    assert balance(site_store)["spent"] == 0


def test_units_pay_to_the_oere_and_never_less_than_is_bound(granted, client_of, site_store):
    client = client_of("udvalg-sekretaer")
    mis = {"_form": "bidrag", "enhed": "MIS"} | DECIDED
    # MIS pays 15 % of the 60,000, all of which has been granted.
    refused = client.post(f"{LINE}/bidrag", data=mis | {"beloeb": "8.999,99"})
    assert refused.status_code == 422 and "bidrag-beloeb-fejl" in refused.text
    assert balance(site_store)["total"] == 60_000
    assert client.post(f"{LINE}/bidrag", data=mis | {"beloeb": "9.000,33"}).status_code == 303
    assert balance(site_store)["total"] == Decimal("60000.33")
    frame = client.get(f"{LINE}/tal/ramme").text
    assert "Byrådet, punkt 7" in frame and "9.000,33" in frame
    shares = re.search(r'id="andele".*?</table>', client.get(LINE).text, re.DOTALL)[0]
    assert "9.000,33" in shares and "24.000" in shares


def test_a_frame_is_one_amount_until_a_unit_pays_into_it(granted, client_of, site_store):
    client, new = client_of("udvalg-sekretaer"), "/budget/faelles-2028"
    told = {"_form": "aar", "aar": "2028", "navn": "Fælles budget 2028"} | DECIDED
    client.post("/budget", data=told)
    assert client.post(f"{new}/ramme", data=DECIDED | {"beloeb": "70.000"}).status_code == 303
    assert balance(site_store, "faelles-2028")["total"] == 70_000
    assert f'action="{new}/ramme"' in client.get(new).text
    mis = {"_form": "bidrag", "enhed": "MIS", "beloeb": "60.000,33"} | DECIDED
    assert client.post(f"{new}/bidrag", data=mis).status_code == 303
    assert balance(site_store, "faelles-2028")["total"] == Decimal("60000.33")
    assert f'action="{new}/ramme"' not in client.get(new).text
    assert client.post(f"{new}/ramme", data=DECIDED | {"beloeb": "1"}).status_code == 409


def test_a_year_is_opened_once(granted, client_of, site_store):
    client = client_of("sagsbehandler-oek")
    told = {"_form": "aar", "aar": "2028", "navn": "Fælles budget 2028"} | DECIDED
    assert client.post("/budget", data=told | {"aar": "28"}).status_code == 422
    assert client.post("/budget", data=told).headers["Location"].endswith("/budget/faelles-2028")
    assert balance(site_store, "faelles-2028")["total"] == 0
    again = client.post("/budget", data=told)
    assert again.status_code == 422 and "aar-aar-fejl" in again.text


def test_the_ledger_is_read_a_page_at_a_time_newest_first(granted, client_of, monkeypatch):
    monkeypatch.setattr(budget_query(), "PAGE", 2)
    client, address, found = client_of("revisor"), f"{LINE}/bevaegelser", []
    while address:
        page = client.get(address).text
        found += re.findall(r"<tr><td>[^<]*</td><td>([^<]*)</td>", page)
        more = re.search(r'href="([^"]*foer=[^"]*)"', page)
        address = more and more[1]
    whole = list(
        csv.DictReader(
            StringIO(client.get(f"{LINE}/bevaegelser.csv").data.decode("utf-8-sig")), delimiter=";"
        )
    )
    assert len(found) == len(whole) > 4
    assert found == [row["Hvad"] for row in whole]
    assert client.get(f"{LINE}/bevaegelser?foer=intet").status_code == 200


def budget_query():
    from engine.queries import budget as query

    return query


def test_the_file_holds_the_same_numbers_as_the_page(granted, client_of):
    client = client_of("chef-1")
    sent = client.get("/budget.csv?aar=2026")
    assert sent.mimetype == "text/csv" and "budget-2026.csv" in sent.headers["Content-Disposition"]
    rows = list(csv.DictReader(StringIO(sent.data.decode("utf-8-sig")), delimiter=";"))
    line, *units = rows
    assert (line["Ramme"], line["Bevilget"], line["Fri"]) == ("60000,00", "60000,00", "0,00")
    borne = [unit["Bevilget"] for unit in units if unit["Bevilget"] != "0,00"]
    assert sorted(borne) == ["24000,00", "36000,00"]


@pytest.mark.parametrize("bad", ["?aar=i%20fjor", "?aar=1", "?aar=99999999999999999999"])
def test_a_year_that_is_none_is_answered_calmly(granted, client_of, bad):
    assert client_of("chef-1").get(f"/budget{bad}").status_code == 200


@pytest.mark.parametrize(
    "bad", ["/budget/intet", f"{LINE}/tal/intet", f"{LINE}/tal/bevilget?enhed=INTET",
            "/budget/intet/bevaegelser"],
)  # fmt: skip
def test_what_is_no_line_and_no_number_is_not_there(granted, client_of, bad):
    assert client_of("chef-1").get(bad).status_code == 404


def test_the_proposal_keeps_within_the_rest_and_says_that_it_is_help(asked, client_of):
    page = client_of("udvalg-1").get("/budget/forslag").text
    assert "Et forslag til hjælp." in page and "Et afslag må ikke hvile på den alene" in page
    assert "Under stregen" in page and "Der er plads til" not in page
    assert "mangler 36.000 kr." in page and "60.000 kr." in page
    waiting = client_of("koordinator-3").get(LINE).text
    assert "96.000" in waiting and "2026-0001" in waiting


def test_the_cover_note_is_read_by_who_sees_the_case_and_leaves_a_row(asked, client_of, site_store):
    from sqlalchemy import func, select

    from engine.reads import Read

    page = client_of("koordinator-3").get(LINE).text
    address = re.search(r'href="(/sager/[^"]+/daekningsnote/[^"]+)"', page)[1]
    assert "Der mangler" in client_of("koordinator-3").get(address).text
    answer = client_of("koordinator-3").get(f"{address}.pdf")
    assert "Dækningsnote" in pypdf.PdfReader(BytesIO(answer.data)).pages[0].extract_text()
    for who in ("leder-fam", "sagsbehandler-fam", "revisor"):
        assert client_of(who).get(address).status_code == 404
        assert client_of(who).get(f"{address}.pdf").status_code == 404
    with site_store.reading() as session:
        left = select(func.count()).where(Read.what.startswith("daekningsnote"))
        assert session.scalar(left) == 2

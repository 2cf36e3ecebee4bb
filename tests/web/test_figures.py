"""The figures' pages: what is told of stories that have been played, and to whom."""

from __future__ import annotations

import csv
import re
from datetime import datetime
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook

from engine import clock
from engine.domain import organisation
from tests.web.fiktivby import played_into


@pytest.fixture
def told(app, site_store):
    """Mads' story up to the accepted plan, and a municipality that hides nothing."""
    played_into(site_store, "s01_mads", datetime(2027, 1, 15, 9))
    clock._clock.advance(days=53)
    site_store.write(lambda s: organisation.change_setting(s, "noegletal.mindst", 1))


def test_a_leader_reads_the_units_figures_and_opens_a_list(told, client_of):
    leader = client_of("leder-kui")
    page = leader.get("/noegletal").text
    assert "Fra henvisning til tilbud" in page and "Belastning i procent af normen" in page
    assert "Mads" not in page
    behind = leader.get("/noegletal/K2?for=KUI").text
    assert "1 linje" in behind and "8 dage" in behind and "Mads" not in behind
    assert "Mads Prøvesen" in client_of("sagsbehandler-kui").get("/noegletal/K2?for=KUI").text


def test_the_numbers_of_a_queue_open_the_inbox_as_long_as_they_say(app, site_store, client_of):
    played_into(site_store, "s01_mads", datetime(2026, 11, 25))
    clock._clock.advance(days=30)
    leader = client_of("leder-kui")
    page = leader.get("/noegletal?for=KUI").text
    table = re.search(r"figure-queues.*?</table>", page, re.DOTALL)[0]
    found = re.findall(r'<a href="([^"]+)" aria-label="([^"]+): (\d+)\.', table)
    assert len(found) == 8 and any(int(number) for _, _, number in found)
    for address, what, number in found:
        listed = leader.get(address.replace("&amp;", "&")).text
        assert len(re.findall(r'<tr data-row id="opgave-', listed)) == int(number), what
    # Of the whole municipality, and where one works no queue of it, the figure's own list is all.
    assert "figure-queues" not in leader.get("/noegletal?for=alle").text
    assert "figure-queues" not in client_of("koordinator-1").get("/noegletal?for=mine").text


def test_the_page_says_why_one_figure_is_missing(told, client_of):
    page = client_of("leder-kui").get("/noegletal").text
    assert "K18" in page and "kan ikke regnes ud af sagerne" in page


def test_a_leader_of_another_unit_is_told_that_there_are_no_such_figures(told, client_of):
    answer = client_of("leder-fam").get("/noegletal/K2?for=KUI")
    assert answer.status_code == 404
    assert "Nøgletallene findes ikke for dig" in answer.text


@pytest.mark.parametrize("who", ["revisor", "partner-x-sko"])
def test_who_has_no_figures_has_no_entry_in_the_menu(told, client_of, who):
    client = client_of(who)
    assert "Nøgletal" not in client.get("/opgaver").text
    assert client.get("/noegletal").status_code == 404


def test_the_files_hold_the_same_numbers_as_the_page(told, client_of):
    leader = client_of("leder-kui")
    sent = leader.get("/noegletal.csv?for=KUI")
    assert sent.mimetype == "text/csv" and "noegletal-KUI-" in sent.headers["Content-Disposition"]
    rows = list(csv.DictReader(StringIO(sent.data.decode("utf-8-sig")), delimiter=";"))
    days = next(row for row in rows if row["Nummer"] == "K2" and not row["Måned"])
    assert f"{days['Værdi']} dage" in leader.get("/noegletal").text
    sheet = load_workbook(BytesIO(leader.get("/noegletal.xlsx?for=KUI").data)).active
    assert [cell.value for cell in sheet[2]][:4] == ["Nummer", "Nøgletal", "Gruppe", "Værdi"]
    assert sheet.max_row == len(rows) + 2

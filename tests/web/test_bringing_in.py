"""Cases brought in through the pages, people without a CPR number, and the local frame."""

from io import BytesIO

from openpyxl import load_workbook

from engine.domain import frame
from engine.imports.columns import HEADINGS

WHOLE = {
    "system": "Gammelsag",
    "old_number": "G-77",
    "name": "Kasper Overført",
    "cpr": "720500-4005",
    "unit": "JOB",
    "coordinator": "koordinator-1",
    "deputy": "koordinator-2",
    "accepted_on": "03-11-2025",
    "last_held": "15-09-2026",
    "goal": "Jeg vil have et sted at bo",
    "owed_unit": "BOL",
    "owed_does": "Finder en bolig",
    "consent_kind": "planen",
    "consent_on": "20-10-2025",
    "consent_form": "skriftlig",
}
OTHER = WHOLE | {
    "old_number": "G-78",
    "name": "Frida Uden Ja",
    "cpr": "",
    "birth_date": "01-02-1990",
}
OTHER |= {"consent_kind": "", "consent_on": "", "consent_form": ""}
WRONG = WHOLE | {
    "old_number": "G-79",
    "cpr": "720500-400",
    "unit": "Månen",
    "accepted_on": "i fjor",
}


def csv(*rows: dict[str, str]) -> BytesIO:
    lines = [";".join(HEADINGS.values())]
    lines += [";".join(row.get(key, "") for key in HEADINGS) for row in rows]
    return BytesIO("\r\n".join(lines).encode("utf-8-sig"))


def tried(client, *rows: dict[str, str]):
    answer = client.post("/overfoer", data={"fil": (csv(*rows), "sager.csv")})
    assert answer.status_code == 303, answer.text
    return answer.location


def test_a_file_is_tried_without_saving_and_each_fault_tells_its_row_column_and_cure(client_of):
    ada = client_of("administrator")
    page = ada.get(tried(ada, WHOLE, OTHER, WRONG)).text
    assert "Overfør alle 2 sager" in page and "Indhent ja til planen" in page
    assert "4</td><td>Ansvarlig enhed</td><td>Enheden findes ikke.</td>" in page
    assert "Sæt det nul foran" in page and "Datoen forstås ikke." in page
    assert "720500" not in page
    assert "Ingen af de sager, du har adgang til, passer." in ada.get("/sager?ord=Kasper").text


def test_a_row_that_tells_of_somebody_else_is_no_further_row_of_the_case(client_of):
    ada = client_of("administrator")
    further = {"system": "Gammelsag", "old_number": "G-77", "goal": "Jeg vil i arbejde"}
    mistyped = WHOLE | {"name": "En Helt Anden", "cpr": "", "birth_date": "01-02-1990"}
    assert "Overfør 1 sag" in ada.get(tried(ada, WHOLE, further)).text
    page = ada.get(tried(ada, WHOLE, mistyped)).text
    assert "3</td><td>Borgerens navn</td><td>Der står noget andet i sagens første række, 2." in page
    assert "Overfør 1 sag" not in page


def test_the_chosen_cases_go_in_one_by_one_and_the_report_says_which(client_of):
    ada = client_of("administrator")
    at = tried(ada, WHOLE, OTHER)
    ada.post(at, data={"hvilke": "valgte", "raekke": ["3"]})
    assert "0 af 1 sager er behandlet" in ada.get(at).text
    ada.post(f"{at}/videre")
    assert "1 sag er overført." in ada.get(at).text
    again = ada.get(tried(ada, WHOLE, OTHER)).text
    assert "1 sag er her allerede." in again and "Overfør 1 sag" in again
    inbox = client_of("koordinator-1").get("/opgaver").text
    assert "Indhent ja til planen" in inbox


def test_the_template_is_a_spreadsheet_whose_example_is_passed_over(client_of):
    ada = client_of("administrator")
    sent = ada.get("/overfoer/skabelon.xlsx")
    sheet = load_workbook(BytesIO(sent.data)).active
    assert [cell.value for cell in sheet[1]] == list(HEADINGS.values())
    answer = ada.post("/overfoer", data={"fil": (BytesIO(sent.data), "skabelon.xlsx")})
    assert "ingen nye sager" in ada.get(answer.location).text


def test_anything_else_than_a_spreadsheet_is_refused_beside_the_field(client_of):
    ada = client_of("administrator")
    for content in (b"", b"PK\x03\x04broken", b"\x00\x01\x02", b"hej"):
        answer = ada.post("/overfoer", data={"fil": (BytesIO(content), "x.xlsx")})
        assert answer.status_code == 422, content


def test_a_caseworker_may_not_and_nobody_reads_anothers_file(client_of):
    ada = client_of("administrator")
    at = tried(ada, WHOLE)
    assert client_of("koordinator-1").get("/overfoer").status_code == 409
    assert "Kasper" not in client_of("leder-job").get(at).text


def test_one_case_goes_in_by_the_form_which_says_what_is_missing(client_of):
    lead = client_of("leder-job")
    told = {key: WHOLE.get(key, "") for key in HEADINGS if key != "goal"}
    empty = lead.post("/overfoer/sag", data=told)
    assert empty.status_code == 422 and "Sagen har ingen mål." in empty.text
    answer = lead.post("/overfoer/sag", data=told | {"goals": "Jeg vil have et sted at bo"})
    assert answer.status_code == 303, answer.text
    assert "Sagen er overført med nummer" in lead.get(answer.location).text
    assert "Kasper Overført" in client_of("koordinator-1").get("/sager").text


def test_somebody_without_a_number_is_registered_and_a_namesake_is_never_the_same(client_of):
    karin = client_of("koordinator-1")
    told = {"navn": "Amina Uden Nummer", "foedt": "1990-03-07", "beskyttet": "ja"}
    assert karin.post("/personer", data=told).status_code == 303
    page = karin.post("/personer/find", data=told).text
    assert "Beskyttet adresse" in page and "Intet nummer" in page
    asked = karin.post("/personer", data=told)
    assert asked.status_code == 422 and "Det er en anden person" in asked.text
    assert karin.post("/personer", data=told | {"en_anden": "ja"}).status_code == 303
    assert karin.get("/personer").text.count("<td>Amina Uden Nummer") == 2
    # Another unit knows nothing of them: no case is shared.
    assert "Ingen, du kan se" in client_of("koordinator-4").post("/personer/find", data=told).text


def test_the_frame_is_written_by_the_leader_and_the_old_words_stay(client_of, site_store):
    lead = client_of("leder-job")
    told = {
        "del": "mandat",
        "tekst": "Op til 5.000 kr.",
        "fra": "2026-11-23",
        "besluttet": "Byrådet",
    }
    assert lead.post("/enheder/JOB/ramme", data=told).status_code == 303
    lead.post("/enheder/JOB/ramme", data=told | {"tekst": "Op til 9.000 kr.", "fra": "2026-12-01"})
    page = client_of("koordinator-1").get("/enheder/JOB/ramme").text
    assert "Op til 5.000 kr." in page and "Ny tekst fra" in page and "Gem den nye tekst" not in page
    refused = client_of("koordinator-1").post("/enheder/JOB/ramme", data=told)
    assert refused.status_code == 409
    with site_store.reading() as session:
        assert [row.text for row in frame.for_unit(session, "JOB")] == ["Op til 5.000 kr."]


def test_the_frame_cannot_be_written_for_a_day_that_has_passed(client_of):
    told = {"del": "mandat", "tekst": "Alt", "fra": "2026-11-22", "besluttet": "Byrådet"}
    assert client_of("leder-job").post("/enheder/JOB/ramme", data=told).status_code == 422

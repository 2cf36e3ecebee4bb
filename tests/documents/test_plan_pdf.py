"""The plan as a PDF that everybody can read: tagged, in Danish, in our letters, and never altered."""

from __future__ import annotations

import io

import pypdf
import pytest

from engine import documents
from engine.documents import typeset
from engine.documents.plan import PlanAltered
from engine.domain import cases, organisation, plan, readability
from engine.queries import plan as query
from tests.queries import papers_world as world
from tests.queries.test_plan import CONTENT, share_with_school


@pytest.fixture
def case(sqlite_store, virtual_clock):
    nummer = world.furnish(sqlite_store)

    def write(session):
        organisation.change_setting(session, "kommune", "Prøve Kommune")
        found = cases.by_number(session, nummer)
        content = CONTENT | {"borgerens_holdning": "#strong[Jeg] *er* med = på det <på>."}
        plan.write_draft(session, found, world.COORDINATOR, content)

    sqlite_store.write(write)
    return nummer


def accept(store, nummer):
    store.write(lambda session: plan.accept(session, cases.by_number(session, nummer)) and None)


def printed(store, username, nummer):
    """(the PDF opened, its text without line breaks)"""
    with store.reading() as session:
        content = documents.plan_pdf(session, query.of_case(session, username, nummer))
    read = pypdf.PdfReader(io.BytesIO(content))
    return read, " ".join(" ".join(page.extract_text().split()) for page in read.pages)


def test_the_pdf_is_tagged_danish_and_titled_and_set_in_our_own_letters(sqlite_store, case):
    accept(sqlite_store, case)
    read, _ = printed(sqlite_store, world.COORDINATOR, case)
    root = read.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in root
    assert root["/Lang"] == "da"
    assert read.metadata.title == "Planen for Mads Prøvesen, udgave 1"
    assert "pdfuaid:part" in root["/Metadata"].get_data().decode()
    fonts = {
        str(font.get_object()["/BaseFont"])
        for page in read.pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert fonts and all("IBMPlexSans" in name for name in fonts), fonts


def test_the_pdf_says_what_the_page_says_with_version_and_hash_and_no_code(sqlite_store, case):
    accept(sqlite_store, case)
    _, text = printed(sqlite_store, world.COORDINATOR, case)
    with sqlite_store.reading() as session:
        page = query.of_case(session, world.COORDINATOR, case)
    for line in documents.citizens_words(page).split("\n"):
        for part in line.split(": "):
            assert part.strip() in text, part
    assert "udgave 1" in text and page.version.short_hash in text
    for code in ("FAM", "X-SKO", "KUI", world.COORDINATOR, "i_gang", "uddannelse,"):
        assert f" {code} " not in text, code
    assert "Udkast" not in text
    # What somebody wrote is never markup.
    assert "#strong[Jeg] *er* med = på det <på>." in text


def test_a_draft_is_marked_as_a_draft_and_an_altered_version_is_not_printed(sqlite_store, case):
    _, text = printed(sqlite_store, world.COORDINATOR, case)
    assert "Udkast. Planen gælder ikke endnu." in text and "udgave 1, udkast" in text

    def alter(session):
        row = plan.newest(session, cases.by_number(session, case))
        row.content = row.content | {"halv_side": "Noget andet."}

    sqlite_store.write(alter)
    with pytest.raises(PlanAltered):
        printed(sqlite_store, world.COORDINATOR, case)


def test_a_partner_prints_an_extract(sqlite_store, case):
    accept(sqlite_store, case)
    share_with_school(sqlite_store, case, "uddannelse")
    _, text = printed(sqlite_store, world.SCHOOL, case)
    assert "Uddrag af planen" in text and "Jeg vil i skole igen" in text
    for hidden in ("Mads Prøvesen", "skænderier", "bange", "ringer hver mandag", "4.000"):
        assert hidden not in text


def test_the_citizens_page_is_easy_to_read(sqlite_store, case):
    accept(sqlite_store, case)
    with sqlite_store.reading() as session:
        page = query.of_case(session, world.COORDINATOR, case)
    assert readability.judge(documents.citizens_words(page)).easy


def test_without_its_letters_nothing_is_set(sqlite_store, case, monkeypatch, tmp_path):
    monkeypatch.setattr(typeset, "FONTS", tmp_path)
    with pytest.raises(documents.FontsMissing, match="IBMPlexSans-Regular"):
        printed(sqlite_store, world.COORDINATOR, case)


@pytest.mark.parametrize(
    ("text", "level", "advice"),
    [
        ("Du får hjælp. Vi ringer i morgen.", "Meget let at læse", ""),
        (
            "Kommunalbestyrelsen iværksætter koordinerende foranstaltninger efter servicelovens "
            "bestemmelser, medmindre sagsbehandlingen forudsætter yderligere undersøgelser af "
            "borgerens samlede situation og netværkets ressourcer.",
            "Meget svær at læse",
            "Del de lange sætninger, og brug kortere ord.",
        ),
    ],
)
def test_readability_is_said_in_words_with_what_would_help(text, level, advice):
    judged = readability.judge(text)
    assert (judged.level, judged.advice) == (level, advice)


def test_no_words_are_no_figure():
    assert readability.judge(" 12 ... ") is None

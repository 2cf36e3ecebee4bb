"""A file is known by what is in it, kept as it came, and exists for those whom it is for."""

from __future__ import annotations

import hashlib
import io
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from engine import casework, clock
from engine.domain import access, cases, organisation
from engine.domain.documents import (
    Document,
    FileTooLarge,
    TitleWithCpr,
    TooManyDocuments,
    VersionAlreadyReplaced,
    title_of,
)
from engine.domain.file_types import EmptyFile, FileNotAllowed, FileWithMacros, recognised
from engine.events import Event
from engine.queries import documents, notes
from tests.queries.papers_world import COORDINATOR, FAMILY, SCHOOL, STRANGER, furnish, leave

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(20)
MAIL = b"Received: x\r\nFrom: a@example.dk\r\nDate: Mon, 4 Jan 2026 10:00:00 +0100\r\n\r\nHej"
ODT = "application/vnd.oasis.opendocument.text"


def archive(**members: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name, text in members.items():
            made.writestr(name, text)
    return file.getvalue()


WORD = {"[Content_Types].xml": "<x/>", "word/document.xml": "<x/>"}


@pytest.fixture
def nummer(store, virtual_clock) -> str:
    return furnish(store)


def seen(store, username: str, nummer: str) -> list[documents.Line]:
    with store.reading() as session:
        case = cases.by_number(session, nummer)
        found = documents.of_case(session, username, case, access.parts(session, username, case))
        return [] if found is None else found.lines


def opened(store, username: str, nummer: str, document: str) -> documents.Copy:
    with store.reading() as session:
        return documents.copy(session, username, nummer, document)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (PDF, "pdf"),
        (PNG, "png"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + bytes(20), "jpg"),
        (archive(**WORD), "docx"),
        (archive(**{"[Content_Types].xml": "<x/>", "xl/workbook.xml": "<x/>"}), "xlsx"),
        (archive(mimetype=ODT, **{"content.xml": "<x/>"}), "odt"),
        (MAIL, "eml"),
        ("Blåbærgrød på Ærø".encode(), "txt"),
        ("Blåbærgrød på Ærø".encode("cp1252"), "txt"),
        (b"BMI og vaegt", "txt"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_is_what_its_bytes_say(content, name):
    assert recognised(content).name == name


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00" + bytes(100),
        b"<!DOCTYPE html><html><script>alert(1)</script></html>",
        b'  <svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b'<?xml version="1.0"?><a/>',
        b"#!/bin/sh\nrm -rf /\n",
        b"{\\rtf1 hej}",
        archive(**{"hej.txt": "hej"}),
        b"PK\x03\x04 ikke et arkiv",
        b"GIF89a" + bytes(20),
    ],
    ids=["exe", "html", "svg", "xml", "script", "rtf", "zip", "broken zip", "gif"],
)
def test_what_is_not_on_the_list_is_refused_whatever_it_is_called(content):
    with pytest.raises(FileNotAllowed):
        recognised(content)


def test_macros_and_empty_files_are_refused():
    with pytest.raises(FileWithMacros):
        recognised(archive(**WORD, **{"word/vbaProject.bin": "x"}))
    with pytest.raises(EmptyFile):
        recognised(b" \n")


def test_a_document_is_journalised_and_comes_back_as_it_was(store, nummer):
    document = casework.file(
        store, nummer, PDF, r"C:\Skole\udtalelse_fra skolen.pdf", by=COORDINATOR
    )
    (line,) = seen(store, COORDINATOR, nummer)
    assert (line.title, line.type, line.version) == ("udtalelse fra skolen", "PDF", 1)
    copy = opened(store, COORDINATOR, nummer, document)
    assert (copy.content, copy.file_name) == (PDF, f"{nummer}-D001.pdf")
    with store.reading() as session:
        facts = session.scalar(select(Event.facts).where(Event.kind == "document_added"))
    assert facts["sha256"] == hashlib.sha256(PDF).hexdigest()
    assert "skolen" not in str(facts)


def test_bytes_that_were_altered_in_the_database_are_not_handed_out(store, nummer):
    document = casework.file(store, nummer, PDF, "brev.pdf", by=COORDINATOR)
    store.write(lambda session: session.execute(update(Document).values(content=PDF + b"x")))
    with pytest.raises(documents.Changed):
        opened(store, COORDINATOR, nummer, document)


def test_a_new_version_leaves_the_old_one(store, nummer):
    first = casework.file(store, nummer, PDF, "brev.pdf", by=COORDINATOR)
    second = casework.file_version(store, nummer, first, PNG, by=COORDINATOR)
    (line,) = seen(store, COORDINATOR, nummer)
    assert (line.id, line.version, line.type) == (second, 2, "PNG")
    assert [old.id for old in line.earlier] == [first]
    assert opened(store, COORDINATOR, nummer, first).content == PDF
    with pytest.raises(VersionAlreadyReplaced):
        casework.file_version(store, nummer, first, PDF, by=COORDINATOR)


def test_a_document_is_replaced_on_its_own_case_only(store, nummer):
    document = casework.file(store, nummer, PDF, "brev.pdf", by=COORDINATOR)
    coordinated = {"owner_unit": "KUI", "koordinator": COORDINATOR}
    other = store.write(lambda session: cases.create(session, "andet", **coordinated).nummer)
    with pytest.raises(cases.NoSuchCase):
        casework.file_version(store, other, document, PNG, by=COORDINATOR)


def test_a_document_exists_for_those_whom_it_is_for(store, nummer):
    secret = casework.file(store, nummer, PDF, "intern.pdf", by=COORDINATOR)
    common = casework.file(store, nummer, PDF, "fælles.pdf", by=COORDINATOR, part=access.MEETINGS)
    own = casework.file(store, nummer, PDF, "vores.pdf", by=FAMILY)
    assert {line.id for line in seen(store, COORDINATOR, nummer)} == {secret, common, own}
    assert {line.id for line in seen(store, FAMILY, nummer)} == {common, own}
    for stranger in (STRANGER, SCHOOL):
        assert seen(store, stranger, nummer) == []
        with pytest.raises(cases.NoSuchCase):
            opened(store, stranger, nummer, common)
        with pytest.raises(cases.NoSuchCase):
            casework.file(store, nummer, PDF, "snagen.pdf", by=stranger)
        with pytest.raises(cases.NoSuchCase):
            casework.file_version(store, nummer, common, PDF, by=stranger)
    with pytest.raises(cases.NoSuchCase):
        opened(store, FAMILY, nummer, secret)
    leave(store, nummer)
    with pytest.raises(cases.NoSuchCase):
        opened(store, FAMILY, nummer, own)


def test_the_municipality_decides_how_large_and_how_many(store, nummer):
    def limit(name: str, value: int) -> None:
        store.write(lambda session: organisation.change_setting(session, name, value))

    limit("dokumenter.stoerste_mb", 1)
    with pytest.raises(FileTooLarge) as refusal:
        casework.file(store, nummer, PDF + bytes(1024 * 1024), "stor.pdf", by=COORDINATOR)
    assert "1 MB" in refusal.value.message
    limit("dokumenter.hoejst_pr_sag", 1)
    casework.file(store, nummer, PDF, "en.pdf", by=COORDINATOR)
    with pytest.raises(TooManyDocuments):
        casework.file(store, nummer, PDF, "to.pdf", by=COORDINATOR)


def test_a_title_holds_no_cpr_number(store, nummer):
    assert title_of("740309-4001 udtalelse.pdf") == "udtalelse"
    assert title_of("7403094001.pdf") == "Dokument"
    with pytest.raises(TitleWithCpr):
        casework.file(store, nummer, PDF, "a.pdf", by=COORDINATOR, title="Om 740309-4001")


def test_the_committee_finds_the_papers_of_its_item_and_none_of_the_meetings(store, nummer):
    titles = {"Regnskab": access.GRANTS, "Referat": access.MEETINGS, "Notat": access.NOTES}
    for title, part in titles.items():
        casework.file(store, nummer, PDF, f"{title}.pdf", by=COORDINATOR, part=part)

    def found_by(username: str) -> set[str]:
        with store.reading() as session:
            return {hit.title for hit in notes.search_papers(session, username, "a")}

    assert found_by(COORDINATOR) == set(titles)
    assert found_by(FAMILY) == {"Regnskab", "Referat"}
    assert found_by(STRANGER) == set()
    until = clock.today() + timedelta(days=7)
    store.write(
        lambda session: cases.involve_user(
            session, cases.by_number(session, nummer), STRANGER, cases.ON_THE_AGENDA, until
        )
    )
    assert found_by(STRANGER) == {"Regnskab"}

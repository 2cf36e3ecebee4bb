"""What a file is, by what is in it: a name proves nothing."""

from __future__ import annotations

import email
import io
import re
import zipfile
from dataclasses import dataclass

import puremagic

from engine.errors import Refused

#: What may be put on a case: the ending a download gets, and its media type.
ALLOWED = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "png": "image/png",
    "jpg": "image/jpeg",
    "txt": "text/plain",
    "eml": "message/rfc822",
}
_SEEN_AS = {"pdf": "pdf", "png": "png", "jpg": "jpg", "jpeg": "jpg", "jfif": "jpg", "jpe": "jpg"}
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")
#: What reads as text and is more than that: pages, drawings, programs, rich text.
_MORE_THAN_TEXT = re.compile(r"\s*(<|#!|\{\\rtf|%!)")


class EmptyFile(Refused):
    """Filen er tom. Vælg filen igen, eller gem den på ny, før du lægger den på sagen."""


class FileNotAllowed(Refused):
    """Filen kan ikke lægges på sagen, fordi den ikke er en PDF, DOCX, ODT, XLSX, PNG, JPG, TXT eller EML. Det er indholdet, der tæller, ikke navnet. Gem den som PDF, og prøv igen."""


class FileWithMacros(Refused):
    """Filen indeholder makroer, og dem kan vi ikke tage imod. Gem den uden makroer eller som PDF, og prøv igen."""


@dataclass(frozen=True)
class FileType:
    name: str  # pdf, docx, ...

    @property
    def media_type(self) -> str:
        return ALLOWED[self.name]


def recognised(content: bytes) -> FileType:
    """What the bytes are. Raises EmptyFile, FileNotAllowed, FileWithMacros."""
    if not content.strip():
        raise EmptyFile
    found = _office(content) or _magic(content) or _text(content)
    if found is None:
        raise FileNotAllowed
    return FileType(found)


def _magic(content: bytes) -> str | None:
    try:
        seen = puremagic.magic_string(content)
    except puremagic.PureError:
        return None
    names = (_SEEN_AS.get(each.extension.removeprefix(".")) for each in seen)
    return next((name for name in names if name), None)


def _office(content: bytes) -> str | None:
    """The kind of a document that is a zip archive; only its directory is read."""
    if not content.startswith(b"PK\x03\x04"):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            if any(name.endswith("vbaProject.bin") or name.startswith("Basic/") for name in names):
                raise FileWithMacros
            if {"[Content_Types].xml", "word/document.xml"} <= names:
                return "docx"
            if {"[Content_Types].xml", "xl/workbook.xml"} <= names:
                return "xlsx"
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                same = archive.read("mimetype").decode("ascii", "replace").strip()
                return "odt" if same == ALLOWED["odt"] else None
    except zipfile.BadZipFile:
        return None
    return None


def _text(content: bytes) -> str | None:
    """Plain text or a mail; a page or a drawing written in text is neither."""
    if _CONTROL.search(content):
        return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What Danish programs wrote before UTF-8.
        text = content.decode("cp1252", "replace")
    if _MORE_THAN_TEXT.match(text):
        return None
    mail = email.message_from_string(text[:20_000])
    return "eml" if mail["From"] and (mail["Date"] or mail["Message-ID"]) else "txt"

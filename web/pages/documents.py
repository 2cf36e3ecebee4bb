"""Documents of a case: put on it, replaced by a new version, and fetched as a copy."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, flash, redirect, request, send_file, url_for

from engine import casework
from engine.domain.file_types import EmptyFile
from engine.queries import documents
from web import signing
from web.opening import opened
from web.texts import gettext as _

blueprint = Blueprint("documents", __name__)


@blueprint.post("/sager/<nummer>/dokumenter")
def add(nummer: str):
    content, name = _sent()
    casework.file(
        signing.store(),
        nummer,
        content,
        name,
        by=signing.me().username,
        title=request.form.get("titel", ""),
        part=request.form.get("del", ""),
        document_id=request.form.get("id"),
    )
    flash(_("Dokumentet ligger på sagen og er journaliseret."))
    return redirect(_at_documents(nummer), 303)


@blueprint.post("/sager/<nummer>/dokumenter/<document_id>/ny-udgave")
def replace(nummer: str, document_id: str):
    content, _name = _sent()
    casework.file_version(
        signing.store(),
        nummer,
        document_id,
        content,
        by=signing.me().username,
        new_document_id=request.form.get("id"),
    )
    flash(_("Den nye udgave ligger på sagen. Den gamle kan stadig hentes."))
    return redirect(_at_documents(nummer), 303)


@blueprint.get("/sager/<nummer>/dokumenter/<document_id>")
def copy(nummer: str, document_id: str):
    me = signing.me().username
    found = documents.copy(signing.reading(), me, nummer, document_id)
    opened(found.case_id, f"dokument:{found.id}")
    # Always a copy to keep, never shown in the site: a document may hold anything.
    return send_file(
        BytesIO(found.content),
        mimetype=found.media_type,
        as_attachment=True,
        download_name=found.file_name,
        etag=False,
    )


def _sent() -> tuple[bytes, str]:
    """The bytes and the name of the file that was sent. Raises EmptyFile."""
    sent = request.files.get("fil")
    if sent is None or not sent.filename:
        raise EmptyFile
    return sent.read(), sent.filename


def _at_documents(nummer: str) -> str:
    return url_for("case.show", nummer=nummer, _anchor="dokumenter")

"""An answer of the site: how it is asked for, all that it tells, and what two are compared by."""

from __future__ import annotations

import re
from io import BytesIO

from flask.testing import FlaskClient
from pypdf import PdfReader

from tests.barrier.asking import Asked

#: What differs between any two pages, whatever they are of.
CHANGING = re.compile(
    r'(csrf_token" value="|Token": ?"|name="_fane" value="|name="id" value="|kl\. )[^"<]*'
)
HEADERS_OF_THEIR_OWN = {"Date", "Set-Cookie"}


def unfolded(calendar: str) -> str:
    """A calendar's lines as they were before they were broken."""
    return re.sub(r"\r?\n ", "", calendar).replace("\r", "")


COMPARED = ("the status", "a header", "the text", "the message")


def compared(answer, told: str, asked: Asked) -> tuple:
    """All that an answer says, without what was asked for."""
    names = sorted({*asked.path.split("/"), asked.sought}, key=len)[::-1]

    def bare(text: str) -> str:
        for name in names:
            if len(name) > 6:
                text = text.replace(name, "*")
        return CHANGING.sub(r"\1", text)

    headers = {
        name: bare(value)
        for name, value in answer.headers.items()
        if name not in HEADERS_OF_THEIR_OWN and name != "Content-Length"
    }
    return answer.status_code, headers, bare(text_of(answer)), bare(told)


def sent(client: FlaskClient, asked: Asked):
    """The answer, and the messages that the next page would show."""
    headers = {"HX-Request": "true"} if asked.partial else {}
    form = {
        name: (BytesIO(value[0]), value[1]) if isinstance(value, tuple) else value
        for name, value in asked.form.items()
    }
    answer = client.open(
        asked.path, method=asked.method, query_string=asked.query, data=form, headers=headers
    )
    told = ""
    if "Set-Cookie" in answer.headers:
        with client.session_transaction() as kept:
            told = str(kept.pop("_flashes", ""))
    return answer, told


def text_of(answer) -> str:
    if answer.mimetype == "application/pdf":
        pages = PdfReader(BytesIO(answer.data)).pages
        # A word may be broken where the line ends.
        return "\n".join(page.extract_text() for page in pages)
    return answer.text if answer.mimetype.startswith("text/") else ""

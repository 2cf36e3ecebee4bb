"""What somebody reads when something could not be done: what happened, who can, and what next.

A `Refused` of the engine says so in its docstring. Anything else gets a number that is in the log.
"""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, make_response, render_template, request
from flask_limiter.errors import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from engine import incidents
from engine.casework.refusals import NoSuchTask
from engine.domain.budget import NoSuchBudget, UnknownLine
from engine.domain.cases import NoSuchCase
from engine.domain.people import NoSuchPerson
from engine.errors import Refused
from engine.queries.budget import NoSuchNumber
from engine.queries.figures import NoSuchFigures
from engine.queries.news import NothingToReport
from web.texts import gettext as _

log = structlog.get_logger("web")

#: The shortest text that is shown again where it could not be saved, in characters.
SENTENCE = 20

# What does not exist for somebody is answered as if it were not there at all.
ABSENT = (
    NoSuchTask,
    NoSuchCase,
    NoSuchPerson,
    NothingToReport,
    NoSuchFigures,
    NoSuchBudget,
    NoSuchNumber,
    UnknownLine,
)


def init_app(app: Flask) -> None:
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(CSRFError, _stale)
    app.register_error_handler(RateLimitExceeded, _too_often)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _broken)


def _refused(refusal: Refused) -> Response:
    if isinstance(refusal, ABSENT):
        return page(404, _("Siden findes ikke"), refusal.message)
    return page(409, _("Det kunne ikke lade sig gøre"), refusal.message)


def _stale(_error: CSRFError) -> Response:
    text = _(
        "Siden har været åben for længe, eller du er logget ind på ny i et andet vindue. "
        "Intet er ændret. Gå tilbage, genindlæs siden, og prøv igen."
    )
    return page(400, _("Siden er forældet"), text)


def _too_often(_error: RateLimitExceeded) -> Response:
    text = _(
        "Der er forsøgt for mange gange herfra. Vent et minut, og prøv igen. "
        "Administratoren kan give dig en ny adgangskode."
    )
    return page(429, _("Vent et øjeblik"), text)


def _http(error: HTTPException) -> Response:
    if error.code == 404:
        text = _(
            "Siden er flyttet eller findes ikke, eller du har ikke adgang til den. "
            "Søg efter sagen, eller spørg sagens koordinator."
        )
        return page(404, _("Siden findes ikke"), text)
    if error.code == 413:
        text = _("Filen er for stor. Gem den mindre, eller del den op, og prøv igen.")
        return page(413, _("Filen er for stor"), text)
    if error.code == 405:
        return page(405, _("Det kan siden ikke"), _("Gå tilbage, og brug knapperne på siden."))
    return page(error.code or 500, _("Det gik ikke"), _("Gå tilbage, og prøv igen."))


def _broken(error: Exception) -> Response:
    number = secrets.token_hex(4).upper()
    # Never what somebody wrote: only where it broke.
    log.error(
        "request broke",
        number=number,
        route=str(request.url_rule),
        method=request.method,
        where=incidents.detail(error),
    )
    text = _(
        "Noget gik galt hos os, og intet er gemt. Prøv igen om lidt. Sker det igen, så giv "
        "administratoren fejlnummeret %(nummer)s.",
        nummer=number,
    )
    return page(500, _("Noget gik galt"), text)


def signed_out(there: str) -> Response:
    """For who wrote something and was signed out before it was sent; `there` is where to sign in."""
    text = _("Du er ikke længere logget på, så intet er gemt. Log på, og skriv det igen.")
    return page(401, _("Du er logget af"), text, onward=there)


def written() -> list[str]:
    """The sentences that a page of ours sent here. Browsers forget them: no page is stored."""
    if request.method != "POST" or not _is_ours(request.referrer):
        return []
    told = (text.strip() for key, text in request.form.items(multi=True) if key != "adgangskode")
    return [text for text in told if len(text) >= SENTENCE and len(text.split()) > 1]


def page(status: int, title: str, text: str, onward: str | None = None) -> Response:
    """The page of an error; for htmx only the message, which is put where messages stand.

    Nothing that somebody wrote is lost by it: the page shows the text, to be copied. `onward` is
    the one thing to do next, where it is to sign in.
    """
    partial = request.headers.get("HX-Request")
    template = "parts/refusal.html" if partial else "refusal.html"
    told = {
        "title": title,
        "text": text,
        "status": status,
        "back": page_before(),
        "onward": onward,
        # What was too large was never read.
        "written": [] if partial or status == 413 else written(),
    }
    response = make_response(render_template(template, **told))
    response.status_code = status
    if partial:
        response.headers["HX-Retarget"] = "#message"
        response.headers["HX-Reswap"] = "innerHTML"
    return response


def page_before() -> str | None:
    """The page of ours that one came from."""
    before = urlsplit(request.referrer or "")
    if not _is_ours(request.referrer) or before.path == "/log-paa":
        return None
    same = request.method == "GET" and before.path == request.path
    return None if same else before._replace(scheme="", netloc="").geturl()


def _is_ours(address: str | None) -> bool:
    return urlsplit(address or "").netloc == request.host

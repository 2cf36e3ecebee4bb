"""Who is signed in to this request. Every page asks, but those marked `open_to_all`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, redirect, request, session, url_for

from engine.domain import sign_ins
from engine.domain.organisation import User
from engine.store import Store
from web import refusals

View = TypeVar("View", bound=Callable)
TOKEN = "token"


def open_to_all(view: View) -> View:
    """A page that one may see without signing in."""
    view.open_to_all = True
    return view


def init_app(app: Flask) -> None:
    app.before_request(_demand_user)
    app.teardown_request(_close)


def store() -> Store:
    return current_app.extensions["store"]


def reading():
    """The session that this request reads with. It refuses to write: pages act through verbs."""
    if "reading" not in g:
        g.reading_context = store().reading()
        g.reading = g.reading_context.__enter__()
    return g.reading


def me() -> User:
    """The user who is signed in."""
    return g.user


def sign_in(username: str) -> None:
    token = store().write(lambda session_: sign_ins.start(session_, username))
    # Nothing that was known before signing in is carried over.
    session.clear()
    session[TOKEN] = token


def sign_out() -> None:
    token = session.get(TOKEN)
    session.clear()
    if token:
        store().write(lambda session_: sign_ins.end(session_, token))


def safe_target(target: str | None) -> str:
    """Where to go after signing in: a page of ours, or the inbox."""
    parts = urlsplit(target or "")
    if target and target.startswith("/") and not target.startswith(("//", "/\\")):
        if not parts.netloc and not parts.scheme:
            return target
    return url_for("inbox.show")


def _demand_user() -> Response | None:
    g.user = None
    view = current_app.view_functions.get(request.endpoint or "")
    if request.endpoint == "static":
        return None
    token = session.get(TOKEN)
    if token:
        g.user = sign_ins.user_of(reading(), token)
    if g.user is not None or getattr(view, "open_to_all", False):
        return None
    if view is None:
        return None  # no such page: the 404 tells nothing to strangers
    partial = request.headers.get("HX-Request")
    # Whoever signs in again comes back to a page: not to a part of it, nor to what was sent.
    is_page = request.method == "GET" and not partial
    here = request.full_path.rstrip("?") if is_page else refusals.page_before()
    there = url_for("sign_in.show", videre=here)
    if partial:
        return Response(status=401, headers={"HX-Redirect": there})
    return refusals.signed_out(there) if refusals.written() else redirect(there)


def _close(_error: BaseException | None) -> None:
    context = g.pop("reading_context", None)
    if context is not None:
        g.pop("reading", None)
        context.__exit__(None, None, None)

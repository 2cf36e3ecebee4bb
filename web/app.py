"""Puts the pages together."""

from __future__ import annotations

import logging

import structlog
from flask import Flask

from engine.console import is_demo
from engine.domain import organisation
from engine.errors import Refused
from engine.settings import Settings, settings
from engine.store import Store
from web import (
    answers,
    assets,
    due_words,
    pages,
    places,
    refusals,
    security,
    signing,
    texts,
    timeline,
)
from web.identity import Passwords

#: The largest thing that may be sent here, in bytes.
LARGEST = 25 * 1024 * 1024


class NoSecret(Refused):
    """Der mangler en hemmelig nøgle. Sæt OVERLIGGER_SECRET_KEY til en lang tilfældig tekst, og start igen."""


def create_app(store: Store, settings_: Settings | None = None) -> Flask:
    """The site over one database. Raises NoSecret and assets.NotBuilt: it starts whole or not at all."""
    chosen = settings_ or settings()
    if not chosen.secret_key:
        raise NoSecret
    app = Flask("web", static_folder="static", static_url_path="/static")
    app.secret_key = chosen.secret_key
    app.config["MAX_CONTENT_LENGTH"] = LARGEST
    app.extensions["store"] = store
    app.extensions["identity"] = Passwords(store)
    with store.reading() as session:
        municipality = organisation.setting(session, "kommune")
    app.extensions["demo"] = is_demo(store)
    app.jinja_env.globals.update(
        assets=assets.read(),
        municipality=municipality,
        demo=app.extensions["demo"],
        timeline=timeline.chart,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for part in (texts, answers, due_words, security, signing, places, refusals, pages):
        part.init_app(app)
    return app


def configure_logs() -> None:
    """One JSON line per event, with the time and no personal data."""
    # A beat that waits for the one before it is no news.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ]
    )

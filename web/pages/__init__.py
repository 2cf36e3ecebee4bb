"""The pages, one file each. A page reads through `engine.queries` or calls one verb."""

from __future__ import annotations

from flask import Flask

from web.pages import (
    absence,
    accessibility,
    budget,
    budget_acts,
    calendar,
    case,
    cases,
    committee,
    committee_minutes,
    committee_room,
    cover_note,
    delegations,
    documents,
    figures,
    frame,
    goto,
    handover,
    imports,
    inbox,
    letters,
    meetings,
    news,
    notes,
    notices,
    plan,
    referral,
    registered,
    sign_in,
    task,
    tour,
)


def init_app(app: Flask) -> None:
    for page in (
        sign_in,
        inbox,
        absence,
        task,
        cases,
        case,
        plan,
        handover,
        letters,
        referral,
        news,
        goto,
        accessibility,
        notes,
        notices,
        documents,
        meetings,
        calendar,
        committee,
        committee_room,
        committee_minutes,
        imports,
        registered,
        frame,
        figures,
        budget,
        budget_acts,
        cover_note,
        delegations,
        tour,
    ):
        app.register_blueprint(page.blueprint)

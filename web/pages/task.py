"""One task: what do I have to say or decide here, and why?"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from markupsafe import Markup

from engine import casework, forms
from engine.casework import correcting
from engine.casework.refusals import AlreadyCompleted, NoLongerWanted, NoSuchTask
from engine.domain import access
from engine.errors import Refused
from engine.queries import candidates, competence, explain, holders, placement
from engine.queries import task as query
from engine.queries.committee import beside as beside_task
from web import sheets, signing
from web.answers import differences
from web.opening import opened, still_open
from web.texts import day, time_of
from web.texts import gettext as _

blueprint = Blueprint("task", __name__)


@blueprint.get("/opgaver/<task_id>")
def show(task_id: str):
    me = signing.me().username
    found = found_task(task_id)
    opened(found.case_id, f"opgave:{found.id}")
    if found.done:
        return _answered(found)
    if not found.mine:
        return _page(found, query.sheet(signing.reading(), me, found))
    sheet = query.sheet(signing.reading(), me, found)
    draft, *beside = [*sheet.drafts] or [None]
    answers = {**sheet.answers, **(draft.answers if draft else {})}
    return _page(
        found, sheet, answers, upon=[draft.mark] if draft else [], draft=draft, beside=beside
    )


@blueprint.post("/opgaver/<task_id>")
def complete(task_id: str):
    """Answer the task. What is wrong with the answers is told beside the fields (422)."""
    me, found = signing.me().username, found_task(task_id)
    sheet, answers = _posted(found)
    if found.mine:
        beside = _typed_beside(sheet)
        if beside:
            return _conflict(found, sheet, answers, beside)
    try:
        casework.complete(signing.store(), task_id, answers, by=me)
    except forms.FormErrors as refused:
        return _page(found, sheet, answers, errors=refused.errors, upon=_upon(), status=422)
    except (AlreadyCompleted, NoLongerWanted):
        return _too_late(task_id, sheet, answers)
    except NoSuchTask:
        raise
    except Refused as refused:
        # The case itself refuses: what was written stays on the page, beside the reason.
        told = [("", refused.message)]
        return _page(found, sheet, answers, errors=told, upon=_upon(), status=409)
    return _onward(found)


@blueprint.post("/opgaver/<task_id>/formular")
def redraw(task_id: str):
    """The form with these answers: other fields may show; rows come and go. The draft is kept."""
    me, found = signing.me().username, found_task(task_id)
    sheet, answers = _posted(found, untouched_rows=True)
    answers = {**_hidden_before(sheet), **answers}
    focus = sheets.change_rows(answers)
    upon = [*_upon(), *request.form.getlist("_behold")]
    chosen = next((d for d in sheet.drafts if d.tab == request.form.get("_brug")), None)
    if chosen is not None:
        answers, upon = dict(chosen.answers), [*upon, chosen.mark]
    if not focus and {"_brug", "_behold"} & set(request.form):
        focus = next((field.name for field in _shown(sheet, answers)), "")
    saved = casework.keep_draft(signing.store(), task_id, _tab(), answers, by=me, upon=upon)
    beside = _beside(saved)
    if not _partial():
        return _page(
            found, sheet, answers, upon=[saved.mark], beside=beside, saved_at=saved.saved_at
        )
    return _parts("parts/form/redrawn.html", found, sheet, answers, saved, beside, focus=focus)


@blueprint.post("/opgaver/<task_id>/kladde")
def keep(task_id: str):
    """Keep what has been typed so far."""
    me, found = signing.me().username, found_task(task_id)
    sheet, answers = _posted(found, untouched_rows=True)
    answers = {**_hidden_before(sheet), **answers}
    saved = casework.keep_draft(signing.store(), task_id, _tab(), answers, by=me, upon=_upon())
    beside = _beside(saved)
    if not _partial():
        if beside:
            return _conflict(found, sheet, answers, beside, saved.mark)
        return redirect(url_for("task.show", task_id=task_id))
    return _parts("parts/form/kept.html", found, sheet, answers, saved, beside)


@blueprint.post("/opgaver/<task_id>/ret")
def correct(task_id: str):
    """A done task gets a new version of its answer, with a reason."""
    found = found_task(task_id)
    if not found.may_open_case:
        raise NoSuchTask
    reason = request.form.get("_grund", "")
    _sheet, answers = _posted(found)
    if not reason.strip():
        lacking = [("_grund", _("Skriv, hvorfor svaret rettes."))]
        return _answered(found, answers, lacking, status=422)
    try:
        casework.correct(signing.store(), task_id, answers, reason, by=signing.me().username)
    except forms.FormErrors as refused:
        return _answered(found, answers, refused.errors, reason, status=422)
    flash(_("Svaret på »%(opgave)s« er rettet. Den første udgave er gemt.", opgave=found.name))
    return redirect(url_for("task.show", task_id=task_id), 303)


# --- what was posted ------------------------------------------------------------------------------


def found_task(task_id: str) -> query.Task:
    found = query.task(signing.reading(), signing.me().username, task_id)
    if found is None:
        raise NoSuchTask
    return found


def _posted(found: query.Task, untouched_rows: bool = False) -> tuple[query.Sheet, dict[str, Any]]:
    sheet = query.sheet(signing.reading(), signing.me().username, found)
    if sheet.form is None:
        return sheet, {}
    return sheet, sheets.posted(sheet.form, untouched_rows)


def _tab() -> str:
    return request.form.get("_fane", "")[:40] or secrets.token_hex(8)


def _upon() -> list[str]:
    return request.form.getlist("_oven_paa")


def _partial() -> bool:
    return bool(request.headers.get("HX-Request"))


def _hidden_before(sheet: query.Sheet) -> Mapping[str, Any]:
    """What this tab said before in fields that are hidden now: it comes back when they do.

    A field that shows for the first time begins with what the form is filled in with.
    """
    own = next((d for d in sheet.drafts if d.tab == request.form.get("_fane")), None)
    return {**sheet.answers, **(own.answers if own else {})}


# --- conflicts ------------------------------------------------------------------------------------


def _typed_beside(sheet: query.Sheet) -> list[query.Draft]:
    """What others typed into the same task without this page having seen it."""
    upon = _upon()
    own = request.form.get("_fane")
    return [d for d in sheet.drafts if d.tab != own and d.mark not in upon]


def _beside(saved: Any) -> list[query.Draft]:
    others = {draft.tab for draft in saved.others}
    if not others:
        return []
    me, task_id = signing.me().username, saved.others[0].task_id
    with signing.store().reading() as session:
        return [d for d in query.kept(session, me, task_id) if d.tab in others]


def _conflict(found, sheet, answers, beside, mark: str | None = None):
    upon = [mark] if mark else _upon()
    return _page(found, sheet, answers, upon=upon, beside=beside, status=409)


def _too_late(task_id: str, sheet: query.Sheet, answers):
    """Somebody was faster: what was typed stands on the page, so that nothing is lost."""
    with signing.store().reading() as session:
        found = query.task(session, signing.me().username, task_id)
    if found is None:
        raise NoSuchTask
    message = _("Opgaven er ikke længere aktuel, fordi sagen er gået videre.")
    if found.done:
        message = _(
            "Opgaven blev løst af %(navn)s %(dag)s kl. %(tid)s.",
            navn=found.done_by,
            dag=day(found.done_at),
            tid=time_of(found.done_at),
        )
    told = {"message": message, "fields": _shown(sheet, answers)}
    return _drawn("task_late.html", found, told, 409)


# --- pages ----------------------------------------------------------------------------------------


def _drawn(template: str, found: query.Task, told: dict[str, Any], status: int = 200):
    """Whatever is shown of a task is drawn here, so that nobody is shown it without a trace."""
    still_open(found.case_id, f"opgave:{found.id}")
    return make_response(render_template(template, task=found, **told), status)


def _shown(sheet: query.Sheet, answers: Mapping[str, Any] | None, errors=()):
    if sheet.form is None:
        return ()
    return forms.fields(sheet.form, answers, sheet.context, errors)


def _page(
    found: query.Task,
    sheet: query.Sheet,
    answers: Mapping[str, Any] | None = None,
    *,
    errors: list[tuple[str, str]] = (),
    upon: Iterable[str] = (),
    draft: query.Draft | None = None,
    beside: Iterable[query.Draft] = (),
    saved_at: datetime | None = None,
    status: int = 200,
):
    answers = sheet.answers if answers is None else answers
    shown = _shown(sheet, answers, errors)
    session = signing.reading()
    told = {
        "fields": shown,
        "sources": sheet.sources,
        "answers": answers,
        "faults": sheets.faults(shown, errors),
        "tab": request.form.get("_fane") or secrets.token_hex(8),
        "upon": list(upon),
        "draft": draft,
        "beside": [
            (d, differences(_shown(sheet, answers), _shown(sheet, d.answers))) for d in beside
        ],
        "saved_at": saved_at or (draft.saved_at if draft else None),
        "why": explain.why(session, found),
        "ahead": explain.ahead(session, found, sheet, answers) if found.mine else (),
        "colleagues": query.colleagues(session, found) if found.may_assign else (),
        "placed": placement.beside(session, found, sheet.form),
        "candidates": candidates.beside(session, found, sheet.form),
        "reasons_for": candidates.reasons,
        "competence": competence.beside(session, found, sheet.form, sheet.context),
        "application": beside_task.beside(session, signing.me().username, found, sheet.form),
        "liste": came_from(),
    }
    return _drawn("task.html", found, told, status)


def _parts(template: str, found, sheet, answers, saved, beside, focus: str = ""):
    session = signing.reading()
    told = {
        "fields": _shown(sheet, answers),
        "sources": sheet.sources,
        "answers": answers,
        "upon": [saved.mark],
        "saved_at": saved.saved_at,
        "beside": [
            (d, differences(_shown(sheet, answers), _shown(sheet, d.answers))) for d in beside
        ],
        "ahead": explain.ahead(session, found, sheet, answers),
        "focus": focus,
        "tab": _tab(),
    }
    return _drawn(template, found, told, 409 if beside else 200)


def _answered(found: query.Task, answers=None, errors=(), reason: str = "", status: int = 200):
    """A task that is done: what was answered, by whom; and the form of a correction."""
    if not found.may_open_case:
        return _drawn("task_closed.html", found, {"liste": came_from()})
    session = signing.reading()
    sheet = query.sheet(session, signing.me().username, found)
    versions = correcting.answers_of(session, found.row)
    last = (versions[-1].answers if versions else None) or {}
    correcting_now = answers is not None or request.args.get("ret") == "1"
    given = last if answers is None else answers
    shown = _shown(sheet, given, errors)
    told = {
        "fields": shown,
        "versions": [_version(session, sheet, version) for version in versions],
        "correcting": correcting_now and bool(versions),
        "caused": _consequences(casework.caused(session, found.id), found.parts),
        "faults": sheets.faults(shown, errors),
        "reason": reason,
        "why": explain.why(session, found),
        "liste": came_from(),
        "sources": {},
    }
    return _drawn("task_done.html", found, told, status)


def _consequences(caused: list, seen: frozenset[str]) -> list:
    """What somebody would call something that happened; the trail's own words are not for here.

    Of letters and tasks only what those parts of the case let the reader see.
    """
    part_of = {"letter": access.LETTERS}
    told = {
        (c.kind, c.name, c.ref): c
        for c in caused
        if c.name and not c.name.islower() and part_of.get(c.kind, access.TASKS) in seen
    }
    return list(told.values())


def _version(session, sheet: query.Sheet, version: correcting.Answer) -> dict[str, Any]:
    return {
        "number": version.version,
        "at": version.at,
        "by": holders.person(session, version.by),
        "on_behalf_of": holders.person(session, version.on_behalf_of),
        "reason": version.reason or "",
        "erased": version.answers is None,
        "fields": _shown(sheet, version.answers or {}),
    }


def _onward(found: query.Task):
    """Back to the list one came from, told what happened, with the next task if it is one's own."""
    told = _("»%(opgave)s« er gjort.", opgave=found.name)
    with signing.store().reading() as session:
        following = query.next_of_mine(session, signing.me().username, found)
    if following:
        link = Markup('<a href="{}">{}</a>').format(
            url_for("task.show", task_id=following[0]),
            _("Næste: %(opgave)s", opgave=following[1]),
        )
        told = Markup("{} {}").format(told, link)
    flash(told)
    return redirect(back(), 303)


def came_from() -> str:
    """The list that one came from, an address of ours; empty where one came from none."""
    asked = request.values.get("liste")
    return signing.safe_target(asked) if asked else ""


def back() -> str:
    return came_from() or url_for("inbox.show")

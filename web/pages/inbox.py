"""The inbox: what is mine to do, and what burns?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import urlencode

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from markupsafe import Markup

from engine import casework, clock, saved_views
from engine.domain import deadlines
from engine.queries import inbox, inbox_asked, inbox_chosen, inbox_counts, inbox_next
from engine.queries.inbox_asked import Asked, Viewer
from engine.queries.inbox_counts import Choice, Choices, Count
from web import inbox_address, signing
from web.texts import gettext as _
from web.texts import ngettext

blueprint = Blueprint("inbox", __name__)

VERBS = {
    "tag": casework.claim,
    "laeg_tilbage": casework.release,
    "genoptag": casework.resume,
    "bero": casework.hold,
    "giv": casework.assign,
}
#: Acts that need to be told something first, on a page of their own.
ASKING = ("bero", "giv")


@dataclass(frozen=True)
class Link:
    """Something one can choose: a tab, or a value of a filter."""

    label: str
    address: str
    count: Count | None = None
    chosen: bool = False


@dataclass(frozen=True)
class Filter:
    """A menu of links; `chosen` is the label of the present one, `counted` whether all are there."""

    title: str
    links: list[Link]
    chosen: str | None
    counted: bool


@blueprint.get("/")
def front():
    return redirect(url_for("inbox.show"))


@blueprint.get("/opgaver")
def show():
    session = signing.reading()
    viewer = Viewer.of(session, signing.me().username)
    asked = inbox.opened(session, viewer, inbox_address.read(request.args))
    page = inbox.page(session, viewer, asked)
    asked = page.asked
    lengths = inbox_counts.tabs(session, viewer, asked)
    # The filters' own counts take a pass over the tab: the page asks for them when it stands.
    wanted = "filtre" in request.args
    choices = inbox_counts.choices(session, viewer, asked) if wanted else None
    names, cleared = inbox_counts.names(session, asked), _cleared(asked)
    first = max(1, request.args.get("nr", 1, type=int)) if asked.after or asked.before else 1
    here = inbox_address.address(asked, nr=str(first) if first > 1 else "")
    return render_template(
        "inbox.html",
        page=page,
        asked=asked,
        here=here,
        back=urlencode({"liste": here}),
        tabs=_tabs(asked, lengths),
        several_queues=not asked.queue and len(viewer.mine.queues) > 1,
        filters=_filters(asked, names, choices),
        cleared=cleared,
        total=lengths[asked.tab],
        first=first,
        newer=_beside(asked, before=page.previous, nr=first - inbox.SIZE),
        older=_beside(asked, after=page.next, nr=first + len(page.rows)),
        place=names["queue"] or _("dine køer"),
        next_due=inbox_next.next_due(session, viewer) if _is_idle(page, cleared) else None,
        views=_views(session, viewer),
        kept={
            name: getattr(asked, field)
            for name, field in {"fane": "tab", **inbox_address.FILTERS}.items()
            if getattr(asked, field)
        },
        query=inbox_address.query(asked.from_the_top()),
        all_filters=inbox_address.address(asked, filtre="1"),
    )


@blueprint.get("/opgaver/filtre")
def filters():
    """The filters of the page one stands on, with their counts."""
    session = signing.reading()
    viewer = Viewer.of(session, signing.me().username)
    asked = inbox.opened(session, viewer, inbox_address.read(request.args))
    choices = inbox_counts.choices(session, viewer, asked)
    names = inbox_counts.names(session, asked)
    return render_template("parts/inbox_filters.html", filters=_filters(asked, names, choices))


@blueprint.post("/opgaver")
def act():
    """One verb on the chosen tasks, or on the one whose own button was pressed."""
    one = request.form.get("tag")
    verb = "tag" if one else request.form.get("handling", "")
    chosen = [one] if one else request.form.getlist("opgave")
    if verb not in VERBS:
        abort(404)
    back = signing.safe_target(request.form.get("tilbage"))
    if not chosen:
        flash(_("Vælg mindst én opgave først."), "soon")
        return redirect(back, 303)
    told = _told(verb)
    if told is None:
        return redirect(url_for("inbox.ask", handling=verb, opgave=chosen, tilbage=back), 303)
    known = inbox_chosen.chosen(signing.reading(), signing.me().username, chosen)
    results = casework.each(signing.store(), VERBS[verb], chosen, *told, by=signing.me().username)
    _tell(verb, results, {task.id: task for task in known})
    return redirect(back, 303)


@blueprint.get("/opgaver/valgte/<handling>")
def ask(handling: str):
    """To whom, or until when and why."""
    if handling not in ASKING:
        abort(404)
    session, me = signing.reading(), signing.me().username
    ids = request.args.getlist("opgave")[: inbox.SIZE]
    back = signing.safe_target(request.args.get("tilbage"))
    chosen = inbox_chosen.chosen(session, me, ids)
    if not chosen:
        flash(_("Vælg mindst én opgave først."), "soon")
        return redirect(back, 303)
    return render_template(
        f"inbox_{handling}.html",
        chosen=chosen,
        back=back,
        colleagues=inbox_chosen.colleagues(session, me, ids) if handling == "giv" else [],
        tomorrow=clock.today() + timedelta(days=1),
        in_two_weeks=clock.today() + timedelta(days=14),
    )


@blueprint.post("/opgaver/<task_id>/tag")
def claim(task_id: str):
    casework.claim(signing.store(), task_id, by=signing.me().username)
    return redirect(signing.safe_target(request.form.get("tilbage")), 303)


@blueprint.post("/visninger")
def save_view():
    asked = inbox_address.saved(request.form.get("visning", ""))
    name = request.form.get("navn", "")
    saved_views.save(signing.store(), signing.me().username, name, inbox_address.query(asked))
    flash(_("Visningen »%(navn)s« er gemt.", navn=name.strip()))
    return redirect(inbox_address.address(asked), 303)


@blueprint.post("/visninger/<view_id>")
def rename_view(view_id: str):
    store, me = signing.store(), signing.me().username
    saved_views.rename(store, me, view_id, request.form.get("navn", ""))
    return redirect(signing.safe_target(request.form.get("tilbage")), 303)


@blueprint.post("/visninger/<view_id>/slet")
def delete_view(view_id: str):
    saved_views.delete(signing.store(), signing.me().username, view_id)
    flash(_("Visningen er slettet."))
    return redirect(signing.safe_target(request.form.get("tilbage")), 303)


def _tabs(asked: Asked, lengths: dict[str, Count]) -> list[Link]:
    names = {
        inbox_asked.FREE: _("Ikke fordelt"),
        inbox_asked.MINE: _("Mine"),
        inbox_asked.OTHERS: _("Hos kolleger"),
        inbox_asked.RESTING: _("Sat i bero"),
        inbox_asked.DONE_TODAY: _("Løst i dag"),
    }
    return [
        Link(
            name,
            inbox_address.address(replace(asked.from_the_top(), tab=tab)),
            lengths[tab],
            tab == asked.tab,
        )
        for tab, name in names.items()
    ]


def _due_names() -> dict[str, str]:
    return {
        inbox_asked.LATE: _("Overskredet"),
        inbox_asked.TODAY: _("I dag"),
        inbox_asked.WEEK: _("Denne uge"),
        inbox_asked.UNDATED: _("Uden frist"),
    }


def _filters(asked: Asked, names: dict[str, str | None], choices: Choices | None) -> list[Filter]:
    due, nobody = _due_names(), _("Ingen koordinator")
    titles = {
        "queue": (_("Kø"), _("Alle mine køer")),
        "due": (_("Frist"), _("Alle frister")),
        "kind": (_("Opgavetype"), _("Alle typer")),
        "coordinator": (_("Koordinator"), _("Alle koordinatorer")),
    }
    if asked.coordinator == inbox_asked.NOBODY:
        names = names | {"coordinator": nobody}
    names = names | {"due": due.get(asked.due)}
    found = []
    for field, (title, everything) in titles.items():
        values = None
        if choices is not None:
            values = [
                replace(choice, label=due.get(choice.value, choice.label))
                if field == "due"
                else replace(choice, label=nobody)
                if choice.value == inbox_asked.NOBODY
                else choice
                for choice in getattr(choices, field)
            ]
        if values != []:
            links = _links(asked, field, everything, values or [])
            found.append(Filter(title, links, names[field], counted=values is not None))
    return found


def _links(asked: Asked, field: str, everything: str, choices: list[Choice]) -> list[Link]:
    top, present = asked.from_the_top(), getattr(asked, field)
    found = [
        Link(everything, inbox_address.address(replace(top, **{field: None})), None, not present)
    ]
    return found + [
        Link(
            choice.label,
            inbox_address.address(replace(top, **{field: choice.value})),
            choice.count,
            choice.value == present,
        )
        for choice in choices
    ]


def _cleared(asked: Asked) -> str | None:
    """The address without filters and words; None where there are none."""
    fields = (*inbox_address.FILTERS.values(),)
    if not asked.words and not any(getattr(asked, field) for field in fields):
        return None
    return inbox_address.address(replace(inbox_address.without(asked, *fields), words=""))


def _is_idle(page: inbox.Page, cleared: str | None) -> bool:
    """Nothing waits for the user: then it helps to know what comes next."""
    return not page.rows and not cleared and page.asked.tab in (inbox_asked.MINE, inbox_asked.FREE)


def _beside(asked: Asked, nr: int, **cursor) -> str | None:
    if not any(cursor.values()):
        return None
    beside = replace(asked.from_the_top(), **cursor)
    return inbox_address.address(beside, nr=str(max(1, nr)))


def _views(session, viewer: Viewer) -> list[tuple[saved_views.SavedView, Link]]:
    found = []
    for view in saved_views.of(session, viewer.username):
        asked = inbox.opened(session, viewer, inbox_address.saved(view.query))
        count = inbox_counts.total(session, viewer, asked)
        found.append((view, Link(view.name, inbox_address.address(asked), count)))
    return found


def _tell(verb: str, results: list[casework.Result], known: dict) -> None:
    """What became of the tasks: how many it did, and each refusal in its own words."""
    done = [result for result in results if result.done]
    refused = [result for result in results if not result.done]
    if done:
        flash(_done(verb, len(done), known.get(done[0].task_id)))
    if refused and not done and len(refused) == 1:
        flash(refused[0].refusal.message, "late")
    elif refused:
        heading = ngettext("%(num)s kunne ikke:", "%(num)s kunne ikke:", len(refused))
        lines = [
            f"{known.get(result.task_id) or _('En opgave')}: {result.refusal.message}"
            for result in refused
        ]
        flash(Markup("<br>").join([heading, *lines]), "late")


def _done(verb: str, number: int, first) -> str:
    name = first.name if number == 1 and first else ""
    match verb:
        case "tag":
            if name:
                return _("»%(opgave)s« er din. Den ligger under Mine.", opgave=name)
            return ngettext("%(num)s opgave er din.", "%(num)s opgaver er dine.", number)
        case "laeg_tilbage":
            return ngettext(
                "%(num)s opgave er lagt tilbage.", "%(num)s opgaver er lagt tilbage.", number
            )
        case "genoptag":
            return ngettext(
                "%(num)s opgave er taget op igen.", "%(num)s opgaver er taget op igen.", number
            )
        case "bero":
            return ngettext(
                "%(num)s opgave er sat i bero.", "%(num)s opgaver er sat i bero.", number
            )
    return ngettext("%(num)s opgave er givet videre.", "%(num)s opgaver er givet videre.", number)


def _told(verb: str) -> tuple | None:
    """What the verb is told besides the task; None where it has not been said yet."""
    form = request.form
    if verb == "giv":
        return (form["til"],) if form.get("til") else None
    if verb == "bero":
        until, reason = _day(form.get("til_dag")), form.get("grund", "").strip()
        return (deadlines.midnight(until), reason) if until and reason else None
    return ()


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None

"""Answers against their form: the server decides what may be answered, whatever the page sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from engine import clock, diagrams, forms
from engine.instances import WorkItem

if TYPE_CHECKING:
    from engine.casework.step import Run


def checked(
    session: Session, run: Run, task: WorkItem, answers: Mapping[str, Any]
) -> forms.Checked:
    """The answers of a task, held against its form. Raises `forms.FormErrors`.

    A field about which nothing was said keeps the variable that it has, as a page that shows the
    variable would; one that was emptied becomes null.
    """
    seen = run.flow.seen_by(task.id)
    context = {**seen, "sag": run.host.sag()}
    given = against(session, task.release_id, task.form_id, answers, context)
    kept = given.silent & seen.keys()
    given.variables = {k: v for k, v in given.variables.items() if k not in kept}
    run.asked = frozenset(given.answers) | given.silent | frozenset(given.variables)
    return given


def against(
    session: Session,
    release_id: str,
    form_id: str | None,
    answers: Mapping[str, Any],
    context: Mapping[str, Any],
) -> forms.Checked:
    """Answers held against a form of a release; without a form they pass as they are."""
    if form_id is None:
        return forms.Checked(dict(answers), dict(answers))
    form = diagrams.form(session, release_id, form_id)
    return forms.check(form, answers, context, clock.now()).or_refuse()

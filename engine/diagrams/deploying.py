"""Putting files into use: all of them or none, after the check."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from engine import clock, tables
from engine.bpmn.dialect import Element
from engine.bpmn.lint import Finding
from engine.definitions import BPMN, DMN, FORM, Definition, Deployment
from engine.diagrams import files, releases
from engine.diagrams.check import check
from engine.diagrams.files import Bundle
from engine.diagrams.queues import Queues
from engine.domain import organisation
from engine.errors import Refused
from engine.store import Store


class DeployRefused(Refused):
    """Filerne er ikke taget i brug, og intet er ændret. Ret det, der står nedenfor, og udgiv igen."""

    def __init__(self, findings: list[Finding]):
        self.findings = findings
        errors = [f for f in findings if f.severity == "error"]
        if errors:
            first = errors[0]
            where = f"{first.file}, {first.element}" if first.element else first.file
            said = f"Der er {len(errors)} fejl. Den første: {where}: {first.message}"
        else:
            said = f"Der er {len(findings)} advarsler, som skal bekræftes."
        super().__init__(said)


def deploy(
    session: Session,
    given: Mapping[str, bytes],
    *,
    by: str,
    demo: bool = False,
    accept_warnings: bool = False,
) -> Deployment:
    """Check the files (name or path -> bytes) and make them the versions in force.

    A file equal to the one in force gets no new version. Cases that run keep their release.
    Raises `DeployRefused` with the findings: on any error, and on warnings not accepted.
    """
    found = check(
        given,
        releases.published(session),
        queues=Queues.of_database(session),
        demo=demo,
        settings=_settings(session),
    )
    if found and (not accept_warnings or any(f.severity == "error" for f in found)):
        raise DeployRefused(found)
    bundle = files.read(given)
    deployment = Deployment(
        deployed_at=clock.now(), deployed_by=by, warnings=[f.as_dict() for f in found]
    )
    session.add(deployment)
    session.flush()
    for file, content in given.items():
        _define(session, deployment, bundle, file, content)
    session.flush()
    releases.renew(session)
    tables.forget(session)
    return deployment


def _define(
    session: Session, deployment: Deployment, bundle: Bundle, file: str, content: bytes
) -> None:
    kind, key = files.identity(file)
    checksum = hashlib.sha256(content).hexdigest()
    mine = (Definition.kind == kind, Definition.key == key)
    if session.scalar(select(Definition.checksum).where(*mine, Definition.current)) == checksum:
        return
    latest = session.scalar(select(func.max(Definition.version)).where(*mine)) or 0
    # The old version steps back before the new one comes, for only one may be in force.
    session.execute(update(Definition).where(*mine, Definition.current).values(current=False))
    session.add(
        Definition(
            kind=kind,
            key=key,
            version=latest + 1,
            content=content,
            checksum=checksum,
            deployment_id=deployment.id,
            deployed_at=deployment.deployed_at,
            deployed_by=deployment.deployed_by,
            **_facts(bundle, kind, key),
        )
    )
    session.flush()


def _facts(bundle: Bundle, kind: str, key: str) -> dict:
    """Name, what it provides and what it needs, so that nobody must open it to know."""
    if kind == DMN:
        table = bundle.tables[key][1]
        return {"name": table.decisions[key].name, "provides": sorted(table.decisions)}
    if kind == FORM:
        return {"name": str(bundle.forms[key][1].schema.get("name") or key)}
    assert kind == BPMN
    process = bundle.processes[key].process
    elements = process.elements.values()
    starts = (e for e in process.inside(key) if e.kind == "startEvent")
    return {
        "name": process.name or key,
        "provides": [_start(e) for e in starts if e.event.kind != "none"],
        "needs": {
            "processes": sorted({e.called.process for e in elements if e.called}),
            "forms": sorted({e.form_id for e in elements if e.form_id}),
        },
    }


def _settings(session: Session) -> dict:
    rows = session.execute(select(organisation.Setting.name, organisation.Setting.value))
    return dict(rows.all())


def sound(given: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files that can be put into use by themselves: those without errors, taken together.

    For a workshop where some are still being drawn; a deployment is always all or none.
    """
    left = dict(given)
    while left:
        wrong = {f.file for f in check(left) if f.severity == "error"}
        if not wrong:
            break
        left = {file: data for file, data in left.items() if file not in wrong}
    return left


def _start(element: Element) -> dict:
    event = element.event
    return {
        "kind": event.kind,
        "element": element.id,
        "name": event.name,
        "timer": event.timer.text if event.timer else None,
    }


def check_paths(paths: Iterable[Path], database: str | None = None) -> list[Finding]:
    """The findings for files and folders, taken together with what is in force.

    In the database that is named; else against the demo municipality as it is shipped.
    """
    given = files.read_files(paths)
    if database is None:
        return check(given, files.shipped(), queues=Queues.of_demo(), demo=True)
    store = Store(database)
    try:
        with store.reading() as session:
            return check(
                given,
                releases.published(session),
                queues=Queues.of_database(session),
                demo=bool(organisation.setting(session, "demo", False)),
                settings=_settings(session),
            )
    finally:
        store.close()

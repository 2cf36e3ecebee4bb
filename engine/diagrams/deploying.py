"""Putting files into use: all of them or none, after the check."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from engine import clock, edition, events, files
from engine.bpmn.dialect import Element
from engine.bpmn.lint import Finding
from engine.definitions import BPMN, DMN, FORM, Definition, Deployment
from engine.diagrams import releases
from engine.diagrams.check import check
from engine.diagrams.queues import Queues
from engine.errors import Refused
from engine.events import Entry
from engine.files import Bundle
from engine.store import Store

#: Roles that may put files into use.
DEPLOYERS = ("procesejer", "administrator")


class MayNotDeploy(Refused):
    """{by} kan ikke tage filer i brug; intet er ændret. Det kan en procesejer eller en administrator her: {hvem}. Bed en af dem om det."""


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
            word = "advarsel" if len(findings) == 1 else "advarsler"
            said = f"Der er {len(findings)} {word}, som skal bekræftes."
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
    `by` is a process owner, an administrator or the engine itself. Raises `MayNotDeploy`, and
    `DeployRefused` with the findings: on any error, and on warnings not accepted.
    """
    _allowed(session, by)
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
    made = [_define(session, deployment, bundle, *given_file) for given_file in given.items()]
    session.flush()
    releases.renew(session)
    edition.renew(session)
    _record(session, deployment, [definition for definition in made if definition])
    return deployment


def brought(session: Session, deployment: Deployment) -> int:
    """How many of a deployment's files were new or changed."""
    query = select(func.count()).where(Definition.deployment_id == deployment.id)
    return session.scalar(query.select_from(Definition))


def _allowed(session: Session, by: str) -> None:
    """Before anybody holds one of the roles, whoever sets the database up deploys."""
    from engine.domain import organisation

    if by == events.SYSTEM:
        return
    entitled = set()
    for role in DEPLOYERS:
        entitled |= set(session.scalars(organisation.holders(role)))
    if entitled and by not in entitled:
        raise MayNotDeploy(by=by, hvem=", ".join(sorted(entitled)))


def _record(session: Session, deployment: Deployment, made: list[Definition]) -> None:
    """What came into use, and in spite of which warnings, in the system's chain."""
    facts = {
        "deployment": deployment.id,
        "files": [
            {"kind": d.kind, "key": d.key, "version": d.version, "checksum": d.checksum}
            for d in made
        ],
        "warnings": [
            {name: warning[name] for name in ("file", "element", "rule")}
            for warning in deployment.warnings
        ],
    }
    events.record_system(session, Entry(events.DEPLOYED, deployment.deployed_by, facts=facts))


def _define(
    session: Session, deployment: Deployment, bundle: Bundle, file: str, content: bytes
) -> Definition | None:
    """The new version; None where the one in force is the same."""
    kind, key = files.identity(file)
    checksum = hashlib.sha256(content).hexdigest()
    mine = (Definition.kind == kind, Definition.key == key)
    if session.scalar(select(Definition.checksum).where(*mine, Definition.current)) == checksum:
        return None
    latest = session.scalar(select(func.max(Definition.version)).where(*mine)) or 0
    # The old version steps back before the new one comes, for only one may be in force.
    session.execute(update(Definition).where(*mine, Definition.current).values(current=False))
    definition = Definition(
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
    session.add(definition)
    session.flush()
    return definition


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
    from engine.domain import organisation

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
        return check(given, files.shipped())
    from engine.domain import organisation

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

"""The handover pack on paper: the same sections as its page, in the order they are read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from engine import clock
from engine.documents import typeset
from engine.domain import organisation
from engine.queries import words
from engine.queries.handover import Pack

NOTHING = "Intet at overdrage her."


def handover_pdf(session: Session, pack: Pack) -> bytes:
    """The pack as an accessible PDF. It is a copy of the moment, and says which."""
    now = clock.now()
    return typeset.pdf(
        "handover.typ",
        {
            "municipality": organisation.setting(session, "kommune"),
            "citizens": pack.names,
            "nummer": pack.nummer,
            "state": pack.state,
            "taken": words.moment(now),
            "coordinator": pack.coordinator,
            "incoming": pack.incoming,
            "nothing": NOTHING,
            "safety": [row.safety_note for row in pack.citizens if row.safety_note],
            "sections": list(_sections(pack)),
        },
        now,
    )


def _sections(pack: Pack) -> Iterator[dict[str, Any]]:
    note = pack.note
    said = [f"»{row.text}« ({row.where}, {words.day(row.on)})" for row in pack.own_words]
    yield _section("Det vigtigste med borgerens egne ord", [pack.half_page, *said])
    yield _section("Overdragelsesnotat", [note.text] if note else [])
    yield _section("Aftaler", [_promise(row) for row in pack.promises])
    yield _section("Planens mål", [_goal(row) for row in pack.plan.goals] if pack.plan else [])
    yield _section("Indsatser, der løber", [_effort(row) for row in pack.efforts])
    yield _section("Frister", [f"{words.day(row.due)}: {row.name}" for row in pack.duties])
    yield _section("Møder", [f"{words.moment(row.at)}: {row.purpose}" for row in pack.meetings])
    yield _section("Åbne opgaver", [_listed(row.name, row.who or row.where) for row in pack.tasks])
    yield _section(
        "Ikke afgjort endnu",
        [f"{row.kind}: {row.about}. {row.stands}, {words.day(row.since)}" for row in pack.underway],
    )
    yield _section("Sidste opfølgning", _last(pack))
    yield _section("Samtykke", [_consent(row) for row in pack.consents])
    yield _section("Hvem er med", [_listed(row.name, row.role, row.detail) for row in pack.people])
    yield _section(
        "De nyeste noter",
        [f"{words.day(row.at)}, {row.title}: {row.text}" for row in pack.notes],
    )


def _section(title: str, lines: list[str]) -> dict[str, Any]:
    return {"title": title, "lines": [line for line in lines if line]}


def _listed(*parts: str) -> str:
    return ", ".join(filter(None, parts))


def _promise(row) -> str:
    by_when = f", senest {words.day(row.by_when)}" if row.by_when else ""
    return f"{row.who}: {row.what}{by_when}{' (tiden er gået)' if row.late else ''}"


def _goal(row) -> str:
    far = "" if row.progress is None else f", {row.progress} af 10"
    return f"»{row.words}«: {row.state}{far}"


def _effort(row) -> str:
    ends = f"til {words.day(row.ends)}" if row.ends else ""
    return _listed(row.title, row.unit, row.responsible, ends, row.state)


def _consent(row) -> str:
    holds = "gælder" if row.in_force else "gælder ikke længere"
    return f"{' '.join(filter(None, (row.kind, row.about, row.who)))}: {holds}"


def _last(pack: Pack) -> list[str]:
    held = pack.followup
    if held is None:
        return []
    return [f"{words.day(held.on)}: {held.decided}. {held.why}".strip(), held.news]

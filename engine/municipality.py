"""A municipality as a file: units, people, roles, local settings and budgets, read into the database.

Loading is repeatable: what is there already is brought up to date, nothing is removed.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import events
from engine.domain import budget, organisation, rules
from engine.domain.organisation import Role, Unit, User
from engine.errors import Refused
from engine.settings import ROOT

#: Settings that a municipality may leave unsaid; every other one stands in its file.
UNSAID = (
    "beskeder.dage",
    "beskeder.klokken",
    "indbakke.gul_arbejdsdage",
    "kontaktforsoeg",
    "noegletal.mindst",
    "paamindelser",
    "samtykke.gennemgang_maaneder",
    "team_enhed",
)
#: Settings per sector and level of delegation; `norm.<user>` is one per person.
FAMILIES = ("sektor.", "graense.")

FIKTIVBY = ROOT / "processes" / "fiktivby" / "organisation.toml"


class UnknownSetting(Refused):
    """Kommunen har hverken en indstilling eller en fristregel, der hedder {navn}. Se listen i vejledningen, eller spørg procesejeren."""


def read(path: Path = FIKTIVBY) -> dict[str, Any]:
    """The file as plain tables."""
    with path.open("rb") as file:
        return tomllib.load(file)


def unit_names(plan: Mapping[str, Any]) -> dict[str, str]:
    """Code -> Danish name of every unit and partner in the file."""
    return {row["kode"]: row["navn"] for row in (*plan["enheder"], *plan["partnere"])}


def load(session: Session, path: Path = FIKTIVBY, by: str = events.SYSTEM) -> None:
    """Bring the database's organisation up to the file; which it was, stands in the trail."""
    plan = read(path)
    organisation.change_setting(session, "kommune", plan["kommune"]["navn"])
    for row, partner in _units(plan):
        session.merge(
            Unit(
                code=row["kode"],
                name=row["navn"],
                partner=partner,
                law_areas=row.get("lovomraader", []),
                hosts_coordinators=row.get("kan_have_koordinatorer", False),
                on_acute_duty=row.get("akutvagt", False),
            )
        )
    session.flush()
    for row in _users(plan):
        told = {"email": row["mail"]} if "mail" in row else {}
        told["skills"] = row.get("kompetencer", [])
        session.merge(User(username=row["brugernavn"], name=row["navn"], active=True, **told))
        session.flush()
        for role in row["roller"]:
            _give_role(session, row["brugernavn"], role["rolle"], role["enhed"])
    for name, value in plan["indstillinger"].items():
        if organisation.setting(session, name) is None:
            organisation.change_setting(session, name, value)
    for row in plan.get("budgetter", ()):
        _open_budget(session, row, by)
    session.flush()
    facts = {"file": path.name, "checksum": hashlib.sha256(path.read_bytes()).hexdigest()}
    events.record_system(session, events.Entry("organisation_loaded", by, facts=facts))


def is_setting(session: Session, name: str) -> bool:
    """Whether a setting of that name means anything here."""
    if name.startswith("norm."):
        return session.get(User, name.removeprefix("norm.")) is not None
    if name in UNSAID or name.startswith(FAMILIES):
        return True
    return organisation.setting(session, name) is not None


def decide(session: Session, name: str, value: Any, by: str) -> None:
    """The municipality decides a setting, or its own value of a deadline rule, from now on.

    Raises UnknownSetting, so that a misspelt name does not pass for a decision.
    """
    if rules.rows_of(session, name):
        rules.decide_locally(session, name, value, by)
    elif is_setting(session, name):
        organisation.change_setting(session, name, value)
    else:
        raise UnknownSetting(navn=name)
    facts = {"name": name, "value": value}
    events.record_system(session, events.Entry("setting_changed", by, facts=facts))


def _units(plan: Mapping[str, Any]) -> Iterator[tuple[dict, bool]]:
    yield from ((row, False) for row in plan["enheder"])
    yield from ((row, True) for row in plan["partnere"])


def _users(plan: Mapping[str, Any]) -> Iterator[dict]:
    """The file's users, then those that every unit and partner has by rule."""
    yield from plan["brugere"]
    for unit in plan["enheder"]:
        code, name = unit["kode"], unit["navn"]
        for role, title in (("sagsbehandler", "Sagsbehandler"), ("leder", "Leder")):
            yield {
                "brugernavn": f"{role}-{code.lower()}",
                "navn": f"{title}, {name}",
                "roller": [{"rolle": role, "enhed": code}],
            }
    for partner in plan["partnere"]:
        yield {
            "brugernavn": f"partner-{partner['kode'].lower()}",
            "navn": partner["navn"],
            "roller": [{"rolle": "partner", "enhed": partner["kode"]}],
        }


def _open_budget(session: Session, row: Mapping[str, Any], by: str) -> None:
    """A line that is there already keeps what has been decided about it since."""
    if session.get(budget.BudgetLine, row["linje"]) is not None:
        return
    budget.open_line(session, row["linje"], row["navn"], row["aar"], row.get("beloeb", 0))
    if "bidrag" in row:
        budget.contribute(
            session,
            row["linje"],
            {unit: Decimal(str(amount)) for unit, amount in row["bidrag"].items()},
            decided_by=row["besluttet_af"],
            decided_on=row["besluttet_den"],
            by=by,
        )


def _give_role(session: Session, username: str, role: str, unit: str) -> None:
    held = select(Role.id).where(Role.username == username, Role.role == role, Role.unit == unit)
    if session.scalar(held) is None:
        session.add(Role(username=username, role=role, unit=unit))

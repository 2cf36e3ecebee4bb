"""Who works here, as the sign-in page of a demonstration and the assign menu list them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.domain.organisation import Role, Unit, User, in_force

# In the order in which somebody new would try them.
_GROUPS = (
    ("koordinator", "Koordinatorer"),
    ("fs_sagsbehandler", "Fremskudte medarbejdere"),
    ("sagsbehandler", "Sagsbehandlere"),
    ("leder", "Ledere"),
    ("udvalg_formand", "Visitationsudvalget"),
    ("udvalg_sekretaer", "Visitationsudvalget"),
    ("udvalg", "Visitationsudvalget"),
    ("chef", "Ledere"),
    ("jurist", "Jura, proces og revision"),
    ("procesejer", "Jura, proces og revision"),
    ("revisor", "Jura, proces og revision"),
    ("administrator", "Jura, proces og revision"),
    ("partner", "Partnere"),
)


@dataclass(frozen=True)
class Somebody:
    username: str
    name: str
    group: str
    unit: str | None


def everybody(session: Session) -> list[Somebody]:
    """Every active user once, by the first group that one of their roles belongs to."""
    held = session.execute(
        select(User.username, User.name, Role.role, Unit.name.label("unit"))
        .join(Role, (Role.username == User.username) & in_force(Role, clock.today()))
        .join(Unit, Unit.code == Role.unit)
        .where(User.active.is_(True))
        .order_by(User.username)
    ).all()
    order = [role for role, _ in _GROUPS]
    names = dict(_GROUPS)
    chosen: dict[str, tuple[int, Somebody]] = {}
    for row in held:
        rank = order.index(row.role) if row.role in order else len(order)
        if row.username not in chosen or rank < chosen[row.username][0]:
            group = names.get(row.role, "Andre")
            chosen[row.username] = rank, Somebody(row.username, row.name, group, row.unit)
    return [somebody for _, somebody in sorted(chosen.values(), key=lambda pair: pair[0])]

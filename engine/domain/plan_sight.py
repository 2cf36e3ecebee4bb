"""How much of the plan one may see: all of it, or what the citizen has agreed to share with a partner.

Sources: domain.md B4 (one consent for each recipient, with the kinds of information; a missing one
shows as a gap to the coordinator and not to other partners) and C8. A consent is one citizen's: in a
family it opens that member's goals, and a goal that is everybody's takes everybody's consent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from engine.domain import access, cases, consent, meetings, organisation, people
from engine.domain.cases import Case

#: The fields of life that each kind of information in a consent opens.
FIELDS = {
    "helbred": {"helbred_fysisk", "helbred_psykisk"},
    "misbrug": {"misbrug"},
    "familie": {"familie"},
    "oekonomi": {"forsoergelse"},
    "uddannelse": {"uddannelse"},
    "beskaeftigelse": {"beskaeftigelse"},
    "bolig": {"bolig"},
    "sociale_forhold": {"sociale_forhold", "netvaerk"},
    "strafbare_forhold": {"kriminalitet"},
}


@dataclass(frozen=True)
class Sight:
    """What of a plan's content exists for one user. `everything`: the case's gaps as well."""

    whole: bool
    everything: bool = False
    units: frozenset[str] = frozenset()
    citizens: tuple[str, ...] = ()
    fields: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def of(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """The content cut down to what may be seen; nothing is left of a text that mixes it all."""
        if self.whole:
            return dict(content)
        goals = [row for row in content["maal"] if self._goal(row)]
        seen = {row["noegle"] for row in goals}
        efforts = [
            row
            for row in content["indsatser"]
            if row.get("enhed") in self.units or (row["maal"] and set(row["maal"]) <= seen)
        ]
        shown = {row["noegle"] for row in efforts}
        return {
            "maal": [row | {"under": row.get("under") in seen and row["under"]} for row in goals],
            "indsatser": [self._effort(row, seen, shown) for row in efforts],
            "aftaler": [],
        }

    def _goal(self, row: Mapping[str, Any]) -> bool:
        about = (row["person"],) if row.get("person") else self.citizens
        return bool(about) and all(
            row.get("domaene") in self.fields.get(person, ()) for person in about
        )

    @staticmethod
    def _effort(row: Mapping[str, Any], goals: set[str], efforts: set[str]) -> dict[str, Any]:
        plain = ("noegle", "titel", "indsatstype", "enhed", "ansvarlig", "start", "slut", "person")
        return {name: row.get(name) for name in plain} | {
            "maal": [key for key in row["maal"] if key in goals],
            "afhaenger_af": [key for key in row["afhaenger_af"] if key in efforts],
        }


def of(session: Session, username: str, case: Case) -> Sight:
    """Raises NoSuchCase where the plan does not exist for the user."""
    seen = access.parts(session, username, case)
    if access.PLAN not in seen:
        raise cases.NoSuchCase
    if access.EFFORTS in seen:
        return Sight(whole=True, everything=access.NOTES in seen)
    units = access.reach(session, username).partner_units
    fields: dict[str, set[str]] = {}
    for row in consent.in_force(session, case, consent.DISCLOSE):
        if row.counterpart in units:
            opened = fields.setdefault(row.person_id, set())
            opened.update(*(FIELDS.get(kind, set()) for kind in row.data_types))
    return Sight(
        whole=False,
        units=units,
        citizens=tuple(person.id for person in people.citizens(session, case.id)),
        fields={person: frozenset(opened) for person, opened in fields.items()},
    )


def gaps(session: Session, case: Case, content: Mapping[str, Any]) -> list[str]:
    """The names of those outside whom the plan or a meeting needs, and who may hear nothing."""
    wanted = {row["enhed"] for row in content["indsatser"] if row.get("enhed")}
    for meeting in meetings.of_case(session, case):
        wanted |= {row.who for row in meeting.invitees if row.light == meetings.RED}
    found = []
    for code in wanted:
        unit = session.get(organisation.Unit, code)
        if unit is not None and unit.partner and not consent.covers(session, case, code):
            found.append(unit.name)
    return sorted(found)

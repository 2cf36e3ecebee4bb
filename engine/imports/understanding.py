"""What the lines of a spreadsheet say: one case for each old number, and what is wrong in which row."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.domain import appointment, brought_in, consent, cpr, organisation, people, referral
from engine.domain.brought_in import Held, Owed, RunningCase
from engine.errors import Refused
from engine.imports.columns import HEADINGS, OF_CASE
from engine.imports.reading import Line

KINDS = {
    "planen": consent.PLAN,
    "plan": consent.PLAN,
    "indhente": consent.OBTAIN,
    "hente": consent.OBTAIN,
    "dele": consent.DISCLOSE,
    "give": consent.DISCLOSE,
}
FORMS = {"skriftlig": "skriftlig", "skriftligt": "skriftlig", "mitid": "mitid"}
FORMS |= {"mundtlig": "mundtlig", "mundtligt": "mundtlig"}
TYPES = {
    "helbred": "helbred",
    "misbrug": "misbrug",
    "familie": "familie",
    "økonomi": "oekonomi",
    "uddannelse": "uddannelse",
    "beskæftigelse": "beskaeftigelse",
    "bolig": "bolig",
    "sociale forhold": "sociale_forhold",
    "strafbare forhold": "strafbare_forhold",
}
_DAY = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})")


@dataclass(frozen=True)
class Fault:
    """What is wrong in one cell, and what to do about it."""

    row: int
    column: str
    what: str
    do: str


@dataclass(frozen=True)
class Found:
    """One case of the file: its rows, and the case itself where nothing is wrong."""

    row: int
    rows: tuple[int, ...]
    system: str
    old_number: str
    name: str
    case: RunningCase | None
    faults: tuple[Fault, ...]
    #: What becomes a task, in words.
    tasks: tuple[str, ...] = ()
    #: It came in before; asked again nothing happens.
    known: bool = False


def understand(session: Session, lines: list[Line], by: str) -> list[Found]:
    """Every case of the file, in order. Nothing is written."""
    grouped: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        key = line.cells.get("system", ""), line.cells.get("old_number", "")
        # A row that does not say which case it belongs to stands alone, with its fault.
        grouped.setdefault(key if all(key) else (str(line.number), ""), []).append(line)
    town = _Town(session, by)
    found = [_Reader(town, rows).found() for rows in grouped.values()]
    return _told_twice(found)


class _Town:
    """What the cells are held against, read once for the whole file."""

    def __init__(self, session: Session, by: str):
        self.session, self.by = session, by
        units = session.scalars(select(organisation.Unit)).all()
        self.units = {name.casefold(): u for u in units for name in (u.name, u.code)}
        self.hosts = {unit.code for unit in brought_in.hosts(session, by)}
        self.people: dict[str, list[str]] = {}
        for user in appointment.candidates(session):
            self.people.setdefault(user.username.casefold(), []).append(user.username)
            if user.name.casefold() != user.username.casefold():
                self.people.setdefault(user.name.casefold(), []).append(user.username)


class _Reader:
    def __init__(self, town: _Town, rows: list[Line]):
        self.town, self.rows, self.first = town, rows, rows[0]
        self.faults: list[Fault] = []

    def found(self) -> Found:
        cells = self.first.cells
        known = brought_in.find(
            self.town.session, cells.get("system", ""), cells.get("old_number", "")
        )
        case = None if known else self._case()
        return Found(
            row=self.first.number,
            rows=tuple(line.number for line in self.rows),
            system=cells.get("system", ""),
            old_number=cells.get("old_number", ""),
            name=cells.get("name", ""),
            case=None if self.faults else case,
            faults=tuple(self.faults),
            tasks=() if self.faults or case is None else _tasks(self.town, case),
            known=known is not None,
        )

    def _case(self) -> RunningCase:
        self._one_case()
        replacement = self._of_case("replacement")
        return RunningCase(
            system=self._needed("system", 60),
            old_number=self._needed("old_number", 60),
            name=self._needed("name", 160),
            **self._citizen(replacement),
            address=self._of_case("address")[:200] or None,
            address_protected=self._yes_or_no("address_protected"),
            unit=self._own_unit(),
            coordinator=self._person("coordinator", needed=True) or "",
            deputy=self._deputy(),
            **self._days(),
            goals=self._goals(),
            owed=self._owed(),
            consents=self._consents(),
        )

    def _one_case(self) -> None:
        """No further row says anything else of the case: it may be another citizen's."""
        for line in self.rows[1:]:
            for key, _, _ in OF_CASE:
                text = line.cells.get(key, "")
                if text and text.casefold() != self._of_case(key).casefold():
                    what = f"Der står noget andet i sagens første række, {self.first.number}."
                    do = "Er det en anden sag, så ret sagsnummeret. Ellers lad feltet stå tomt."
                    self._wrong(key, what, do, line)

    def _of_case(self, key: str) -> str:
        return self.first.cells.get(key, "")

    def _wrong(self, key: str, what: str, do: str, line: Line | None = None) -> None:
        self.faults.append(Fault((line or self.first).number, HEADINGS[key], what, do))

    def _needed(self, key: str, most: int) -> str:
        text = self._of_case(key)
        if not text:
            self._wrong(key, "Feltet er tomt.", "Skriv det i sagens første række.")
        elif len(text) > most:
            self._wrong(key, "Teksten er for lang.", f"Skriv højst {most} tegn.")
        return text

    def _citizen(self, replacement: str) -> dict:
        number, born = self._of_case("cpr"), self._day("birth_date", self.first)
        if number and replacement:
            self._wrong(
                "replacement", "Der står både et CPR-nummer og et erstatningsnummer.", "Behold ét."
            )
        elif number:
            self._checked("cpr", cpr.clean, number)
        elif replacement:
            self._checked("replacement", cpr.clean_replacement, replacement)
        elif born is None:
            self._wrong(
                "cpr",
                "Der står intet nummer.",
                "Skriv CPR-nummer, erstatningsnummer eller fødselsdato.",
            )
        has_case = not self.faults and number and self._has_open_case(number)
        if has_case:
            self._wrong("cpr", brought_in.HarAabenSag().message, "Tag sagen ud af filen.")
        return {"cpr": number or None, "replacement": replacement or None, "birth_date": born}

    def _checked(self, key: str, clean, number: str) -> None:
        try:
            clean(number)
        except Refused:
            short = len("".join(filter(str.isalnum, number))) == 9
            do = "Sæt det nul foran, som regnearket har taget." if short else "Slå nummeret efter."
            self._wrong(key, "Nummeret kan ikke passe.", do)

    def _has_open_case(self, number: str) -> bool:
        person = people.find_by_cpr(self.town.session, number)
        return person is not None and referral.open_case_of(self.town.session, [person]) is not None

    def _yes_or_no(self, key: str) -> bool:
        text = self._of_case(key).casefold()
        if text not in ("", "ja", "nej", "x"):
            self._wrong(key, "Svaret forstås ikke.", "Skriv ja eller nej.")
        return text in ("ja", "x")

    def _own_unit(self) -> str:
        text = self._needed("unit", 120)
        unit = self.town.units.get(text.casefold())
        if text and unit is None:
            self._wrong("unit", "Enheden findes ikke.", "Skriv enhedens kode eller hele navn.")
        elif unit and not unit.hosts_coordinators:
            self._wrong(
                "unit", "Enheden har ingen koordinatorer.", "Vælg en enhed med koordinatorer."
            )
        elif unit and unit.code not in self.town.hosts:
            self._wrong(
                "unit", "Du leder ikke enheden.", "Bed dens leder eller administratoren om det."
            )
        return unit.code if unit else ""

    def _person(self, key: str, needed: bool = False) -> str | None:
        text = self._needed(key, 120) if needed else self._of_case(key)
        named = self.town.people.get(text.casefold(), [])
        if text and not named:
            self._wrong(
                key,
                "Personen findes ikke, eller kan ikke koordinere.",
                "Skriv brugernavn eller fulde navn.",
            )
        elif len(named) > 1:
            self._wrong(key, "Flere hedder sådan.", "Skriv brugernavnet.")
        return named[0] if named else None

    def _deputy(self) -> str | None:
        deputy = self._person("deputy")
        if deputy and deputy == self._named(self._of_case("coordinator")):
            self._wrong(
                "deputy", "Det er koordinatoren selv.", "Vælg en anden, eller lad feltet stå tomt."
            )
        return deputy

    def _named(self, text: str) -> str | None:
        return next(iter(self.town.people.get(text.casefold(), [])), None)

    def _days(self) -> dict:
        accepted, held = self._day("accepted_on", self.first), self._day("last_held", self.first)
        if not self._of_case("accepted_on"):
            self._wrong(
                "accepted_on", "Feltet er tomt.", "Skriv den dag, borgeren accepterede planen."
            )
        if accepted and held and held < accepted:
            self._wrong("last_held", "Den ligger før planen.", "Ret en af de to datoer.")
        return {"accepted_on": accepted or clock.today(), "last_held": held}

    def _day(self, key: str, line: Line) -> date | None:
        text = line.cells.get(key, "")
        if not text:
            return None
        found = _DAY.fullmatch(text)
        try:
            parts = (int(part) for part in reversed(found.groups())) if found else ()
            day = date(*parts) if found else date.fromisoformat(text)
        except ValueError:
            self._wrong(key, "Datoen forstås ikke.", "Skriv den som 31-12-2025.", line)
            return None
        if day > clock.today():
            self._wrong(key, "Datoen er ikke kommet endnu.", "Ret datoen.", line)
        return day

    def _goals(self) -> tuple[str, ...]:
        goals = [line.cells["goal"] for line in self.rows if line.cells.get("goal")]
        if not goals:
            self._wrong("goal", "Sagen har ingen mål.", "Skriv mindst ét mål med borgerens ord.")
        return tuple(dict.fromkeys(goals))

    def _owed(self) -> tuple[Owed, ...]:
        owed = []
        for line in self.rows:
            text, does = line.cells.get("owed_unit", ""), line.cells.get("owed_does", "")
            unit = self.town.units.get(text.casefold())
            if text and unit is None:
                self._wrong(
                    "owed_unit", "Enheden findes ikke.", "Skriv kode eller hele navn.", line
                )
            elif text and not does:
                self._wrong("owed_does", "Feltet er tomt.", "Skriv, hvad enheden gør.", line)
            elif unit:
                owed.append(
                    Owed(unit.code, does[:200], line.cells.get("owed_contact", "")[:160] or None)
                )
            elif does:
                self._wrong("owed_unit", "Der står ikke, hvem der gør det.", "Skriv enheden.", line)
        if not owed and not any(fault.column == HEADINGS["owed_unit"] for fault in self.faults):
            self._wrong(
                "owed_unit", "Ingen enhed er forpligtet.", "Skriv mindst én enhed og hvad den gør."
            )
        return tuple(owed)

    def _consents(self) -> tuple[Held, ...]:
        held = [self._consent(line) for line in self.rows if line.cells.get("consent_kind")]
        return tuple(row for row in held if row is not None)

    def _consent(self, line: Line) -> Held | None:
        cells, before = line.cells, len(self.faults)
        kind = KINDS.get(cells["consent_kind"].casefold())
        form = FORMS.get(cells.get("consent_form", "").casefold())
        given_on = self._day("consent_on", line)
        types = self._types(line) if kind in (consent.OBTAIN, consent.DISCLOSE) else ()
        if kind is None:
            self._wrong(
                "consent_kind",
                "Samtykket forstås ikke.",
                "Skriv planen, indhente eller dele.",
                line,
            )
        if form is None:
            self._wrong(
                "consent_form",
                "Formen forstås ikke.",
                "Skriv skriftlig, MitID eller mundtlig.",
                line,
            )
        if given_on is None and not cells.get("consent_on"):
            self._wrong(
                "consent_on",
                "Et samtykke uden dato kan ikke vises.",
                "Skriv datoen, eller slet samtykket, så bliver det en opgave at indhente det.",
                line,
            )
        who = cells.get("consent_who", "")
        for key in (
            ("consent_who", "consent_types", "consent_purpose") if kind != consent.PLAN else ()
        ):
            if kind and not cells.get(key):
                self._wrong(
                    key,
                    "Et generelt samtykke er ikke gyldigt.",
                    "Udfyld, eller slet samtykket.",
                    line,
                )
        if len(self.faults) > before:
            return None
        unit = self.town.units.get(who.casefold())
        counterpart = unit.code if unit else who[:160]
        return Held(
            kind, given_on, form, counterpart or None, types, cells.get("consent_purpose") or None
        )

    def _types(self, line: Line) -> tuple[str, ...]:
        said = [part.strip().casefold() for part in line.cells.get("consent_types", "").split(",")]
        unknown = [part for part in said if part and part not in TYPES]
        if unknown:
            do = f"Vælg blandt {', '.join(TYPES)}."
            self._wrong("consent_types", f"»{unknown[0]}« forstås ikke.", do, line)
        return tuple(TYPES[part] for part in said if part in TYPES)


def _tasks(town: _Town, case: RunningCase) -> tuple[str, ...]:
    tasks = []
    if not any(row.kind == consent.PLAN for row in case.consents):
        tasks.append("Indhent ja til planen")
    shared = {row.counterpart for row in case.consents if row.kind == consent.DISCLOSE}
    for code in dict.fromkeys(row.unit for row in case.owed):
        unit = town.units[code.casefold()]
        if unit.partner and code not in shared:
            tasks.append(f"Indhent samtykke til at dele med {unit.name}")
    if case.deputy is None:
        tasks.append("Udpeg stedfortræder")
    return tuple(tasks)


def _told_twice(found: list[Found]) -> list[Found]:
    """A citizen may stand in the file as one case only."""
    seen: dict[str, int] = {}
    checked = []
    for one in found:
        number = one.case and (one.case.cpr or one.case.replacement)
        key = "".join(filter(str.isalnum, number)).upper() if number else None
        if key in seen and key is not None:
            do = "Behold den ene sag."
            what = f"Samme borger står i række {seen[key]} med en anden sag."
            fault = Fault(one.row, HEADINGS["cpr"], what, do)
            one = Found(one.row, one.rows, one.system, one.old_number, one.name, None, (fault,))
        elif key is not None:
            seen[key] = one.row
        checked.append(one)
    return checked

"""Who may see what, said once more and independently: domain.md C8 and B4 over plain rows.

Nothing here asks `engine/domain/access`; where the two disagree, one of them is wrong.

A case is seen by who answers for it (coordinator, deputy, co-coordinator, the owner unit's people),
by whoever is announced to take it over, by the units and people that take part in it, and by who has
a task of it now. An outside partner sees it by the citizen's consent alone, a process owner never.
Leaders, the committee and the lawyer see a case while they decide in it. Whoever stands in for an
absent colleague sees what they see.
"""

from __future__ import annotations

import json
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.barrier.oracle import Oracle

CASEWORKERS = {"sagsbehandler", "koordinator", "fs_sagsbehandler", "jurist", "partner"}
LEADERS = {"leder", "chef"}
QUEUE_OF_ROLE = {
    "udvalg": "udvalg",
    "udvalg_formand": "udvalg-formand",
    "udvalg_sekretaer": "udvalg-sekretaer",
    "jurist": "jurist",
}
SEEN_TYPES = {"koordinering", "fremskudt", "andet"}
IN_FORCE = {"givet", "aendret"}
UNFINISHED = {"open", "held"}
SHARED = {"opfoelgning"}

# The parts of a case, and who sees which of them.
ALL = set(
    "personer henvisning samtykker plan indsatser bevillinger moeder notater breve opgaver historik".split()
)
OF_A_UNIT = ALL - {"henvisning", "notater", "breve", "historik"}
OF_AN_APPROVER = ALL - {"moeder", "notater", "breve", "historik"}
OF_THE_COMMITTEE = {"personer", "plan", "indsatser", "bevillinger"}
OF_THE_LAWYER = {"personer", "bevillinger", "breve", "opgaver", "historik"}
OF_A_PARTNER = {"plan"}
#: Why the committee's people take part while an item of the case is before them.
ON_THE_AGENDA = "punkt på udvalgets dagsorden"
#: Which fields of life a kind of information in a consent is about.
FIELDS = {
    "helbred": {"helbred_fysisk", "helbred_psykisk"},
    "misbrug": {"misbrug"},
    "familie": {"familie"},
    "oekonomi": {"forsoergelse"},
    "uddannelse": {"uddannelse"},
    "bolig": {"bolig"},
}

#: Which parts of a case open each kind of words in it; what is not named lies with the whole case.
OPENED_BY: dict[str, set[str]] = {
    "brev": {"breve"},
    "brevtekst": {"breve"},
    "plantekst": {"indsatser", "breve"},
    "planord": {"indsatser", "breve"},
    "indsatsord": {"indsatser", "breve"},
    "maalord": {"indsatser", "breve"},
    "sagsrolle": {"personer"},
    "samtykke": {"samtykker"},
    "frist": {"opgaver"},
    "deltager": {"moeder"},
    "ansoegning": {"bevillinger"},
    "bevilling": {"bevillinger"},
    "hoering": {"bevillinger"},
    "udtalelse": {"bevillinger"},
    "udvalg": {"bevillinger"},
}
#: Words of no case.
OF_NO_CASE = {"import", "visning", "ramme"}

#: Words of a person, who may be in many cases.
OF_SOMEBODY = {"borger", "paaroerende", "sikkerhed"}


class Person:
    """One user's eyes."""

    def __init__(self, oracle: Oracle, username: str):
        self.oracle, self.name, day = oracle, username, oracle.today
        self.me = {username} | {
            row.username
            for row in oracle.rows.absences
            if row.deputy == username and row.first_day <= day <= row.last_day
        }
        held = [
            row
            for row in oracle.rows.roles
            if row.username in self.me
            and (row.valid_from is None or row.valid_from <= day)
            and (row.valid_to is None or row.valid_to >= day)
        ]
        at = {row.unit for row in held if row.role in CASEWORKERS}
        self.led = {row.unit for row in held if row.role in LEADERS}
        self.inner, self.outer = at - oracle.partners, at & oracle.partners
        owners = {row.unit for row in held if row.role == "procesejer"}
        # A process owner works the tasks of the rules and sees no citizen's case.
        self.employed = {row.unit for row in held} - oracle.partners
        self.blind = (owners - self.inner) | self.outer
        self.open_desks = (
            (self.inner | self.led | {f"{unit}-leder" for unit in self.led})
            | {QUEUE_OF_ROLE[row.role] for row in held if row.role in QUEUE_OF_ROLE}
        ) - self.blind
        self.desks = self.open_desks | self.blind
        self._parts: dict[str, frozenset[str]] = {}

    # --- tasks ------------------------------------------------------------------------------------

    def lies_with_me(self, task) -> bool:
        """Whether the task, done or not, is this person's to work; none in a locked case."""
        case = self.oracle.case[task.case_id]
        if case.locked:
            return False
        desk, answers = _place(task, case)
        mine = desk in self.desks or answers in self.me or task.assignee in self.me
        return bool(mine or self._shared(task, case))

    def opens_case(self, task) -> bool:
        """Whether having this task lets one see what the case is about."""
        case = self.oracle.case[task.case_id]
        desk, answers = _place(task, case)
        if task.state not in UNFINISHED or case.locked:
            return False
        if desk in self.blind:
            return False
        return desk in self.desks or answers in self.me or task.assignee in self.me

    def answers(self, task) -> bool:
        """Whether the task is this person's by a role in the case."""
        return _place(task, self.oracle.case[task.case_id])[1] in self.me

    def _shared(self, task, case) -> bool:
        if task.queue != "koordinator" or task.process not in SHARED:
            return False
        return self._appointed(case, {"medkoordinator"})

    # --- cases ------------------------------------------------------------------------------------

    def _appointed(self, case, roles: set[str]) -> bool:
        return any(
            row.role in roles
            and row.username in self.me
            and row.valid_to is None
            and (row.until is None or row.until >= self.oracle.today)
            for row in self.oracle.of("appointments", case.id)
        )

    def answers_for(self, case) -> bool:
        return (
            case.koordinator in self.me
            or case.stedfortraeder in self.me
            or case.owner_unit in self.inner
            or self._appointed(case, {"medkoordinator", "kommende"})
        )

    def takes_part(self, case) -> set[str]:
        """The reasons for which this person, or their unit, takes part in the case today."""
        day = self.oracle.today
        return {
            row.why
            for row in self.oracle.of("involvements", case.id)
            if row.valid_from <= day
            and (row.valid_to is None or row.valid_to > day)
            and (row.unit in self.inner or row.username in self.me)
        }

    def consented(self, case) -> list:
        """The consents that let this person's own partner organisation know."""
        return [
            row
            for row in self.oracle.of("consents", case.id)
            if row.kind == "videregivelse"
            and row.state in IN_FORCE
            and row.counterpart in self.outer
        ]

    def parts(self, case) -> frozenset[str]:
        """The parts of the case that exist for this person; none where the case does not."""
        if case.id not in self._parts:
            self._parts[case.id] = frozenset(self._see(case))
        return self._parts[case.id]

    def _see(self, case) -> set[str]:
        if case.locked or case.type not in SEEN_TYPES:
            return set()
        if self.answers_for(case):
            return ALL
        seen: set[str] = set()
        for why in self.takes_part(case):
            seen |= OF_THE_COMMITTEE if why == "punkt på udvalgets dagsorden" else OF_A_UNIT
        if self.consented(case):
            seen |= OF_A_PARTNER
        for task in self.oracle.of("work_items", case.id):
            if self.opens_case(task):
                seen |= _of_queue(task.queue)
        return seen

    def sees(self, case) -> bool:
        return bool(self.parts(case))

    def whole(self, case) -> bool:
        return "notater" in self.parts(case)

    # --- what lies on a case ----------------------------------------------------------------------

    def paper(self, row) -> bool:
        """A note or a document: all of them near the case, a unit's own, some parts of documents."""
        case = self.oracle.case[row.case_id]
        if not self.sees(case):
            return False
        own = row.author in self.me or row.unit in self.inner
        return own or getattr(row, "part", "notater") in self.parts(case)

    def meeting(self, row) -> bool:
        case = self.oracle.case[row.case_id]
        invited = any(
            one.meeting_id == row.id and one.light == "groen" and one.who in self.inner | self.outer
            for one in self.oracle.rows.invitees
        )
        return self.whole(case) or (self.sees(case) and (invited or row.called_by in self.me))

    def delegated(self, row) -> bool:
        """Whoever may decide, and the leaders of the unit that lets them, without seeing the case."""
        case = self.oracle.case[row.case_id]
        exists = not case.locked and case.type in SEEN_TYPES
        return exists and (row.username in self.me or row.unit in self.led)

    def citizens(self, case) -> set[str]:
        """Whose names this person may know: of a family a partner knows those who said yes."""
        seen = self.parts(case)
        if not seen:
            return set()
        if seen == OF_A_PARTNER:
            return {row.person_id for row in self.consented(case)}
        return {row.person_id for row in self.oracle.of("parties", case.id)}

    def plan_keys(self, case) -> set[str]:
        """The goals and efforts of the plan that this person may read."""
        seen = self.parts(case)
        plans = [row for row in self.oracle.rows.plans if row.case_id == case.id]
        if "indsatser" in seen or "breve" in seen:
            return {
                row["noegle"]
                for plan in plans
                for kind in ("maal", "indsatser")
                for row in json.loads(plan.content)[kind]
            }
        if "plan" not in seen:
            return set()
        opened = defaultdict(set)
        for row in self.consented(case):
            for kind in json.loads(row.data_types or "[]"):
                opened[row.person_id] |= FIELDS[kind]
        everybody = [
            row.person_id for row in self.oracle.of("parties", case.id) if row.role == "borger"
        ]
        found: set[str] = set()
        for plan in plans:
            if plan.state == "accepteret":
                found |= self._shared_keys(json.loads(plan.content), opened, everybody)
        return found

    def _shared_keys(self, content, opened, everybody) -> set[str]:
        goals = set()
        for row in content["maal"]:
            about = [row["person"]] if row.get("person") else everybody
            if about and all(row.get("domaene") in opened[person] for person in about):
                goals.add(row["noegle"])
        efforts = {
            row["noegle"]
            for row in content["indsatser"]
            if row.get("enhed") in self.outer or (row["maal"] and set(row["maal"]) <= goals)
        }
        return goals | efforts

    # --- canaries ---------------------------------------------------------------------------------

    def may_read(self, canary) -> bool:
        """Whether the word may stand on a page that this person is sent."""
        part, row = canary.part, canary.row
        if part in OF_NO_CASE:
            return self._owns(part, row)
        case = self.oracle.case[canary.case_id]
        seen = self.parts(case)
        if part == "opgave":
            # Beside a task stands why it is here: the steps before it.
            mine = self.lies_with_me(self.oracle.task[row])
            return mine or bool(seen & {"opgaver", "historik"}) or self.decides_in(case)
        if part in ("bero", "kladde"):
            return self.lies_with_me(self.oracle.task[row])
        if part in OF_SOMEBODY:
            return self._knows(row, part)
        if part == "delegation":
            return self.delegated(_found(self.oracle.rows.delegations, row))
        if part == "indsats" and self.works_at(row, case):
            return True
        if not seen:
            return False
        match part:
            case "frist" if self.has_task_in(case):
                return True
            case "svar":
                task = self.oracle.task.get(row)
                return self.whole(case) or (task is not None and self.lies_with_me(task))
            case "maal" | "indsats":
                return row in self.plan_keys(case)
            case "note":
                return self.paper(_found(self.oracle.rows.notes, row))
            case "dokument":
                return self.paper(_found(self.oracle.rows.documents, row))
            case "moede" | "referat":
                meeting = self.oracle.meeting[row]
                return self.meeting(meeting) and (part == "moede" or "moeder" in seen)
        return bool(seen & OPENED_BY.get(part, {"notater"}))

    def works_at(self, effort: str, case) -> bool:
        """Whether a task of this person's is about the effort: its form says which, and no more."""
        tasks = self.oracle.of("work_items", case.id)
        return any(task.item == effort and self.lies_with_me(task) for task in tasks)

    def decides_in(self, case) -> bool:
        """Whether an open task of the case is this person's and lets them see what it is about."""
        return any(self.opens_case(task) for task in self.oracle.of("work_items", case.id))

    def has_task_in(self, case) -> bool:
        """Whether any task of the case, done or not, is this person's."""
        return any(self.lies_with_me(task) for task in self.oracle.of("work_items", case.id))

    def _owns(self, part: str, row: str) -> bool:
        """What is of no case: a file, a view, a unit's frame, which everybody who works here reads."""
        if part == "ramme":
            return bool(self.employed)
        return row == self.name

    def _knows(self, person_id: str, part: str) -> bool:
        """Whether one of the cases that the citizen or relative is in tells this person of them."""
        for row in self.oracle.rows.parties:
            case = self.oracle.case[row.case_id]
            if row.person_id != person_id:
                continue
            if self.parts(case) & {"personer", "breve"}:
                return True
            named = row.role == "borger" and part != "sikkerhed"
            if named and person_id in self.citizens(case):
                return True
        return False

    @cached_property
    def days_ahead(self) -> set[str]:
        """When something is due in the open cases of this person and of the unit they work in."""
        mine = {
            case.id
            for case in self.oracle.rows.cases
            if self.sees(case)
            and (
                case.koordinator in self.me
                or case.stedfortraeder in self.me
                or case.owner_unit in self.inner
            )
        }
        return {row.due for row in self.oracle.rows.deadlines if row.case_id in mine}

    # --- what lies near and is hidden -------------------------------------------------------------

    @cached_property
    def apart(self) -> list:
        """The tasks that are this person's, done or not, in cases that do not exist for them."""
        return [
            task
            for task in self.oracle.rows.work_items
            if self.lies_with_me(task) and not self.sees(self.oracle.case[task.case_id])
        ]

    @cached_property
    def hidden(self) -> dict[str, list[str]]:
        """Part -> its words that the person may not read, in cases that they have to do with."""
        near = {task.case_id for task in self.apart} | self._once_near()
        found = defaultdict(list)
        for canary in self.oracle.rows.canaries:
            if near & self.oracle.cases_of(canary) and not self.may_read(canary):
                found[canary.part].append(canary.word)
        return found

    def _once_near(self) -> set[str]:
        """The cases that the person, or their unit, ever took part in, was let know of or wrote in."""
        rows, mine = self.oracle.rows, self.inner | self.outer
        return (
            {
                row.case_id
                for row in rows.involvements
                if row.unit in mine or row.username in self.me
            }
            | {row.case_id for row in rows.consents if row.counterpart in mine}
            | {
                row.case_id
                for row in (*rows.notes, *rows.documents)
                if row.author in self.me or row.unit in mine
            }
        )

    def may_find(self, canary) -> bool:
        """Whether a search for the word may be answered otherwise than for a word of nobody's."""
        return self.may_read(canary)


def _found(rows: list, id_: str):
    return next(row for row in rows if row.id == id_)


def _of_queue(queue: str) -> set[str]:
    if queue == "jurist":
        return OF_THE_LAWYER
    if queue in ("udvalg", "udvalg-formand", "udvalg-sekretaer"):
        return OF_THE_COMMITTEE
    return OF_AN_APPROVER if queue.endswith("-leder") else OF_A_UNIT


def _place(task, case) -> tuple[str | None, str | None]:
    """(the desk that the task lies on, the person who answers for it)."""
    queue, owner = task.queue, case.owner_unit
    if queue == "koordinator":
        if case.koordinator:
            return None, case.koordinator
        return owner, case.stedfortraeder
    by_case = {
        "stedfortraeder": (None, case.stedfortraeder),
        "ejer": (owner, None),
        "ejer-leder": (f"{owner}-leder" if owner else None, None),
        "henviser": (case.referred_by, None),
    }
    desk, person = by_case.get(queue, (queue, None))
    return desk or None, person or None

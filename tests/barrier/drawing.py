"""Random grants: who holds which role, is away, coordinates, takes part and has been agreed to."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from types import SimpleNamespace
from uuid import UUID

from engine.domain import access, plan
from tests.barrier.adding import DOCUMENT_PARTS
from tests.barrier.person import ON_THE_AGENDA, UNFINISHED
from tests.barrier.world import KINDS_OF_INFORMATION, PARTNERS, Connection

ROLES = (
    "sagsbehandler",
    "koordinator",
    "fs_sagsbehandler",
    "leder",
    "chef",
    "jurist",
    "procesejer",
    "revisor",
    "administrator",
    "udvalg_medlem",
    "udvalg",
    "udvalg_formand",
    "udvalg_sekretaer",
)
REASONS = ("proevet", "proevet", ON_THE_AGENDA)
QUEUES = (
    "koordinator stedfortraeder ejer ejer-leder henviser udvalg udvalg-formand udvalg-sekretaer "
    "jurist jurist jurist PRO JOB FAM MIS KUI KUI-leder VOK-leder X-SKO X-GP X-RPS X-POL"
).split()
#: Fields of life that a goal may be about: those of `KINDS_OF_INFORMATION`, and one of none of them.
FIELDS = (
    "helbred_fysisk",
    "misbrug",
    "familie",
    "uddannelse",
    "bolig",
    "forsoergelse",
    "beskaeftigelse",
)
#: Roles that reach the shared budget and the committee, whoever holds them.
LEADING = ("leder", "chef", "udvalg_medlem", "udvalg_sekretaer", "udvalg_formand")
CITIZENS = "select person_id from parties where case_id = ? and role = 'borger' order by rowid"
#: What a task without a due date is sorted by.
NEVER = "9999-12-30 00:00:00.000000"
UNITS = ("JOB", "VOK", "FAM", "MIS", "KUI", "SSP", "PSY", "YDE")


class Drawing:
    """One random state, written straight into the rows."""

    def __init__(self, db: Connection, random_: random.Random, today: date):
        self.db, self.random, self.today = db, random_, today
        self.users = [row[0] for row in db.execute("select username from users order by username")]
        outside = (
            "select distinct username from roles join units on code = unit where partner"
            " order by username"
        )
        self.outside = [row[0] for row in db.execute(outside)]
        self.cases = [
            SimpleNamespace(id=row[0], type=row[1], owner_unit=row[2])
            for row in db.execute("select id, type, owner_unit from cases order by nummer")
        ]

    def draw(self) -> None:
        for act in (self._cases, self._involved, self._consents, self._shared, self._roles):
            act()
        for act in (self._absences, self._tasks, self._papers, self._plans, self._committee):
            act()
        self._delegations()
        self.db.commit()

    # --- dice -------------------------------------------------------------------------------------

    def one_in(self, number: int) -> bool:
        return self.random.randrange(number) == 0

    def user(self) -> str:
        return self.random.choice(self.users)

    def near(self) -> str:
        """A day about today: half of them are the very edge of a period."""
        days = self.random.choice((0, 0, -1, -1, 1, -30, 30))
        return (self.today + timedelta(days=days)).isoformat()

    def id(self) -> str:
        return str(UUID(int=self.random.getrandbits(128), version=4))

    # --- rows -------------------------------------------------------------------------------------

    def _cases(self) -> None:
        for case in self.cases:
            changed = {}
            if self.one_in(3):
                changed["koordinator"] = self.random.choice((None, self.user()))
            if self.one_in(3):
                changed["stedfortraeder"] = self.random.choice((None, self.user()))
            if self.one_in(3):
                changed["owner_unit"] = self.random.choice(UNITS)
            if self.one_in(3):
                changed["referred_by"] = self.random.choice(UNITS + PARTNERS)
            changed["locked"] = int(self.one_in(6))
            assigned = ", ".join(f"{name} = ?" for name in changed)
            self.db.execute(
                f"update cases set {assigned} where id = ?", (*changed.values(), case.id)
            )

    def _involved(self) -> None:
        self.db.execute(
            "update involvements set valid_to = ? where rowid % 2 = ?",
            (self.near(), self.random.randrange(2)),
        )
        for case in self.cases:
            for _ in range(self.random.randrange(3)):
                by_unit = self.random.random() < 0.6
                unit = self.random.choice(UNITS + PARTNERS) if by_unit else None
                ends = self.random.choice((None, self.near()))
                row = (unit, None if by_unit else self.user(), self.near(), ends)
                self.db.execute(
                    "insert into involvements (id, case_id, why, unit, username, valid_from,"
                    " valid_to) values (?, ?, ?, ?, ?, ?, ?)",
                    (self.id(), case.id, self.random.choice(REASONS), *row),
                )

    def _consents(self) -> None:
        self.db.execute("delete from consents where kind = 'videregivelse'")
        citizens = self.db.execute(
            "select case_id, person_id from parties where role = 'borger'"
            " group by case_id, person_id order by min(rowid)"
        ).fetchall()
        columns = (
            "id, case_id, person_id, kind, counterpart, data_types, purpose, state, given_at,"
            " consequence_told, given_by"
        )
        for case_id, person_id in citizens:
            for partner in PARTNERS:
                if self.one_in(2):
                    continue
                state = self.random.choice(
                    (
                        "givet",
                        "givet",
                        "aendret",
                        "tilbagekaldt",
                        "udloebet",
                        "bortfaldet",
                        "udkast",
                    )
                )
                kinds = self.random.sample(KINDS_OF_INFORMATION, self.random.randrange(1, 4))
                self.db.execute(
                    f"insert into consents ({columns}) values (?,?,?,'videregivelse',?,?,?,?,?,1,?)",
                    (
                        self.id(),
                        case_id,
                        person_id,
                        partner,
                        json.dumps(kinds),
                        "proevet",
                        state,
                        "2026-12-01 08:00:00.000000",
                        '["borger"]',
                    ),
                )

    def _shared(self) -> None:
        for case in self.cases:
            if not self.one_in(3):
                continue
            self.db.execute(
                "insert into appointments (id, case_id, username, role, valid_from, valid_to,"
                " until, appointed_by) values (?, ?, ?, ?, ?, ?, ?, 'koordinator-1')",
                (
                    self.id(),
                    case.id,
                    self.user(),
                    self.random.choice(("medkoordinator", "kommende")),
                    "2026-12-01",
                    self.random.choice((None, None, self.near())),
                    self.random.choice((None, self.near())),
                ),
            )

    def _roles(self) -> None:
        for (id_,) in self.db.execute("select id from roles order by rowid").fetchall():
            if self.one_in(6):
                column = self.random.choice(("valid_from", "valid_to"))
                self.db.execute(f"update roles set {column} = ? where id = ?", (self.near(), id_))
        # Somebody from outside who leads, too: no role of theirs opens a case.
        given = [(self.user(), self.random.choice(ROLES)) for _ in range(8)]
        given += [(self.random.choice(self.outside), role) for role in LEADING]
        for username, role in given:
            self.db.execute(
                "insert into roles (id, username, unit, role, valid_from, valid_to)"
                " values (?, ?, ?, ?, ?, ?)",
                (
                    self.id(),
                    username,
                    self.random.choice(UNITS),
                    role,
                    self.random.choice((None, self.near())),
                    self.random.choice((None, self.near())),
                ),
            )

    def _absences(self) -> None:
        for _ in range(6):
            first, last = sorted((self.near(), self.near()))
            self.db.execute(
                "insert into absences (id, username, deputy, first_day, last_day)"
                " values (?, ?, ?, ?, ?)",
                (self.id(), self.user(), self.user(), first, last),
            )

    def _tasks(self) -> None:
        """Some tasks lie elsewhere, with somebody else, or are open again; rows as saving keeps them."""
        names = "id, owner_unit, koordinator, stedfortraeder, referred_by, locked"
        cases = {
            row[0]: SimpleNamespace(**dict(zip(names.split(", "), row, strict=True)))
            for row in self.db.execute(f"select {names} from cases")
        }
        today = f"{self.today} 08:00:00.000000"
        query = "select id, case_id, queue, state, due_at from work_items order by rowid"
        for id_, case_id, queue, state, due in self.db.execute(query).fetchall():
            case = cases[case_id]
            if self.one_in(5):
                queue = self.random.choice(QUEUES)
            assignee = self._somebody()
            if state == "done" and self.one_in(8):
                state = self.random.choice(("open", "held"))
            if state in UNFINISHED and self.one_in(2):
                due = self._midnight()
            # What is done lies where it lay, also when the case is locked later.
            lay = SimpleNamespace(**vars(case) | {"locked": case.locked and state in UNFINISHED})
            desk, person = access.place(queue, lay)
            self.db.execute(
                "update work_items set queue = ?, assignee = ?, state = ?, desk = ?, person = ?,"
                " due_at = ?, sort_at = ?,"
                " completed_at = iif(completed_at is null, null, ?) where id = ?",
                (queue, assignee, state, desk, person, due, due or NEVER, today, id_),
            )

    def _somebody(self) -> str | None:
        """Whom a task was given to by name: one in six to anybody, one in six to an outsider."""
        drawn = self.random.randrange(6)
        return (
            self.user() if drawn == 0 else self.random.choice(self.outside) if drawn == 1 else None
        )

    def _midnight(self) -> str:
        """A day near today, as a due date of whole days is kept."""
        day = date.fromisoformat(self.near()) - timedelta(days=1)
        return f"{day.isoformat()} 23:00:00.000000"

    def _papers(self) -> None:
        for table in ("notes", "documents"):
            for (id_,) in self.db.execute(f"select id from {table} order by rowid").fetchall():
                if self.one_in(3):
                    unit = self.random.choice((None, *UNITS))
                    self.db.execute(
                        f"update {table} set unit = ?, author = ? where id = ?",
                        (unit, self.user(), id_),
                    )
        for (id_,) in self.db.execute("select id from documents order by rowid").fetchall():
            part = self.random.choice(DOCUMENT_PARTS)
            self.db.execute("update documents set part = ? where id = ?", (part, id_))
        for (id_,) in self.db.execute("select id from meetings order by rowid").fetchall():
            if self.one_in(3):
                self.db.execute(
                    "update meetings set called_by = ? where id = ?", (self.user(), id_)
                )

    def _plans(self) -> None:
        """What each goal is about, and which of a family it is for."""
        query = "select id, case_id, content from plans order by rowid"
        for id_, case_id, text in self.db.execute(query).fetchall():
            citizens = [row[0] for row in self.db.execute(CITIZENS, (case_id,))]
            content = json.loads(text)
            for goal in content["maal"]:
                goal["domaene"] = self.random.choice(FIELDS)
                goal["person"] = self.random.choice((None, *citizens))
            for effort in content["indsatser"]:
                if self.one_in(3):
                    effort["enhed"] = self.random.choice(UNITS + PARTNERS)
            self.db.execute(
                "update plans set content = ?, content_hash = ? where id = ?",
                (json.dumps(content), plan._hash(content), id_),
            )

    def _delegations(self) -> None:
        """Each of some unit, to somebody, for a while."""
        query = "select id from delegations order by rowid"
        for (id_,) in self.db.execute(query).fetchall():
            first, last = sorted((self.near(), self.near()))
            self.db.execute(
                "update delegations set username = ?, unit = ?, valid_from = ?, valid_to = ?"
                " where id = ?",
                (self.user(), self.random.choice(UNITS), first, last, id_),
            )

    def _committee(self) -> None:
        """Who sits at each meeting; some of them have no part in the cases on its agenda."""
        sitting = (
            "select distinct username from roles where role = 'udvalg_medlem' order by username"
        )
        able = [row[0] for row in self.db.execute(sitting)]
        for (id_,) in self.db.execute(
            "select id from committee_meetings order by rowid"
        ).fetchall():
            members = self.random.sample(able, min(5, len(able)))
            self.db.execute(
                "update committee_meetings set members = ? where id = ?",
                (json.dumps(sorted(members)), id_),
            )

"""Random requests against every route of the site."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from werkzeug.routing import Rule

from engine.queries.figures.figure import FIGURES
from tests.barrier.answering import answers
from tests.barrier.expecting import expected, row_of
from tests.barrier.oracle import Oracle
from tests.barrier.person import Person

#: Routes that no case stands behind.
ELSEWHERE = {
    "static": "the style sheets and scripts",
    "sign_in.show": "the door; tests/web/test_signing_in.py",
    "sign_in.enter": "the door; tests/web/test_signing_in.py",
    "sign_in.leave": "the door; tests/web/test_signing_in.py",
}
#: Pages that tell of many cases, or of none: to read them opens no case.
LISTS = {
    "/": "leads to the inbox",
    "/budget": "sums of the municipality's lines",
    "/budget.csv": "the same as a file",
    "/budget/forslag": "who waits for money, each with a link to its case",
    "/budget/<linje>": "sums, and movements with a link to their case",
    "/budget/<linje>/bidrag": "the line's page drawn anew, with what was wrong",
    "/budget/<linje>/forbrug": "the line's page drawn anew, with what was wrong",
    "/budget/<linje>/ramme": "the line's page drawn anew, with what was wrong",
    "/budget/<linje>/bevaegelser": "movements, each with a link to its case",
    "/budget/<linje>/bevaegelser.csv": "movements, with the numbers of cases",
    "/budget/<linje>/tal/<tal>": "what a sum is made of, each with a link to its case",
    "/beskeder": "what happened, each with a link to its case",
    "/beskeder/antal": "a number",
    "/enheder/<kode>/ramme": "a unit's own text",
    "/delegationer": "what one may decide, each with a link to its case",
    "/fravaer": "colleagues",
    "/gaa-til": "hits",
    "/henvis": "an empty form, with the name of whom one has just registered",
    "/henvis/formular": "the same form with what one has typed",
    "/kalender": "days, each with a link to its case",
    "/kalender/<token>.ics": "days, to the calendar of the one who asked for it",
    "/noegletal/<noegletal>": "the cases behind a number, each with a link",
    "/noter": "hits",
    "/opgaver": "the inbox",
    "/opgaver/filtre": "the inbox' numbers",
    "/opgaver/valgte/<handling>": "the tasks that one has just chosen in the inbox",
    "/overfoer": "a file of one's own",
    "/overfoer/fil/<import_id>": "a file of one's own",
    "/overfoer/sag": "a form of one's own",
    "/personer": "people that one may refer",
    "/personer/find": "hits",
    "/sager": "hits",
    "/udvalg": "the committee's meetings",
    "/udvalg/<committee_meeting_id>": "an agenda: titles, each with a link to its item",
}
#: Lists that are held against what the oracle would list.
LISTED = {"/opgaver", "/sager"}
#: What a page is asked with that leads to nothing stored, and why it is not drawn.
HARMLESS = {
    "_behold": "the mark of a draft of the task itself",
    "_brug": "the tab of a draft of the task itself",
    "_fane": "the tab of a draft of the task itself",
    "_fjern": "a row of one's own form",
    "_oven_paa": "the marks of drafts of the task itself",
    "_tilfoej": "a row of one's own form",
    "liste": "an address of ours to go back to; tests/web/test_signing_in.py",
    "tilbage": "an address of ours to go back to; tests/web/test_signing_in.py",
}
TABS = ("mine", "ikke_fordelt", "kolleger", "bero", "loest")
#: Where a task is answered.
ANSWERED = ("/opgaver/<task_id>", "/opgaver/<task_id>/ret")
#: Pages with a field for words.
SEARCHES = ("/opgaver", "/opgaver/filtre", "/sager", "/gaa-til", "/noter")
#: A number, an id and a word that nothing bears, of the shape of those that something does.
NO_NUMBER = "2026-9999"


@dataclass
class Asked:
    """One request. `twin` is the same of something that was never there, where there is such."""

    method: str
    rule: str
    path: str
    query: dict = field(default_factory=dict)
    form: dict = field(default_factory=dict)
    twin: Asked | None = None
    expected: frozenset[int] | None = None
    partial: bool = False

    @property
    def sought(self) -> str:
        """The word that is looked for; empty where none is."""
        return str(self.query.get("ord") or self.form.get("navn") or "")

    def __str__(self) -> str:
        told = " ".join(f"{name}={value}" for name, value in (self.query | self.form).items())
        return f"{self.method} {self.path} {told}".strip()


class Asker:
    """Fills the addresses of a user's requests from the rows there are."""

    def __init__(self, rules: list[Rule], oracle: Oracle, random_: random.Random, tokens: list):
        self.rules = [rule for rule in rules if rule.endpoint not in ELSEWHERE]
        self.oracle, self.random, self.tokens = oracle, random_, tokens
        rows = oracle.rows
        self.citizens = [row.word for row in rows.canaries if row.part == "borger"]
        self.words = [row.word for row in rows.canaries]
        self.values: dict[str, Callable[[], tuple[str, str]]] = {
            "task_id": lambda: (self.random.choice(rows.work_items).id, str(self.no_id())),
            "document_id": lambda: (self.random.choice(rows.documents).id, str(self.no_id())),
            "note_id": lambda: (self.random.choice(rows.notes).id, str(self.no_id())),
            "meeting_id": lambda: (self.random.choice(rows.meetings).id, str(self.no_id())),
            "journal_no": lambda: (
                self.random.choice(rows.letters).journal_no,
                f"{NO_NUMBER}-B001",
            ),
            "message": lambda: self._same(self.random.choice(MESSAGES)),
            "process": lambda: self._same(self.random.choice(PROCESSES)),
            "committee_meeting_id": lambda: self._same(self._one_of(rows.committee_meetings)[0]),
            "number": lambda: self._same(self.random.choice(("1", "1", "2", "9"))),
            "view_id": lambda: self._one_of(rows.saved_views),
            "absence_id": lambda: self._same(self._one_of(rows.absences)[0]),
            "delegation_id": lambda: self._one_of(rows.delegations),
            "feed_id": lambda: self._one_of(rows.calendar_feeds),
            "import_id": lambda: self._one_of(rows.imports),
            "kode": lambda: self._same(self.random.choice((*UNITS, "X-SKO", "XXX"))),
            "noegletal": lambda: self._same(self.random.choice((*sorted(FIGURES), "X"))),
            "filtype": lambda: self._same(self.random.choice(("csv", "xlsx", "doc"))),
            "incident_id": lambda: self._same("1"),
            "trin": lambda: self._same(self.random.choice(("find", "taster", "tag", "xxx"))),
            "linje": lambda: self._same(
                self.random.choice((*(row.line for row in rows.budget_lines), "mis-2026", "xxx"))
            ),
            "tal": lambda: self._same(self.random.choice(("reserveret", "bevilget", "fri", "xxx"))),
            "indstilling_id": lambda: (
                self.random.choice(rows.applications).id,
                str(self.no_id()),
            ),
            "handling": lambda: self._same(self.random.choice(("bero", "giv"))),
            "token": lambda: self._same(self.random.choice(tokens) if tokens else "x"),
        }

    @staticmethod
    def _same(value: str) -> tuple[str, str]:
        return value, value

    def _one_of(self, rows: list) -> tuple[str, str]:
        return self.random.choice(rows).id if rows else str(self.no_id()), str(self.no_id())

    def no_id(self) -> UUID:
        return UUID(int=self.random.getrandbits(128), version=4)

    def ask(self, person: Person, rule: Rule) -> Asked:
        return self.of(person, rule, *self.filled(rule))

    def of(self, person: Person, rule: Rule, real: dict, none: dict) -> Asked:
        """A request for what is named, and its twin for what was never there."""
        method = "GET" if "GET" in rule.methods else "POST"
        query, nothing = self._query(person, rule, real)
        form = self._form(person, rule, real) if method == "POST" else {}
        sought = form | {"navn": _unborne(form["navn"])} if "foedt" in form else None
        if sought == form:
            sought = None  # somebody that a trial has registered
        asked = Asked(method, rule.rule, _address(rule, real), query, form)
        asked.partial = self.random.random() < 0.2
        if self._is_hidden(person, rule, real) and real != none:
            asked.twin = Asked(
                method, rule.rule, _address(rule, none), query, form, partial=asked.partial
            )
        elif nothing is not None:
            asked.twin = Asked(method, rule.rule, asked.path, nothing, form, partial=asked.partial)
        elif sought is not None:
            asked.twin = Asked(method, rule.rule, asked.path, {}, sought, partial=asked.partial)
        if method == "GET":
            asked.expected = expected(person, rule.rule, real)
        return asked

    # --- addresses --------------------------------------------------------------------------------

    def filled(self, rule: Rule) -> tuple[dict[str, str], dict[str, str]]:
        """Values for the rule's arguments, and the same of what was never there."""
        real: dict[str, str] = {}
        none: dict[str, str] = {}
        for name in sorted(rule.arguments - {"nummer"}):
            assert name in self.values, (
                f"{rule.rule}: say in tests/barrier/asking.py what {name} is"
            )
            real[name], none[name] = self.values[name]()
        if "nummer" in rule.arguments:
            real["nummer"], none["nummer"] = self._number(real), NO_NUMBER
        return real, none

    def _number(self, real: dict[str, str]) -> str:
        """The number of the case it lies on; now and then of another."""
        row = row_of(self.oracle, real)
        if row is None or self.random.randrange(8) == 0:
            return self.random.choice(self.oracle.rows.cases).nummer
        return self.oracle.case[row.case_id].nummer

    def _query(self, person: Person, rule: Rule, real: dict) -> tuple[dict, dict | None]:
        """What stands behind the question mark; and the same with words that nothing bears."""
        choice, query = self.random.choice, {}
        if "GET" not in rule.methods:
            return {}, None
        if rule.rule.startswith("/opgaver") and not rule.arguments:
            query = {"fane": choice(TABS)}
            for name, values in FILTERS.items():
                if self.random.randrange(5) == 0:
                    query[name] = choice(values)
            if self.random.randrange(4) == 0:
                query["filtre"] = "1"
            if self.random.randrange(4) == 0:
                task, way = choice(self.oracle.rows.work_items), choice(("efter", "foer"))
                query |= {way: f"{choice((0, 1_800_000_000_000_000))}-{task.id}", "nr": "51"}
            if self.random.randrange(5) == 0:
                query["type"] = choice(self.oracle.rows.work_items).name
        if rule.rule == "/sager/<nummer>":
            query = choice(({}, {"noter": "1"}, {"note": choice(self.words)}))
        if rule.rule.endswith("/historik"):
            query = choice(({}, {"foer": "30"}))
        if rule.rule.endswith("/forloeb"):
            query = choice(({}, {"del": choice(PROCESSES)}))
        if rule.rule == "/sager":
            query = choice(({}, {"foer": choice(self.oracle.rows.cases).nummer}))
        if rule.rule == "/opgaver/valgte/<handling>":
            query["opgave"] = [choice(self.oracle.rows.work_items).id for _ in range(3)]
            query["opgave"] += [task.id for task in self._some(person.apart)]
        if rule.rule == "/kalender":
            query = {"vis": choice(("mine", "enhed")), "uger": choice(("6", "52"))}
        if rule.rule.startswith("/budget"):
            entry = self._one_of(self.oracle.rows.budget_entries)[0]
            query = choice(({}, {"aar": "2026"}, {"foer": entry}, {"enhed": choice(UNITS)}))
        if rule.rule.startswith("/noegletal"):
            whose = choice(("mine", choice(UNITS), "alle", *sorted(person.employed)))
            query = {"for": whose, "maaneder": choice(("3", "36"))}
        if rule.rule.endswith("sammenlign"):
            query = {"fra": "1", "til": choice(("1", "2"))}
        if rule.rule.endswith(("/plan", "plan.pdf")):
            query = choice(({}, {}, {"udgave": "1"}, {"udgave": "2"}, {"borger": "2"}))
        if rule.rule == "/opgaver/<task_id>" and self.random.randrange(3) == 0:
            query["ret"] = "1"
        if rule.rule == "/henvis" and self.random.randrange(3):
            query["person"] = self._person(person).id
        if rule.rule == "/fravaer":
            query["hvem"] = choice(USERS)
        if rule.rule in SEARCHES and self.random.randrange(6):
            word = choice(choice((self.citizens, self.words, self._hidden(person, rule))))
            query["ord"] = choice((word, word, word[:8], choice(self.oracle.rows.cases).nummer))
            if query["ord"] == word:
                return query, query | {"ord": _unborne(word)}
        return query, None

    def _hidden(self, person: Person, rule: Rule) -> list[str]:
        """The words that the person is likeliest to find and may not."""
        parts = ("note", "dokument") if rule.rule == "/noter" else ("borger",)
        return [word for part in parts for word in person.hidden[part]] or self.words

    def _person(self, person: Person):
        """Somebody in a case, as often as not one whom the person may not know."""
        rows = self.oracle.rows
        hidden = [row for row in rows.persons if row.name in person.hidden["borger"]]
        return self.random.choice(hidden if hidden and self.random.randrange(2) else rows.persons)

    def _referral(self, person: Person) -> dict:
        """Of somebody that there is already, or of a new citizen."""
        told = answers("henvisning") | {
            "kilde": self.random.choice(REFERRING),
            "boern_i_hjemmet": "nej",
        }
        told = {name: value for name, value in told.items() if "[" not in name}
        if self.random.randrange(2):
            told["_person"] = self._person(person).id
        else:
            told |= {"borger_navn": "Ny Borger", "borger_foedselsdato": "1990-02-01"}
        return told | {"_en_anden": "ja"}

    def _some(self, rows: list) -> list:
        return self.random.sample(rows, min(3, len(rows)))

    def _form(self, person: Person, rule: Rule, real: dict) -> dict:
        choice = self.random.choice
        # A form takes its own fields and no others.
        if rule.rule in ANSWERED and self.random.randrange(3):
            return answers(self.oracle.task[real["task_id"]].form_id) | {"_grund": "proevet"}
        if rule.rule.startswith("/henvis"):
            return self._referral(person)
        tasks = [choice(self.oracle.rows.work_items).id for _ in range(3)]
        form = dict(choice(FORMS))
        if rule.rule == "/opgaver":
            form |= {"handling": choice(("tag", "laeg_tilbage", "genoptag", "bero", "giv"))}
            form["opgave"] = tasks
        if rule.rule in ("/personer", "/personer/find"):
            somebody = self._person(person)
            form = {"navn": somebody.name, "foedt": somebody.birth_date or "1990-02-01"}
        if rule.rule == "/delegationer":
            form = {"sag": choice(self.oracle.rows.cases).nummer, "lovomraade": "LAB"}
        if rule.rule.startswith("/udvalg"):
            form |= {"resultat": "bevilget", "begrundelse": "proevet", "beloeb": "1000"}
            form |= {"stemme": "for", "mindretal": "", "vilkaar": "", "bemaerkninger": "proevet"}
            form |= {"afstemning": "1", "punkt": "1", "set": "1", "svar": "godkendt"}
        if "moeder" in rule.rule:
            form |= {"sted": "raadhus", "dag": "2027-03-01", "klokken": "10:00"}
        if rule.rule.startswith("/budget"):
            form |= {"sag": choice(self.oracle.rows.cases).nummer, "nummer": "1", "bilag": "1"}
            form |= {"betalt": "2026-11-01", "beloeb": "100", "enhed": choice(UNITS)}
            form |= {"besluttet_af": "proevet", "besluttet_den": "2026-11-01", "_form": "bidrag"}
            form |= {"aar": "2031"}
        if rule.rule == "/fravaer":
            form |= {"fra": "2027-03-01", "stedfortraeder": choice(USERS), "hvem": choice(USERS)}
        if rule.rule == "/sager/<nummer>/noter":
            form |= {"art": "notat", "med": "proevet", "id": str(self.no_id())}
        if "dokumenter" in rule.rule:
            form |= {
                "fil": (b"proevet", "proevet.txt"),
                "titel": "proevet",
                "del": "notater",
                "id": str(self.no_id()),
            }
        if rule.rule == "/beskeder/set":
            form["besked"] = f"frist:{choice(tasks)}"
        if rule.rule.startswith("/overfoer"):
            form |= {"hvilke": "alle", "raekke": ["2"]}
        form |= {"til": choice(USERS), "til_dag": "2027-03-01", "grund": "proevet"}
        if rule.rule.endswith("/bero"):
            form["til"] = "2027-03-01"
        return form

    # --- what there is ----------------------------------------------------------------------------

    def _is_hidden(self, person: Person, rule: Rule, real: dict) -> bool:
        """Whether what the address names does not exist for the person."""
        if "task_id" in real:
            return not person.lies_with_me(self.oracle.task[real["task_id"]])
        for name, rows, whose in (
            ("import_id", self.oracle.rows.imports, "by"),
            ("view_id", self.oracle.rows.saved_views, "username"),
            ("feed_id", self.oracle.rows.calendar_feeds, "username"),
        ):
            if name in real:
                return all(
                    row.id != real[name] or getattr(row, whose) != person.name for row in rows
                )
        if "delegation_id" in real:
            rows = self.oracle.rows.delegations
            return not any(
                row.id == real["delegation_id"] and person.delegated(row) for row in rows
            )
        if "nummer" not in real:
            return False
        named = [self.oracle.numbered[real["nummer"]]]
        row = row_of(self.oracle, real)
        if row is not None:
            named.append(self.oracle.case[row.case_id])
        return not any(person.sees(case) for case in named)


def _unborne(word: str) -> str:
    """A word of the same length that stands nowhere."""
    return "kanari97" + word[8:]


def _address(rule: Rule, values: dict[str, str]) -> str:
    path = rule.rule
    for name, value in values.items():
        path = path.replace(f"<{name}>", value)
    return path


MESSAGES = ("samtykke_trukket", "ny_oplysning", "borger_doed", "fraflytning", "akut")
PROCESSES = ("plan", "henvisning", "opfoelgning", "samtykke", "tilbud")
UNITS = ("KUI", "JOB", "FAM", "MIS", "VOK", "BOL")
#: Units that a referral may come from.
REFERRING = ("KUI", "JOB", "VOK", "FAM", "MIS")
USERS = ("sagsbehandler-fam", "leder-kui", "koordinator-1", "partner-x-sko", "administrator")
FILTERS = {
    "koe": ("koordinator", "FAM", "MIS", "X-SKO", "jurist", "navn", "medkoordinator"),
    "frist": ("overskredet", "i_dag", "uge", "uden"),
    "koordinator": ("koordinator-1", "koordinator-3", "sagsbehandler-vok", "ingen"),
}
FORMS = ({}, {"tekst": "proevet"}, {"navn": "proevet", "visning": "fane=mine"}, {"_grund": "x"})

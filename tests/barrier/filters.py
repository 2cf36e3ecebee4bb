"""Every call that asks who is asking, and every condition of the rule: what stands there without it.

The calls are found in the code, so none can be forgotten.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.barrier.switching import Switch

ROOT = Path(__file__).parents[2]
#: Where somebody asks, and what they call.
ASKING = (
    "engine/queries/**/*.py",
    "web/pages/*.py",
    "engine/domain/delegation.py",
    "engine/domain/papers.py",
    "engine/domain/people.py",
    "engine/domain/plan_sight.py",
)
ASKED = re.compile(
    r"\b(?:access|papers|plan_sight)\."
    r"(visible_tasks|visible_cases|whole_cases|seen_among|may_see|may|parts|by_consent_alone|knows|lanes|"
    r"unlocked|existing|answered_for|notes|documents|documents_anywhere|meetings|of)\("
)


@dataclass(frozen=True)
class Mutation:
    """A place in a file, by its offset, and what stands there instead."""

    name: str
    file: str
    at: int
    old: str
    new: str

    def switch(self) -> Switch:
        file = ROOT / self.file
        sound = file.read_text(encoding="utf-8")
        end = self.at + len(self.old)
        return Switch(file, self.at, sound[: self.at] + self.new + sound[end:])


#: Calls without which nobody is told more of a case, and why: no words follow. Each is tried, in a
#: scene of `scenes.TRIED`; what else they decide has a test of its own.
NOTHING_TOLD = {
    "pages/imports access.may_see 1": "an importer is told the number of what they brought in",
    "papers access.parts 3": "who may move a meeting that they see already; tests/queries/test_meetings",
    "papers access.parts 1": "whose a note is that one may write; tests/queries/test_notes",
    "task access.may 2": "only whether a button stands there; the verb asks again",
    "task access.may 3": "names of colleagues; the verb asks again",
}
#: Conditions inside the rule: (what it is, file, the text, the text without it).
INSIDE = (
    ("locked cases", "domain/access/seeing", "Case.locked.is_(False), ", ""),
    (
        "whose part has ended",
        "domain/access/seeing",
        "        or_(row.valid_to.is_(None), row.valid_to > today),\n",
        "",
    ),
    ("who begins tomorrow", "domain/access/seeing", "        row.valid_from <= today,\n", ""),
    (
        "a partner's task",
        "domain/access/seeing",
        "unfinished(), way, shows)",
        "unfinished(), way)",
    ),
    (
        "the unit's cases",
        "domain/access/seeing",
        "Case.owner_unit.in_(mine.inner_units)",
        "Case.id.is_not(None)",
    ),
    ("unfinished tasks", "domain/access/seeing", "where(unfinished(), way,", "where(way,"),
    (
        "whole cases",
        "domain/access/seeing",
        "        or_(*answered_for(mine), Case.id.in_(shared(mine))),\n",
        "",
    ),
    (
        "visible tasks",
        "domain/access/working",
        "            or_(in_my_queues(mine), _shared_with_me(session, mine)),\n",
        "",
    ),
    (
        "a locked case's task",
        "domain/access/working",
        "return not case.locked and (works",
        "return (works",
    ),
    (
        "a task at hand",
        "domain/access/working",
        "return desk in mine.queues or person",
        "return True or person",
    ),
    (
        "the case at hand",
        "domain/access/dividing",
        "    if not may_see(session, username, case):\n        return frozenset()\n",
        "",
    ),
    (
        "answering for it",
        "domain/access/dividing",
        "    if _answers_for(session, mine, case):\n",
        "    if True:\n",
    ),
    (
        "taking part",
        "domain/access/dividing",
        "    for why in _takes_part(session, mine, case):\n",
        "    for why in ('proevet',):\n",
    ),
    ("a partner's desk", "domain/access/dividing", " and desk not in mine.blind_units", ""),
    (
        "the committee's parts",
        "domain/access/dividing",
        "        return _OF_THE_COMMITTEE\n",
        "        return EVERY_PART\n",
    ),
    (
        "the lawyer's parts",
        "domain/access/dividing",
        "        return _OF_THE_LAWYER\n",
        "        return EVERY_PART\n",
    ),
    (
        "who is away today",
        "domain/access/reaching",
        ", Absence.first_day <= day, Absence.last_day >= day",
        "",
    ),
    (
        "roles in force",
        "domain/access/reaching",
        "and_(Role.username == User.username, organisation.in_force(Role, day))",
        "Role.username == User.username",
    ),
    ("outside partners", "domain/access/reaching", " if not row.partner}", "}"),
    ("process owners", "domain/access/reaching", "WORKERS - {RULES_ONLY}", "WORKERS"),
    (
        "consents in force",
        "domain/consent",
        "        Consent.state.in_(IN_FORCE),\n        Consent.counterpart",
        "        Consent.counterpart",
    ),
    ("whose consent", "domain/consent", "        Consent.counterpart.in_(list(units)),\n", ""),
    (
        "what kind of consent",
        "domain/plan_sight",
        "        if row.counterpart in units:\n",
        "        if True:\n",
    ),
    (
        "a partner's goals",
        "domain/plan_sight",
        'goals = [row for row in content["maal"] if self._goal(row)]',
        'goals = content["maal"]',
    ),
    (
        "co-coordinators",
        "domain/appointment",
        "    return and_(row.valid_to.is_(None), or_(row.until.is_(None), row.until >= day))",
        "    return row.id.is_not(None)",
    ),
    (
        "a unit's own papers",
        "domain/papers",
        "        or_(row.author.in_(mine.usernames), row.unit.in_(mine.inner_units)),\n",
        "",
    ),
    (
        "invited to a meeting",
        "domain/papers",
        "            or_(Meeting.id.in_(invited), Meeting.called_by.in_(mine.usernames)),\n",
        "",
    ),
    (
        "invited as a process owner",
        "domain/papers",
        "    units = mine.inner_units | mine.partner_units\n",
        "    units = mine.units\n",
    ),
    (
        "parts of documents",
        "domain/papers",
        "            Document.part.in_(seen & {NOTES, MEETINGS, GRANTS}),\n",
        "            Document.part.in_({NOTES, MEETINGS, GRANTS}),\n",
    ),
    (
        "what is said of a meeting",
        "queries/meetings",
        "    inside = access.MEETINGS in seen\n",
        "    inside = True\n",
    ),
    (
        "what others do",
        "queries/task",
        "return access.PEOPLE in self.parts",
        "return bool(self.parts)",
    ),
)


def found() -> list[Mutation]:
    """Every mutation of the code as it stands."""
    mutations = []
    for pattern in ASKING:
        for file in sorted(ROOT.glob(pattern)):
            mutations += _calls(file)
    for what, stem, old, new in INSIDE:
        file = f"engine/{stem}.py"
        at = (ROOT / file).read_text(encoding="utf-8").find(old)
        assert at >= 0, f"{what} is written otherwise now: mend INSIDE in tests/barrier/filters.py"
        mutations.append(Mutation(f"inside: {what}", file, at, old, new))
    return mutations


def _calls(file: Path) -> list[Mutation]:
    path = file.relative_to(ROOT)
    where = (
        "/".join(path.with_suffix("").parts[1:]).removeprefix("queries/").removeprefix("domain/")
    )
    number: Counter[str] = Counter()
    mutations = []
    for call in ASKED.finditer(file.read_text(encoding="utf-8")):
        called = call[0].rstrip("(")
        number[called] += 1
        name = f"{where} {called} {number[called]}"
        new = f'__import__("tests.barrier.unfiltered", fromlist=["*"]).{call[1]}('
        mutations.append(Mutation(name, str(path), call.start(), call[0], new))
    return mutations

"""Whether the trials see it when a query forgets to ask who is asking.

In a copy of the code each call that asks is sent to `unfiltered` instead, one after another, and each
condition inside the rule itself is left out; the trials are run there until they find it. The calls
are found in the code, so none can be forgotten. A table tells what each found, after how many trials.

    python -m tests.barrier.mutations             # all of them
    python -m tests.barrier.mutations notes       # those whose name holds the word
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.barrier import world

ROOT = Path(__file__).parents[2]
ROOMS = ("engine", "web", "tests", "processes", "forms")
#: So many trials, before a mutation counts as not seen.
ENOUGH = 3000
#: Where somebody asks, and what they call.
ASKING = ("engine/queries/**/*.py", "web/pages/*.py", "engine/domain/papers.py")
ASKED = re.compile(
    r"\b(?:access|papers|plan_sight)\."
    r"(visible_tasks|visible_cases|whole_cases|seen_among|may_see|may|parts|by_consent_alone|lanes|"
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

    @property
    def aim(self) -> tuple[str, ...]:
        """The beginnings of the routes that use the file; all routes where it is not said."""
        stem = Path(self.file).stem
        folder = Path(self.file).parent.name
        return AIMS.get(stem, AIMS.get(folder, ()))


#: The pages that most of the rule shows on.
WIDE = ("/opgaver", "/sager", "/noter")
#: File, or folder -> the routes that show what it finds.
AIMS = {
    "access": WIDE,
    "appointment": WIDE,
    "consent": WIDE,
    "plan_sight": ("/sager/<nummer>/plan",),
    "calendar": ("/kalender",),
    "case": ("/sager/<nummer>",),
    "course": ("/sager/<nummer>/forloeb",),
    "committee": ("/udvalg",),
    "documents": ("/sager/<nummer>",),
    "figures": ("/noegletal",),
    "handover": ("/sager/<nummer>/overdragelse",),
    "inbox": ("/opgaver",),
    "inbox_asked": ("/opgaver",),
    "inbox_chosen": ("/opgaver",),
    "inbox_next": ("/opgaver",),
    "known": ("/opgaver/<task_id>",),
    "letters": ("/sager/<nummer>/breve",),
    "meetings": ("/sager/<nummer>",),
    "news": ("/sager/<nummer>",),
    "notes": ("/sager/<nummer>", "/noter"),
    "notices": ("/beskeder",),
    "notices_due": ("/beskeder",),
    "notices_told": ("/beskeder",),
    "papers": ("/sager/<nummer>", "/noter", "/kalender"),
    "plan": ("/sager/<nummer>/plan",),
    "registered": ("/personer", "/henvis"),
    "search": ("/sager", "/gaa-til", "/opgaver"),
    "task": ("/opgaver/<task_id>",),
    "trail": ("/sager/<nummer>/historik",),
}
#: Calls that change nothing that anybody is told, and why.
NOTHING_TOLD = {
    "imports access.may_see 1": "only where the browser goes next, which asks again",
    "referral access.may_see 1": "only where the browser goes next, which asks again",
}
#: Conditions inside the rule: (what it is, file, the text, the text without it).
INSIDE = (
    ("locked cases", "access/seeing", "Case.locked.is_(False), ", ""),
    (
        "whose part has ended",
        "access/seeing",
        "        or_(row.valid_to.is_(None), row.valid_to > today),\n",
        "",
    ),
    ("who begins tomorrow", "access/seeing", "        row.valid_from <= today,\n", ""),
    (
        "a partner's task",
        "access/seeing",
        "unfinished(), way, shows)",
        "unfinished(), way)",
    ),
    (
        "the unit's cases",
        "access/seeing",
        "Case.owner_unit.in_(mine.inner_units)",
        "Case.id.is_not(None)",
    ),
    ("unfinished tasks", "access/seeing", "where(unfinished(), way,", "where(way,"),
    (
        "whole cases",
        "access/seeing",
        "        or_(*answered_for(mine), Case.id.in_(shared(mine))),\n",
        "",
    ),
    (
        "visible tasks",
        "access/working",
        "            or_(in_my_queues(mine), _shared_with_me(session, mine)),\n",
        "",
    ),
    (
        "a locked case's task",
        "access/working",
        "return not case.locked and (works",
        "return (works",
    ),
    (
        "a task at hand",
        "access/working",
        "return desk in mine.queues or person",
        "return True or person",
    ),
    (
        "the case at hand",
        "access/dividing",
        "    if not may_see(session, username, case):\n        return frozenset()\n",
        "",
    ),
    (
        "answering for it",
        "access/dividing",
        "    if _answers_for(session, mine, case):\n",
        "    if True:\n",
    ),
    (
        "taking part",
        "access/dividing",
        "    for why in _takes_part(session, mine, case):\n",
        "    for why in ('proevet',):\n",
    ),
    ("a partner's desk", "access/dividing", " and desk not in mine.partner_units", ""),
    (
        "the committee's parts",
        "access/dividing",
        "        return _OF_THE_COMMITTEE\n",
        "        return EVERY_PART\n",
    ),
    (
        "the lawyer's parts",
        "access/dividing",
        "        return _OF_THE_LAWYER\n",
        "        return EVERY_PART\n",
    ),
    (
        "who is away today",
        "access/reaching",
        ", Absence.first_day <= day, Absence.last_day >= day",
        "",
    ),
    (
        "roles in force",
        "access/reaching",
        "and_(Role.username == User.username, organisation.in_force(Role, day))",
        "Role.username == User.username",
    ),
    ("outside partners", "access/reaching", " and not row.partner}", "}"),
    ("process owners", "access/reaching", "WORKERS - {RULES_ONLY}", "WORKERS"),
    (
        "consents in force",
        "consent",
        "        Consent.state.in_(IN_FORCE),\n        Consent.counterpart",
        "        Consent.counterpart",
    ),
    ("whose consent", "consent", "        Consent.counterpart.in_(list(units)),\n", ""),
    (
        "what kind of consent",
        "plan_sight",
        "        if row.counterpart in units:\n",
        "        if True:\n",
    ),
    (
        "a partner's goals",
        "plan_sight",
        'goals = [row for row in content["maal"] if self._goal(row)]',
        'goals = content["maal"]',
    ),
    (
        "co-coordinators",
        "appointment",
        "    return and_(row.valid_to.is_(None), or_(row.until.is_(None), row.until >= day))",
        "    return row.id.is_not(None)",
    ),
    (
        "a unit's own papers",
        "papers",
        "        or_(row.author.in_(mine.usernames), row.unit.in_(mine.inner_units)),\n",
        "",
    ),
    (
        "invited to a meeting",
        "papers",
        "            or_(Meeting.id.in_(invited), Meeting.called_by.in_(mine.usernames)),\n",
        "",
    ),
    (
        "parts of documents",
        "papers",
        "            Document.part.in_(seen & {NOTES, MEETINGS, GRANTS}),\n",
        "            Document.part.in_({NOTES, MEETINGS, GRANTS}),\n",
    ),
)
#: Those that every run of the tests sees to: a page, a list, a condition of the rule.
SAMPLE = ("case/overview access.parts 1", "search access.visible_cases 1", "inside: locked cases")


def found() -> list[Mutation]:
    """Every mutation of the code as it stands."""
    mutations = []
    for pattern in ASKING:
        for file in sorted(ROOT.glob(pattern)):
            mutations += _calls(file)
    for what, stem, old, new in INSIDE:
        file = f"engine/domain/{stem}.py"
        at = (ROOT / file).read_text(encoding="utf-8").find(old)
        assert at >= 0, (
            f"{what} is written otherwise now: mend INSIDE in tests/barrier/mutations.py"
        )
        mutations.append(Mutation(f"inside: {what}", file, at, old, new))
    return mutations


def _calls(file: Path) -> list[Mutation]:
    path = file.relative_to(ROOT)
    where = "/".join(path.with_suffix("").parts[2:])
    number: Counter[str] = Counter()
    mutations = []
    for call in ASKED.finditer(file.read_text(encoding="utf-8")):
        called = call[0].rstrip("(")
        number[called] += 1
        name = f"{where} {called} {number[called]}"
        new = f'__import__("tests.barrier.unfiltered", fromlist=["*"]).{call[1]}('
        mutations.append(Mutation(name, str(path), call.start(), call[0], new))
    return mutations


def copied(folder: Path) -> Path:
    """The code without what is installed or built for the browser beside it."""
    for room in ROOMS:
        left = shutil.ignore_patterns("node_modules", "__pycache__")
        shutil.copytree(ROOT / room, folder / room, ignore=left)
    return folder


def tried(mutation: Mutation, copy: Path, built: Path, seed: int) -> tuple[bool, str]:
    """Whether the trials see the mutation, and what they say of it."""
    file = copy / mutation.file
    sound = file.read_text(encoding="utf-8")
    end = mutation.at + len(mutation.old)
    file.write_text(sound[: mutation.at] + mutation.new + sound[end:], encoding="utf-8")
    asked = ["--world", str(built), "--trials", str(ENOUGH), "--leaks", "1", "--seed", str(seed)]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tests.barrier.trial", *asked, "--routes", *mutation.aim],
            cwd=copy,
            capture_output=True,
            text=True,
        )
    finally:
        file.write_text(sound, encoding="utf-8")
    said = done.stdout.splitlines()
    seen = done.returncode == 1 and any(line.startswith("state ") for line in said)
    after = re.search(r"(\d+) trials", done.stdout)
    told = next((line for line in said if line.startswith("state ")), done.stderr[-300:])
    return seen, f"{after[1] if after else '-':>5} trials  {told[:150]}"


def main() -> None:
    from engine.settings import enter_demo

    parser = argparse.ArgumentParser()
    parser.add_argument("words", nargs="*")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--world", type=Path)
    chosen = parser.parse_args()
    enter_demo()
    unseen = []
    with tempfile.TemporaryDirectory() as folder:
        built = chosen.world or world.build(Path(folder) / "world.db")
        copy = copied(Path(folder) / "copy")
        for mutation in found():
            if chosen.words and not any(word in mutation.name for word in chosen.words):
                continue
            if mutation.name in NOTHING_TOLD:
                continue
            began = time.monotonic()
            seen, said = tried(mutation, copy, built, chosen.seed)
            mark = "seen" if seen else "NOT SEEN"
            took = time.monotonic() - began
            print(f"{mutation.name:45} {mark:8} {took:4.0f} s {said}", flush=True)
            unseen += [] if seen else [mutation.name]
    print(f"not seen: {', '.join(unseen) or 'none'}")
    sys.exit(1 if unseen else 0)


if __name__ == "__main__":
    main()

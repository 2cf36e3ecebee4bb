"""Whether the trials see it when a query forgets to ask who is asking.

In a copy of the code the condition is taken from one query after another, and the trials are run
there until they find it. A table tells what each found, and after how many trials.

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
from dataclasses import dataclass
from pathlib import Path

from tests.barrier import world

ROOT = Path(__file__).parents[2]
ROOMS = ("engine", "web", "tests", "processes", "forms")
#: So many trials, before a mutation counts as not seen.
ENOUGH = 3000


@dataclass(frozen=True)
class Mutation:
    """The text of one query with its condition, and without."""

    name: str
    file: str
    old: str
    new: str


def _of(file: str, *changes: tuple[str, str, str]) -> list[Mutation]:
    return [
        Mutation(f"{file}: {name}", f"engine/queries/{file}.py", old, new)
        for name, old, new in changes
    ]


EVERYTHING = "access.EVERY_PART"
SEEN = "seen = access.parts(session, username, case)"
MUTATIONS = [
    *_of(
        "case",
        ("the page", SEEN, f"seen = {EVERYTHING}"),
        (
            "a partner's goals",
            "sight = plan_sight.of(session, username, case)",
            "sight = plan_sight.Sight(whole=True)",
        ),
        (
            "a family's names",
            "if not access.by_consent_alone(session, username, [case.id]):",
            "if True:",
        ),
    ),
    *_of(
        "course",
        (
            "the drawing",
            "if access.TASKS not in access.parts(session, username, case):",
            "if False:",
        ),
    ),
    *_of(
        "documents",
        (
            "the list",
            "condition = papers.documents(session, username, case)",
            "condition = Document.case_id == case.id",
        ),
        (
            "a copy",
            "Document.id == document_id, papers.documents(session, username, case)",
            "Document.id == document_id",
        ),
    ),
    *_of(
        "notes",
        ("the list", ", papers.notes(session, username, [case.id]))", ")"),
        ("searched", ".where(papers.notes(session, username), _says(", ".where(_says("),
        (
            "documents searched",
            "            papers.documents_anywhere(session, username),\n",
            "",
        ),
    ),
    *_of(
        "letters",
        (
            "the letters",
            "if access.LETTERS not in access.parts(session, username, case):",
            "if False:",
        ),
    ),
    *_of(
        "meetings",
        (
            "the meetings",
            "row.case_id == case.id, papers.meetings(session, username, [case.id])",
            "row.case_id == case.id",
        ),
    ),
    *_of(
        "plan",
        (
            "the plan",
            "sight = plan_sight.of(session, username, case)",
            "sight = plan_sight.Sight(whole=True)",
        ),
        ("versions compared", "if not plan_sight.of(session, username, case).whole:", "if False:"),
    ),
    *_of(
        "search",
        (
            "the cases",
            "select(Case).where(Case.id.in_(access.visible_cases(session, username)))",
            "select(Case)",
        ),
        ("a family's names", "if case_id not in outside or", "if True or"),
    ),
    *_of(
        "trail",
        (
            "the history",
            "if access.TRAIL not in access.parts(session, username, case):",
            "if False:",
        ),
    ),
    *_of(
        "task",
        (
            "the task",
            'if row is None or not access.may(session, username, "complete", row):',
            "if row is None:",
        ),
        (
            "whose it is",
            "sees_case = access.may_see(session, username, case)",
            "sees_case = True",
        ),
    ),
    *_of(
        "inbox",
        (
            "whose it is",
            "return doubtful - access.seen_among(session, viewer.username, doubtful)",
            "return set()",
        ),
    ),
    *_of(
        "inbox_asked",
        ("the list", ".where(part, *_of_tab", ".where(*_of_tab"),
        ("words and coordinator", "        return WorkItem.case_id.in_(seen)\n", ""),
        ("locked cases", "        conditions.append(access.unlocked())\n", "        pass\n"),
    ),
    *_of(
        "inbox_chosen",
        (
            "the chosen",
            "access.visible_tasks(session, username).where(",
            "select(WorkItem).where(",
        ),
        (
            "whose they are",
            "seen = access.seen_among(session, username, {task.case_id for task in tasks.values()})",
            "seen = {task.case_id for task in tasks.values()}",
        ),
    ),
    *_of(
        "calendar",
        (
            "the tasks",
            "query = access.visible_tasks(session, username).where(\n        or_(*whose), ",
            "query = select(WorkItem).join(Case, Case.id == WorkItem.case_id).where(\n        ",
        ),
        (
            "the duties",
            "            _answered_for(mine, holds),\n"
            "            Case.id.in_(access.whole_cases(session, username)),\n",
            "",
        ),
        (
            "the meetings",
            "            or_(*whose),\n            papers.meetings(session, username),\n",
            "",
        ),
        ("whose they are", "seen = access.seen_among(session, username, cases)", "seen = cases"),
    ),
    *_of("news", ("what is reported", SEEN, f"seen = {EVERYTHING}")),
]
#: Those that every run of the tests sees to: a page, a list, a count.
SAMPLE = ("case: the page", "search: the cases", "inbox_asked: the list")


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
    assert mutation.old in sound, f"{mutation.name} is written otherwise now: mend this list"
    file.write_text(sound.replace(mutation.old, mutation.new), encoding="utf-8")
    try:
        asked = [
            "--world",
            str(built),
            "--trials",
            str(ENOUGH),
            "--leaks",
            "1",
            "--seed",
            str(seed),
        ]
        done = subprocess.run(
            [sys.executable, "-m", "tests.barrier.trial", *asked],
            cwd=copy,
            capture_output=True,
            text=True,
        )
    finally:
        file.write_text(sound, encoding="utf-8")
    said = done.stdout.splitlines()
    seen = done.returncode == 1 and any(line.startswith("state ") for line in said)
    after = re.search(r"(\d+) trials", done.stdout)
    found = next((line for line in said if line.startswith("state ")), done.stderr[-300:])
    return seen, f"{after[1] if after else '-':>5} trials  {found[:150]}"


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
        for mutation in MUTATIONS:
            if chosen.words and not any(word in mutation.name for word in chosen.words):
                continue
            began = time.monotonic()
            seen, said = tried(mutation, copy, built, chosen.seed)
            mark = "seen" if seen else "NOT SEEN"
            print(
                f"{mutation.name:40} {mark:8} {time.monotonic() - began:4.0f} s {said}", flush=True
            )
            unseen += [] if seen else [mutation.name]
    print(f"not seen: {', '.join(unseen) or 'none'}")
    sys.exit(1 if unseen else 0)


if __name__ == "__main__":
    main()

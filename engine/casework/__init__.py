"""The verbs. What matters changes only through them, one transaction and one commit each."""

from engine.casework.bringing_in import bring_in
from engine.casework.causing import caused
from engine.casework.correcting import correct
from engine.casework.drafting import keep_draft
from engine.casework.due import retry, run_due, wake
from engine.casework.each import Result, each
from engine.casework.filing import correct_note, file, file_version, note
from engine.casework.handing_over import receive
from engine.casework.messages import tell
from engine.casework.opening import open_case
from engine.casework.rules import change_rule
from engine.casework.standing import arm, sweep
from engine.casework.tasks import assign, claim, complete, hold, release, resume

__all__ = [
    "Result",
    "arm",
    "assign",
    "bring_in",
    "caused",
    "change_rule",
    "claim",
    "complete",
    "correct",
    "correct_note",
    "each",
    "file",
    "file_version",
    "hold",
    "keep_draft",
    "note",
    "open_case",
    "receive",
    "release",
    "resume",
    "retry",
    "run_due",
    "sweep",
    "tell",
    "wake",
]

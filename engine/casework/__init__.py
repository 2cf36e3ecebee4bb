"""The verbs. What matters changes only through them, one transaction and one commit each."""

from engine.casework.due import retry, run_due, wake
from engine.casework.messages import tell
from engine.casework.opening import open_case
from engine.casework.rules import change_rule
from engine.casework.standing import arm, sweep
from engine.casework.tasks import assign, claim, complete, hold, release

__all__ = [
    "arm",
    "assign",
    "change_rule",
    "claim",
    "complete",
    "hold",
    "open_case",
    "release",
    "retry",
    "run_due",
    "sweep",
    "tell",
    "wake",
]

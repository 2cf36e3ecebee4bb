"""The verbs. What matters changes only through them, one transaction and one commit each."""

from engine.casework.bringing_in import bring_in
from engine.casework.budgeting import contribute, note_spending, open_budget, set_frame
from engine.casework.case_meetings import call_handover, call_off, reschedule
from engine.casework.causing import caused
from engine.casework.committee_calendar import cancel_meeting, move_meeting, plan_meeting
from engine.casework.correcting import correct
from engine.casework.delegating import withdraw_delegation
from engine.casework.drafting import keep_draft
from engine.casework.due import retry, run_due, wake
from engine.casework.each import Result, each
from engine.casework.filing import correct_note, file, file_version, note
from engine.casework.handing_over import receive
from engine.casework.messages import tell
from engine.casework.minuting import answer_minutes, write_minutes
from engine.casework.opening import open_case
from engine.casework.recusing import recuse
from engine.casework.rules import change_rule
from engine.casework.sitting import (
    cast_vote,
    close_vote,
    disqualify,
    note_present,
    open_vote,
    postpone_item,
)
from engine.casework.standing import arm, sweep
from engine.casework.tasks import assign, claim, complete, hold, release, resume

__all__ = [
    "Result",
    "answer_minutes",
    "arm",
    "assign",
    "bring_in",
    "call_handover",
    "call_off",
    "cancel_meeting",
    "cast_vote",
    "caused",
    "change_rule",
    "claim",
    "close_vote",
    "complete",
    "contribute",
    "correct",
    "correct_note",
    "disqualify",
    "each",
    "file",
    "file_version",
    "hold",
    "keep_draft",
    "move_meeting",
    "note",
    "note_present",
    "note_spending",
    "open_budget",
    "open_case",
    "open_vote",
    "plan_meeting",
    "postpone_item",
    "receive",
    "recuse",
    "release",
    "reschedule",
    "resume",
    "retry",
    "run_due",
    "set_frame",
    "sweep",
    "tell",
    "wake",
    "withdraw_delegation",
    "write_minutes",
]

"""The shared budget as its pages show it: lines, outlook, who waits, and Økonomi's cover note.

Sums are for whoever may read the budget (`domain/budget/keepers.py`); whose they are is told only of
cases that exist for the reader.
"""

from engine.queries.budget.cost_of_no import CostOfNo, cost_of_no
from engine.queries.budget.cover_note import CoverNote, YearCover, cover_note
from engine.queries.budget.lines import BudgetLines, Line, Paid, UnitShare, lines
from engine.queries.budget.movements import Movement, movements
from engine.queries.budget.outlook import Outlook, outlook
from engine.queries.budget.waiting import (
    Uncovered,
    Waiting,
    WaitingList,
    waiting,
    without_cover,
)

__all__ = [
    "BudgetLines",
    "CostOfNo",
    "CoverNote",
    "Line",
    "Movement",
    "Outlook",
    "Paid",
    "Uncovered",
    "UnitShare",
    "Waiting",
    "WaitingList",
    "YearCover",
    "cost_of_no",
    "cover_note",
    "lines",
    "movements",
    "outlook",
    "waiting",
    "without_cover",
]

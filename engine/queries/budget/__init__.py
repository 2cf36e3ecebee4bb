"""The shared budget as its pages show it: lines, outlook, who waits, and Økonomi's cover note.

Sums are for whoever may read the budget (`domain/budget/keepers.py`), and each opens the list that it
is made of (`account`); whose they are (`whose`) is told only of cases that exist for the reader.
"""

from engine.queries.budget.account import NUMBERS, Account, NoSuchNumber, Part, account
from engine.queries.budget.cost_of_no import CostOfNo, cost_of_no
from engine.queries.budget.cover_note import CoverNote, YearCover, cover_note
from engine.queries.budget.granted import Granted, granted
from engine.queries.budget.lines import BudgetLines, Line, UnitShare, line, lines, unit_names
from engine.queries.budget.movements import PAGE, Movement, movements
from engine.queries.budget.outlook import Outlook, outlook, this_year
from engine.queries.budget.rights import Rights, is_there, rights
from engine.queries.budget.waiting import (
    Asking,
    Uncovered,
    Waiting,
    WaitingList,
    asking,
    waiting,
    without_cover,
)

__all__ = [
    "NUMBERS",
    "PAGE",
    "Account",
    "Asking",
    "BudgetLines",
    "CostOfNo",
    "CoverNote",
    "Granted",
    "Line",
    "Movement",
    "NoSuchNumber",
    "Outlook",
    "Part",
    "Rights",
    "Uncovered",
    "UnitShare",
    "Waiting",
    "WaitingList",
    "YearCover",
    "account",
    "asking",
    "cost_of_no",
    "cover_note",
    "granted",
    "is_there",
    "line",
    "lines",
    "movements",
    "outlook",
    "rights",
    "this_year",
    "unit_names",
    "waiting",
    "without_cover",
]

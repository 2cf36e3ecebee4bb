"""The shared budget: it cannot be overspent, whatever is approved at the same moment.

A line is one budget of one year (`lines`). Its money lies in accounts (`ledger`), and every move
takes it from one account to another: one guarded UPDATE of the line's running sums, and one entry
in the append-only, double-entry ledger, in the same transaction (`moves`). A request blocks nothing;
a reservation does; a commitment turns a reservation into a grant; spending uses the grant up; what
is not needed goes back. Amounts are kroner to the øre (`money`). A line's total
(`totals`) is the sum of what units pay into it, where they do (`contributions`); what a unit is told
to find by itself is a line of its own (`own_means`). `reconciliation` holds the running sums
against the ledger, and `keepers` says who may read and change it.
"""

from engine.domain.budget import choices as choices
from engine.domain.budget.contributions import (
    Contribution,
    OwnLine,
    contribute,
    history,
    keep_shares,
)
from engine.domain.budget.keepers import (
    KunBudgettetsFolk,
    KunOekonomi,
    NoSuchBudget,
    must_decide,
    must_note,
    must_read,
)
from engine.domain.budget.ledger import BudgetEntry
from engine.domain.budget.lines import (
    BudgetLine,
    UnknownLine,
    line,
    shared_line,
    shared_lines,
)
from engine.domain.budget.money import OERE, Kroner, NotWholeOere, kr, plain, portions
from engine.domain.budget.moves import (
    NoCover,
    NotCommitted,
    NotReserved,
    commit,
    release,
    release_case,
    request,
    reserve,
    reserve_up_to,
    spend,
    uncommit,
    unspend,
)
from engine.domain.budget.own_means import point_out
from engine.domain.budget.reconciliation import Difference, reconcile
from engine.domain.budget.standing import (
    balance,
    by_unit,
    committed,
    held,
    held_by,
    spent,
    spent_by_unit,
    unspent,
)
from engine.domain.budget.totals import (
    BelowCommitted,
    SumOfContributions,
    contributions,
    open_line,
    set_total,
)

__all__ = [
    "OERE",
    "BelowCommitted",
    "BudgetEntry",
    "BudgetLine",
    "Contribution",
    "Difference",
    "Kroner",
    "KunBudgettetsFolk",
    "KunOekonomi",
    "NoCover",
    "NoSuchBudget",
    "NotCommitted",
    "NotReserved",
    "NotWholeOere",
    "OwnLine",
    "SumOfContributions",
    "UnknownLine",
    "balance",
    "by_unit",
    "commit",
    "committed",
    "contribute",
    "contributions",
    "held",
    "held_by",
    "history",
    "keep_shares",
    "kr",
    "line",
    "must_decide",
    "must_note",
    "must_read",
    "open_line",
    "plain",
    "point_out",
    "portions",
    "reconcile",
    "release",
    "release_case",
    "request",
    "reserve",
    "reserve_up_to",
    "set_total",
    "shared_line",
    "shared_lines",
    "spend",
    "spent",
    "spent_by_unit",
    "uncommit",
    "unspend",
    "unspent",
]

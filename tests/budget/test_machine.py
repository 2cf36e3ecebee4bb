"""The whole ledger against a model a child could keep: piles of coins, by line, application and unit.

Hypothesis chooses what happens next; after every step the line's running sums, the ledger and the
model say the same, and nothing is overdrawn.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.orm import Session

from engine import clock
from engine.domain import budget
from engine.domain.budget import (
    BelowCommitted,
    NoCover,
    NotCommitted,
    NotReserved,
    SumOfContributions,
    UnknownLine,
    ledger,
)
from tests.budget.conftest import ENTRY, case, units

SHARED = {2026: "faelles-2026", 2027: "faelles-2027"}
UNITS = ("JOB", "MIS")
SUBJECTS = ("a", "b", "c")  # a and b are of one case, c of another
NONE = Decimal(0)

lines = st.sampled_from(sorted(SHARED.values()))
subjects = st.sampled_from(SUBJECTS)
units_ = st.sampled_from(UNITS)
amounts = st.one_of(
    st.integers(0, 900).map(Decimal), st.integers(0, 90_000).map(lambda oere: Decimal(oere) / 100)
)


class Ledger(RuleBasedStateMachine):
    """Each example is one transaction that is rolled back; each step a savepoint within it."""

    store = None

    def __init__(self):
        super().__init__()
        self.connection = self.store.engine.connect()
        self.session = Session(self.connection)
        units(self.session, *UNITS)
        one, other = case(self.session), case(self.session)
        self.cases = {"a": one, "b": one, "c": other}
        for year, code in SHARED.items():
            budget.open_line(self.session, code, code, year, 1_000)
        self.total = dict.fromkeys(SHARED.values(), Decimal(1_000))
        self.paid = {}
        self.asked, self.held = defaultdict(Decimal), defaultdict(Decimal)
        self.left, self.used = defaultdict(Decimal), defaultdict(Decimal)

    def teardown(self):
        self.session.rollback()
        self.session.close()
        self.connection.close()

    # What the model says

    def bound(self, line):
        piles = (self.held, self.left, self.used)
        return sum((part for pile in piles for key, part in pile.items() if key[0] == line), NONE)

    def free(self, line):
        return self.total[line] - self.bound(line)

    def happens(self, allowed, refusal, act):
        """The step goes through exactly when the model allows it, else it is refused whole."""
        if allowed:
            with self.session.begin_nested():
                return act()
        try:
            with self.session.begin_nested():
                act()
        except refusal:
            self.session.expire_all()
        else:
            raise AssertionError(f"should have been {refusal}")

    def entry(self, subject, **more):
        return {"subject": subject, "case_id": self.cases[subject], **ENTRY, **more}

    # What may happen

    @rule(line=lines, subject=subjects, amount=amounts)
    def request(self, line, subject, amount):
        self.happens(
            True,
            (),
            lambda: budget.request(self.session, line, amount, **self.entry(subject)),
        )
        self.asked[line, subject] = amount

    @rule(line=lines, subject=subjects, amount=amounts)
    def reserve(self, line, subject, amount):
        fits = amount <= self.free(line)
        self.happens(
            fits, NoCover, lambda: budget.reserve(self.session, line, amount, **self.entry(subject))
        )
        self.held[line, subject] += amount if fits else NONE

    @rule(line=lines, subject=subjects, amount=amounts)
    def reserve_up_to(self, line, subject, amount):
        part = min(amount, self.free(line))
        entry = self.entry(subject)
        got = self.happens(
            True, (), lambda: budget.reserve_up_to(self.session, line, amount, **entry)
        )
        assert got == part
        self.held[line, subject] += part

    @rule(line=lines, subject=subjects, amount=amounts)
    def release(self, line, subject, amount):
        fits = amount <= self.held[line, subject]
        entry = self.entry(subject)
        self.happens(fits, NotReserved, lambda: budget.release(self.session, line, amount, **entry))
        self.held[line, subject] -= amount if fits else NONE

    @rule(line=lines, subject=subjects, unit=units_, amount=amounts)
    def commit(self, line, subject, unit, amount):
        fits = amount <= self.held[line, subject]
        entry = self.entry(subject, unit=unit)
        self.happens(fits, NotReserved, lambda: budget.commit(self.session, line, amount, **entry))
        if fits:
            self.held[line, subject] -= amount
            self.left[line, subject, unit] += amount

    @rule(line=lines, subject=subjects, unit=units_, amount=amounts)
    def uncommit(self, line, subject, unit, amount):
        fits = amount <= self.left[line, subject, unit]
        entry = self.entry(subject, unit=unit)
        self.happens(
            fits, NotCommitted, lambda: budget.uncommit(self.session, line, amount, **entry)
        )
        self.left[line, subject, unit] -= amount if fits else NONE

    @rule(line=lines, subject=subjects, unit=units_, amount=amounts)
    def spend(self, line, subject, unit, amount):
        fits = amount <= self.left[line, subject, unit]
        entry = self.entry(subject, unit=unit)
        self.happens(fits, NotCommitted, lambda: budget.spend(self.session, line, amount, **entry))
        if fits:
            self.left[line, subject, unit] -= amount
            self.used[line, subject, unit] += amount

    @rule(line=lines, subject=subjects, unit=units_, amount=amounts)
    def unspend(self, line, subject, unit, amount):
        fits = amount <= self.used[line, subject, unit]
        entry = self.entry(subject, unit=unit)
        self.happens(
            fits, NotCommitted, lambda: budget.unspend(self.session, line, amount, **entry)
        )
        if fits:
            self.used[line, subject, unit] -= amount
            self.left[line, subject, unit] += amount

    @rule(line=lines, amount=amounts)
    def set_total(self, line, amount):
        paid = line in self.paid
        fits = not paid and amount >= self.bound(line)
        refusal = SumOfContributions if paid else BelowCommitted
        self.happens(fits, refusal, lambda: budget.set_total(self.session, line, amount))
        if fits:
            self.total[line] = amount

    @rule(line=lines, some=st.dictionaries(units_, amounts.filter(bool), min_size=1))
    def contribute(self, line, some):
        after = {**self.paid.get(line, {}), **some}
        fits = sum(after.values(), NONE) >= self.bound(line)
        self.happens(
            fits,
            BelowCommitted,
            lambda: budget.contribute(
                self.session,
                line,
                some,
                decided_by="Byrådet",
                decided_on=date(2026, 10, 8),
                by="sagsbehandler-oek",
            ),
        )
        if fits:
            self.paid[line] = after
            self.total[line] = sum(after.values(), NONE)

    @rule(unit=units_, subject=subjects, amount=amounts)
    def point_out(self, unit, subject, amount):
        entry = self.entry(subject)
        self.happens(True, (), lambda: budget.point_out(self.session, unit, amount, **entry))
        line = f"{unit.lower()}-{clock.today().year}"
        self.total.setdefault(line, NONE)
        self.held[line, subject] += amount
        self.total[line] = max(self.total[line], self.bound(line))

    @rule(subject=subjects)
    def release_case(self, subject):
        case_id = self.cases[subject]
        of_case = [key for key in self.held if self.cases[key[1]] == case_id]
        back = budget.release_case(self.session, case_id, by="koordinator-1")
        assert back == sum((self.held[key] for key in of_case), NONE)
        for key in of_case:
            self.held[key] = NONE

    @rule()
    def next_year_has_no_line_yet(self):
        self.happens(
            False,
            UnknownLine,
            lambda: budget.reserve(self.session, "faelles-2028", 1, **self.entry("a")),
        )

    # What always holds

    @invariant()
    def the_line_stands_as_the_model_says(self):
        for line, total in self.total.items():
            found = budget.balance(self.session, line)
            used = sum((part for key, part in self.used.items() if key[0] == line), NONE)
            left = sum((part for key, part in self.left.items() if key[0] == line), NONE)
            assert found == {
                "total": total,
                "requested": sum((p for key, p in self.asked.items() if key[0] == line), NONE),
                "reserved": sum((p for key, p in self.held.items() if key[0] == line), NONE),
                "granted": left + used,
                "spent": used,
                "free": self.free(line),
            }
            assert found["free"] >= 0

    @invariant()
    def each_application_has_what_the_model_says(self):
        for subject in SUBJECTS:
            assert budget.held(self.session, subject) == self.of(self.held, subject)
            assert budget.unspent(self.session, subject) == self.of(self.left, subject)
            assert budget.spent(self.session, subject) == self.of(self.used, subject)

    @invariant()
    def the_ledger_balances_and_agrees_with_the_sums(self):
        for line in self.total:
            on_line = ledger.BudgetEntry.line == line
            held = [ledger.total(self.session, each, on_line) for each in ledger.ACCOUNTS]
            assert sum(held, NONE) == 0
        assert budget.reconcile(self.session) == []

    @staticmethod
    def of(pile, subject):
        found = defaultdict(Decimal)
        for key, part in pile.items():
            if key[1] == subject:
                found[key[0]] += part
        return {line: part for line, part in found.items() if part}


def test_the_ledger_never_leaves_the_model(store):
    machine = type("LedgerHere", (Ledger,), {"store": store})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=3 if store.is_postgresql else 10,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize("account", ["reserved", "committed", "spent", "total"])
def test_a_running_sum_that_somebody_changed_is_found(line, account):
    from sqlalchemy import update

    def past_the_ledger(session):
        row = budget.BudgetLine
        session.execute(
            update(row).values({"total": row.total + 5, account: getattr(row, account) + 5})
        )

    line.write(past_the_ledger)
    with line.reading() as session:
        found = budget.reconcile(session)
    assert found and {each.line for each in found} == {"faelles-2026"}

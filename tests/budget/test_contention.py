"""Whatever happens at the same moment, nothing is overspent and nothing is lost.

Fifty threads, and eight processes, ask at once; the same machinery shows what a naive update would
have done.
"""

from __future__ import annotations

import multiprocessing
import random
import threading
from decimal import Decimal

import pytest

from engine.domain import budget
from engine.domain.budget import BelowCommitted, BudgetLine, NoCover, NotCommitted, ledger
from engine.domain.budget.ledger import FREE, RESERVED
from engine.store import Store
from tests.budget.conftest import ENTRY, LINE, balance, differences, together

AMOUNT, FITS = 7_000, 40


@pytest.fixture
def narrow(line):
    """A line on which forty requests of 7,000 fit, and no more."""
    line.write(lambda s: budget.set_total(s, LINE, FITS * AMOUNT + 6_999))
    return line


def ask(store, subject):
    store.write(lambda s: budget.reserve(s, LINE, AMOUNT, subject=subject, **ENTRY))


def test_fifty_threads_get_what_there_is_and_not_a_krone_more(narrow):
    def thread(number):
        given = 0
        for turn in range(2):
            try:
                ask(narrow, f"{number}-{turn}")
                given += 1
            except NoCover:
                pass
        return given

    assert sum(together(50, thread)) == FITS
    assert balance(narrow)["reserved"] == FITS * AMOUNT
    assert differences(narrow) == []


def test_eight_processes_get_what_there_is_and_not_a_krone_more(narrow):
    # Forked: the cost of eight Pythons starting is not what this is about.
    fork = multiprocessing.get_context("fork")
    start, given = fork.Barrier(8), fork.Queue()
    url = narrow.url
    narrow.engine.dispose()
    processes = [fork.Process(target=_asks, args=(url, n, start, given)) for n in range(8)]
    for process in processes:
        process.start()
    counts = [given.get(timeout=60) for _ in processes]
    for process in processes:
        process.join(timeout=60)
        assert process.exitcode == 0
    assert sum(counts) == FITS
    assert balance(narrow)["reserved"] == FITS * AMOUNT
    assert differences(narrow) == []


def _asks(url, number, start, given):
    store, count = Store(url), 0
    start.wait()
    for turn in range(8):
        try:
            ask(store, f"{number}-{turn}")
            count += 1
        except NoCover:
            pass
    store.close()
    given.put(count)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_naive_update_overspends_and_loses_and_is_seen_to(store):
    """Read, check, write: everybody has read before anybody writes."""
    store.write(lambda session: budget.open_line(session, LINE, "Fælles", 2026, 10_000))
    everybody_has_read = threading.Barrier(10)

    def naive(session, number):
        row = session.get(BudgetLine, LINE)
        if row.free < AMOUNT:
            raise NoCover(linje=LINE, fri="0", mangler="0")
        everybody_has_read.wait(timeout=60)
        row.reserved = row.reserved + AMOUNT
        ledger.enter(session, LINE, RESERVED, FREE, Decimal(AMOUNT), subject=str(number), **ENTRY)

    given = together(10, lambda n: store.write(lambda s: naive(s, n)))
    assert given == [None] * 10, "ten were told yes, and there was cover for one"
    assert balance(store)["reserved"] == AMOUNT
    (free, reserved) = differences(store)
    assert (reserved.line, reserved.account) == (LINE, "reserveret")
    assert (reserved.noted, reserved.entered) == (AMOUNT, 10 * AMOUNT)
    assert free.account == "fri"


def test_many_who_spend_the_same_grant_at_once_do_not_go_beyond_it(line):
    def granted(session):
        for subject in ("a", "b"):
            budget.reserve(session, LINE, 500, subject=subject, **ENTRY)
            budget.commit(session, LINE, 500, subject=subject, unit="MIS", **ENTRY)

    line.write(granted)

    def bill(number):
        line.write(lambda s: budget.spend(s, LINE, 100, subject="a", unit="MIS", **ENTRY))

    found = together(12, bill)
    assert found.count(None) == 5
    assert all(isinstance(each, NotCommitted) for each in found if each is not None)
    assert balance(line)["spent"] == 500


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_total_that_several_change_at_once_is_what_one_of_them_said(line):
    everybody_has_read = threading.Barrier(4)

    def change(session, number):
        budget.line(session, LINE)
        everybody_has_read.wait(timeout=60)
        budget.set_total(session, LINE, 50_000 + number)

    assert together(4, lambda n: line.write(lambda s: change(s, n))) == [None] * 4
    assert balance(line)["total"] in {50_000, 50_001, 50_002, 50_003}
    assert differences(line) == []


def test_a_line_that_several_open_at_once_is_opened_once(store):
    def opening(number):
        store.write(lambda s: budget.open_line(s, "ny", "Ny", 2027, 1_000))

    assert together(6, opening) == [None] * 6
    assert balance(store, "ny")["total"] == 1_000
    assert differences(store) == []


def test_everything_at_once_leaves_every_krone_accounted_for(line):
    """Each thread works an application of its own, in an order of its own, while totals change."""

    def act(session, dice, subject):
        entry = {"subject": subject, **ENTRY}
        amount = Decimal(dice.randint(1, 900_000)) / 100
        unit = dice.choice(["MIS", "JOB"])
        match dice.randrange(7):
            case 0 | 1:
                budget.reserve_up_to(session, LINE, amount, **entry)
            case 2:
                budget.commit(
                    session, LINE, budget.held_by(session, LINE, subject), unit=unit, **entry
                )
            case 3:
                budget.spend(session, LINE, amount, unit=unit, **entry)
            case 4:
                budget.uncommit(session, LINE, amount, unit=unit, **entry)
            case 5:
                budget.release(session, LINE, budget.held_by(session, LINE, subject), **entry)
            case 6:
                budget.set_total(session, LINE, dice.randint(40_000, 80_000))

    def work(number):
        dice = random.Random(number)
        for _ in range(12):
            seed = dice.random()
            try:
                line.write(lambda s, seed=seed: act(s, random.Random(seed), f"a{number}"))
            except (NotCommitted, BelowCommitted, NoCover):
                pass

    assert together(8, work) == [None] * 8
    assert differences(line) == []
    found = balance(line)
    assert found["reserved"] + found["granted"] + found["free"] == found["total"]
    assert found["free"] >= 0

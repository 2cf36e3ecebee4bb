"""The measurements run on both databases and keep the promises that are not about time."""

from __future__ import annotations

import pytest
from sqlalchemy import URL

from engine import benchmarks


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request, tmp_path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'named.db'}"
    admin: URL = request.getfixturevalue("postgres_server")
    return admin.render_as_string(hide_password=False)


COSTS = ["median_ms", "statements", "commits", "state_bytes", "baseline_ms", "light_baseline_ms"]


def test_a_follow_up_costs_few_statements_and_one_commit_whatever_its_round(server):
    first, later = benchmarks.steps(server, [1, 12])
    assert [first["rounds"], later["rounds"]] == [1, 12]
    for row in (first, later):
        shipped = row["shipped"]
        assert list(row) == ["rounds", *COSTS, "shipped"]
        assert list(shipped) == COSTS
        assert row["statements"] <= 11
        assert shipped["statements"] <= 15
        assert row["commits"] == shipped["commits"] == 1
        assert max(row["state_bytes"], shipped["state_bytes"]) <= 12_000
    for early, late in ((first, later), (first["shipped"], later["shipped"])):
        assert late["statements"] == early["statements"]
        assert late["state_bytes"] <= early["state_bytes"] + 16


def test_opening_a_case_is_one_commit(server):
    found = benchmarks.start(server, 3)
    assert list(found) == ["cases", "median_ms", "statements", "commits"]
    assert (found["cases"], found["commits"]) == (3, 1)


def test_finding_what_is_due_loads_no_case(server):
    found = benchmarks.timers(server, 500)
    assert list(found) == ["waiting", "find_due_ms", "cases_loaded"]
    assert (found["waiting"], found["cases_loaded"]) == (500, 0)


def test_clients_on_one_case_meet_no_error(server):
    found = benchmarks.contention(server, 4)
    assert list(found) == ["clients", "done", "errors", "median_ms", "max_ms"]
    assert (found["clients"], found["done"], found["errors"]) == (4, 100, 0)

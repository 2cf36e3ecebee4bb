"""Fixtures for decision tables, and the conformance figure at the end of a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import decisions

HERE = Path(__file__).parent


@pytest.fixture
def tables():
    """Read a DMN file that lies beside the tests."""

    def read(name: str) -> decisions.Definitions:
        return decisions.read((HERE / name).read_bytes())

    return read


def pytest_terminal_summary(terminalreporter):
    """Print how many cases of the public DMN TCK we answer as expected."""
    reports = [r for kind in ("passed", "failed") for r in terminalreporter.stats.get(kind, [])]
    figures = sorted(
        {value for r in reports for key, value in r.user_properties if key == "dmn-tck"}
    )
    if figures:
        terminalreporter.section("DMN TCK")
        for line in figures:
            terminalreporter.write_line(line)

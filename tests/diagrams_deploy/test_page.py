"""The committed page of processes; written by `overligger docs`."""

import pytest

from engine import diagrams
from engine.settings import ROOT

PAGE = ROOT / "docs" / "processes.md"


@pytest.mark.skipif(not PAGE.exists(), reason="the page is committed with the finished processes")
def test_the_committed_page_says_what_the_files_say():
    assert PAGE.read_text(encoding="utf-8") == diagrams.describe(diagrams.shipped())

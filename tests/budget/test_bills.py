"""Bills out of the finance system: read as Danes write, or refused with the row that is wrong."""

from datetime import date
from decimal import Decimal

import pytest

from engine.domain.spending import Payment
from engine.imports.bills import BilagKanIkkeForstaas, IkkeEnBilagsfil, payments

HEAD = "sag;bevilling;bilag;betalt;beløb\n"


def test_dates_and_amounts_are_read_as_danes_and_as_computers_write_them():
    text = HEAD + "2026-0007;2;B-1;30-12-2026;15.000,50\n\n2026-0008;;B-2;2027-01-05;-99.25\n"
    assert payments(text.encode()) == [
        Payment("2026-0007", "B-1", date(2026, 12, 30), Decimal("15000.50"), 2),
        Payment("2026-0008", "B-2", date(2027, 1, 5), Decimal("-99.25"), 1),
    ]
    assert payments(text.encode("cp1252")) == payments(("\ufeff" + text).encode())


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("2026-0007;1;;30-12-2026;1", "mangler bilag"),
        ("2026-0007;1;B;31-02-2026;1", "ikke en dato"),
        ("2026-0007;1;B;30-12-2026;1,5.0", "ikke et beløb"),
        ("2026-0007;1;B;30-12-2026;1.50.000", "ikke et beløb"),
        ("2026-0007;et;B;30-12-2026;1", "Række 2"),
    ],
)
def test_a_row_that_is_wrong_is_named(row, told):
    with pytest.raises(BilagKanIkkeForstaas, match=told):
        payments((HEAD + row).encode())


@pytest.mark.parametrize("content", [b"", b"navn;cpr\n", b"\x00\x01"])
def test_what_is_no_such_file_is_said_so(content):
    with pytest.raises(IkkeEnBilagsfil):
        payments(content)

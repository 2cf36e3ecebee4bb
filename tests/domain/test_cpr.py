"""CPR numbers: what is accepted, what is refused, and that they are never stored in clear."""

from datetime import date

import pytest

from engine.domain import cpr


def test_a_number_without_modulus_11_is_accepted():
    assert cpr.clean("010165-1234") == "0101651234"


@pytest.mark.parametrize("number", ["310299-1234", "12345", "abcdefghij", "٠١٠١٦٥١٢٣٤", ""])
def test_an_impossible_number_is_refused_in_danish(number):
    with pytest.raises(cpr.InvalidCpr, match="kan ikke passe"):
        cpr.clean(number)


@pytest.mark.parametrize(
    ("number", "born"),
    [
        ("740309-4001", date(2009, 3, 14)),
        ("620210-4002", date(2010, 2, 2)),
        ("881294-0003", date(1994, 12, 28)),
        ("640966-0009", date(1966, 9, 4)),
    ],
)
def test_a_fictitious_number_tells_its_birth_date(number, born):
    assert cpr.birth_date(cpr.clean(number)) == born


def test_the_sealed_number_does_not_hold_the_number_and_opens_again():
    sealed = cpr.seal("7403094001")
    assert b"7403094001" not in sealed
    assert cpr.reveal(sealed) == "7403094001"


def test_the_index_needs_the_key():
    import hashlib

    assert cpr.index("7403094001") != hashlib.sha256(b"7403094001").hexdigest()


def test_a_masked_number_shows_the_birth_date_only():
    assert cpr.masked("7403094001") == "740309-****"

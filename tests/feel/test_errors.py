"""An error names the place and the reason."""

import pytest

from engine import feel


@pytest.mark.parametrize(
    ("text", "position", "reason"),
    [
        ("", 0, "tomt"),
        ("1 +", 3, "slutter for tidligt"),
        ("1 + * 2", 4, "»*«"),
        ("alder == 18", 6, "ét lighedstegn"),
        ("a && b", 2, "and"),
        ("a || b", 2, "or"),
        ("'tekst'", 0, "citationstegn"),
        ('"tekst', 0, "afsluttende citationstegn"),
        ("1 /* 2", 2, "Kommentaren"),
        ("if a then b", 11, "slutter for tidligt"),
        ("x instance of tal", 14, "»tal«"),
        ("[1, 2", 5, "slutter for tidligt"),
        ("1 2", 2, "»2«"),
        ("1E99999", 0, "for stort"),
    ],
)
def test_a_mistake_is_placed(text, position, reason):
    with pytest.raises(feel.FeelError) as caught:
        feel.parse(text)
    assert caught.value.position == position
    assert reason in caught.value.reason
    assert caught.value.text == text


def test_the_message_counts_lines_and_characters_from_one():
    with pytest.raises(feel.FeelError) as caught:
        feel.parse("1 +\n  * 2")
    assert (caught.value.line, caught.value.column) == (2, 3)
    assert str(caught.value).endswith("(linje 2, tegn 3)")


def test_unary_tests_are_checked_too():
    with pytest.raises(feel.FeelError):
        feel.parse_unary_tests("< ")
    with pytest.raises(feel.FeelError):
        feel.parse_unary_tests("")


def test_a_broken_assertion_tells_its_cause():
    with pytest.raises(feel.FeelError, match="Alder mangler"):
        feel.evaluate('assert(alder, alder != null, "Alder mangler")', {})

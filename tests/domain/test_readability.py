"""LIX, after its definition: words per sentence, and the share of long words."""

from engine.domain.readability import lix


def test_short_words_in_short_sentences_are_easy():
    assert lix("Du vil på FGU. Vi hjælper dig.") == 18


def test_long_words_in_one_sentence_are_hard():
    assert lix("Helhedsorienterede foranstaltninger iværksættes tværfagligt") == 104


def test_a_text_without_words_has_none():
    assert lix("  123 ...") is None

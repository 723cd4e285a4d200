"""What the package promises."""

from wordtally import tally, top, words


def test_words_are_in_lower_case_and_without_punctuation() -> None:
    """Digits and underscores separate words too."""
    assert words("One, two; TWO 3 a_b") == ["one", "two", "two", "a", "b"]


def test_an_apostrophe_inside_a_word_belongs_to_it() -> None:
    """Quotation marks around a word do not."""
    assert words("'Don't' l'été") == ["don't", "l'été"]


def test_a_tally_counts_every_word() -> None:
    """Each with the number of its occurrences."""
    assert tally("to be or not to be") == {"to": 2, "be": 2, "or": 1, "not": 1}


def test_top_puts_frequent_words_first() -> None:
    """Equal ones are in alphabetical order."""
    assert top("b a c b a d", 3) == [("a", 2), ("b", 2), ("c", 1)]


def test_an_empty_text_has_no_words() -> None:
    """Nothing to count is no error."""
    assert top("", 5) == []

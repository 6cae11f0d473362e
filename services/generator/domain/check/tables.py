"""Tables of words, written with blanks between them."""


def word_list(text: str) -> list[str]:
    """The words of a text in their order."""
    return text.split()


def word_set(text: str) -> frozenset[str]:
    """The different words of a text."""
    return frozenset(text.split())

"""How long a text is for a model whose tokenizer is not known here."""

BYTES_PER_TOKEN = 3


def tokens_about(text: str) -> int:
    """About as many tokens as most models make of it, rather more: a Han character is one, an English word two."""
    return -(-len(text.encode("utf-8", "replace")) // BYTES_PER_TOKEN)

"""Questions that lean on the one before: "and for shoes?", "那运费呢"."""

import re

SHORT = {"en": 6, "zh": 12}
"""A follow-up has at most so many words, or in Chinese characters."""
LEANS = re.compile(
    r"^(?:and|what about|how about|or|but|then|so|also)\b|\b(?:it|its|they|them|that one|this one|those|these)\b"
    r"|^(?:那|那么|还有|换成|如果是|要是)|(?:它|它们|这个|那个|这款|那款|这双|那双|这件|那件)|呢[？?。!！]*$",
    re.IGNORECASE,
)
LONGEST = 200


def search_text(before: str, question: str, language: str) -> str:
    """What is searched for a question: itself, or together with the one before where it cannot stand alone."""
    size = len(question.split()) if language == "en" else len(question)
    if not before or size > SHORT.get(language, SHORT["en"]) or not LEANS.search(question.strip()):
        return question
    return f"{before[-LONGEST:].rstrip('?？。. ')} {question.strip()}"

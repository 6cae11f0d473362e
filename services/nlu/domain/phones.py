"""Telephone numbers: Chinese mobiles as they are, others where their country can be told."""

import re
from collections.abc import Iterator

import phonenumbers

from services.nlu.domain.text import MatchText
from shared.contracts.messages import Entity, Expects

CANDIDATE = re.compile(
    r"(?<![A-Za-z0-9+.#-])(?:\+|00)?(?:\(0?[0-9]{1,4}\)[ ]?)?"
    r"[0-9](?:[ ./()-]{0,2}[0-9]){6,14}(?![.,-]?[0-9]|[A-Za-z])"
)
CHINESE_MOBILE = re.compile(r"(?:\+?86|0086)?1[3-9][0-9]{9}")
SAID = re.compile(
    r"phone|mobile|\bcell\b|call|\btel|number|sms|text me|reach|电话|手机|号码|致电|联系|拨", re.IGNORECASE
)
NATIONAL = ("DE", "FR", "GB", "ES", "IT", "NL", "AT", "BE", "CN")
"""Whose national numbers are tried where a text speaks of a telephone and the number names no country."""
MOST = 6
"""So many candidates of a message are looked at."""


def find_phones(text: MatchText, expects: Expects) -> Iterator[Entity]:
    """Numbers in E.164; a national one counts only beside a word for telephone, or when it was asked for.

    One whose country cannot be told stays as it is.
    """
    if sum(character.isdecimal() for character in text.text) < 7:
        return
    spoken_of = expects.slot == "phone" or SAID.search(text.text) is not None
    for place, match in enumerate(CANDIDATE.finditer(text.text)):
        if place == MOST:
            return
        if value := _e164(match.group(), spoken_of):
            start, end = text.span(*match.span())
            yield Entity(type="phone", text="", value=value, start=start, end=end)


def _e164(said: str, spoken_of: bool) -> str | None:
    digits = re.sub(r"[^0-9+]", "", said)
    if CHINESE_MOBILE.fullmatch(digits):
        return f"+86{digits[-11:]}"
    if digits.startswith(("+", "00")):
        return _valid(f"+{digits.lstrip('+')}" if digits[0] == "+" else f"+{digits[2:]}", None)
    if not spoken_of or not digits.startswith("0"):
        return None
    return next((found for region in NATIONAL if (found := _valid(digits, region))), digits)


def _valid(digits: str, region: str | None) -> str | None:
    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return None
    # A number that says its country may be one that the tables do not know yet.
    known = phonenumbers.is_possible_number(number) if region is None else phonenumbers.is_valid_number(number)
    if not known:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

"""What a text mentions: the entities that understanding found, and a few things told by their form alone."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from services.dialogue.domain.reading import asks_for, plain
from shared.contracts.messages import Request

CARRIED = ("product", "color", "size", "option", "quantity", "ordinal", "date", "phone", "money")
"""Entities that a flow keeps for the slots that it will ask for; several of a type are joined by `|`."""

ALL = re.compile(
    r"\b(?:all of (?:it|them)|everything|both(?: of them)?|the (?:whole|entire) order|all (?:items|the items))\b"
    r"|^all[.!]?$|全部|全都|都要|都退|都换|整单|整个订单|所有(?:的)?(?:商品|东西)|两件都|两个都",
    re.IGNORECASE,
)
SUBJECTS = {
    "removal": re.compile(r"\b(?:remove|take (?:it |them )?out|delete|drop)\b|去掉|删掉|删除|拿掉"),
    "quantity": re.compile(r"\b(?:quantity|pieces|how many|only (?:one|two)|number of)\b|数量|件数|[一两二三]件"),
    "option": re.compile(
        r"\b(?:size|colou?r|smaller|larger|bigger)\b|尺码|尺寸|颜色|[\d大小xsml] ?[码号]|[红黑白蓝绿灰]色"
    ),
}
NUMBER_WORDS = {
    "zero": 0, "none": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10,
    "零": 0, "一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "十": 10,
}  # fmt: skip
NEW_QUANTITY = re.compile(r"(?:\bto|改成|改为|变成|只要) ?(?P<number>\w{1,5})(?: pieces?)?[.!。]?$")
DAY = re.compile(r"\b20\d{2}-\d{2}-\d{2}\b")
ADDRESS_AFTER = re.compile(
    r"(?:\b(?:address|it|order|parcel|package|delivery|deliver(?:ed)?|send|ship(?:ped)?)\b[^.!?]*?\bto:?\s+"
    r"|\bis now:?\s+|\bnew address(?: is|:)?\s+|^\W*(?:no|sorry|wait)\b[^.!?]*?\bto:?\s+"
    r"|(?:改成|改为|改到|换成|换到|更新为|更新成|寄到|送到|发到|地址是|地址为|应该是|地址：|地址:)\s*)"
    r"(?P<address>.+)$",
    re.IGNORECASE | re.DOTALL,
)
POSTAL_WORD = re.compile(
    r"[省市区县路街道巷号楼栋幢室村镇].*\d|\d+ ?[号幢栋室]"
    r"|\d.*\b(?:street|st|road|avenue|lane|rue|via|calle)\b|\b(?:rue|via|calle)\b.*\d|stra(?:ße|sse) \d"
)
ORDER_LIKE = re.compile(r"\b[a-z]{2}\d{4,}\b")
POSTCODE = re.compile(r"(?<![\d-])(?:\d{6}|\d{5}|\d{3} \d{2}|\d{4} ?[A-Z]{2}|\d{2}-\d{3}|\d{4}-\d{3}|\d{4})(?![\d-])")
SHORTEST_ADDRESS = 8


def mentioned(requests: Iterable[Request]) -> dict[str, str]:
    """The carried entities of these requests by type."""
    found: dict[str, list[str]] = {}
    for request in requests:
        for entity in request.entities:
            if entity.type in CARRIED and entity.value not in found.setdefault(entity.type, []):
                found[entity.type].append(entity.value)
    return {kind: "|".join(values) for kind, values in found.items() if values}


def values(joined: str | None) -> list[str]:
    """The values of a mention that may hold several."""
    return [value for value in (joined or "").split("|") if value]


def subject(text: str) -> str:
    """What of an item the words speak of: its `option`, its `quantity`, its `removal`, or nothing of these."""
    folded = plain(text)
    return next((name for name, pattern in SUBJECTS.items() if pattern.search(folded)), "")


def names_goods(name: Mapping[str, str], said: str) -> bool:
    """Whether the folded words name these goods: by the whole name, or by its English head, such as umbrella."""
    if any(plain(text) in said for text in name.values()):
        return True
    head = head_of(name)
    return bool(head) and re.search(rf"\b{re.escape(head)}e?s?\b", said) is not None


def head_of(name: Mapping[str, str]) -> str:
    """The English head of a name, such as umbrella for Compact umbrella (blue); nothing without one."""
    words = re.findall(r"[a-z]{4,}", re.sub(r"\(.*?\)", "", plain(name.get("en", ""))))
    return words[-1].removesuffix("s") if words else ""


def wants_all(text: str) -> bool:
    """Whether the customer means every item."""
    return ALL.search(plain(text)) is not None


def find_quantity(text: str) -> str | None:
    """The one number in a text, in digits or as a word."""
    folded = plain(text)
    digits = re.findall(r"(?<![\w.])\d{1,3}(?![\w.])", folded)
    words = [str(value) for word, value in NUMBER_WORDS.items() if re.search(_whole(word), folded)]
    found = list(dict.fromkeys(digits or words))
    return found[0] if len(found) == 1 else None


def find_new_quantity(text: str) -> str | None:
    """The number that something is to be changed to: from two to one is one."""
    found = NEW_QUANTITY.search(plain(text))
    return find_quantity(found["number"]) if found else None


def _whole(word: str) -> str:
    return rf"\b{word}\b" if word.isascii() else rf"{word}(?=[件个双条台只盒份]|$)"


def find_day(text: str) -> str | None:
    """The ISO date in a text."""
    found = DAY.search(unicodedata.normalize("NFKC", text))
    return found.group() if found else None


def find_address(text: str) -> str | None:
    """The address that a text asks to change to, if it names one."""
    found = ADDRESS_AFTER.search(text)
    address = found["address"].strip(' .。，,!！\n\t"“”') if found else ""
    return address if is_address(address) else None


def is_address(text: str) -> bool:
    """Whether a text may be an address: long enough, with a number or a word of the kind. The customer confirms it."""
    bare = ORDER_LIKE.sub(" ", text.lower())
    if len(bare.strip()) < SHORTEST_ADDRESS or asks_for(bare):
        return False
    return POSTAL_WORD.search(bare) is not None or ("," in bare and re.search(r"\d", bare) is not None)


def find_postcode(address: str) -> str:
    """What looks like a postcode in an address, or nothing."""
    found = POSTCODE.findall(unicodedata.normalize("NFKC", address))
    return found[-1] if found else ""

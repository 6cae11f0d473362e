"""Reading what a customer typed where much depends on it: a yes to a write, a no, a number, a choice.

The closed vocabularies are code, not shop data: no file and no model can widen what confirms a write.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence

from shared.contracts.messages import Option, Request

AFFIRMING = (
    "yes", "yep", "yeah", "yup", "ok", "okay", "sure", "confirm", "confirmed", "go ahead", "do it", "please do",
    "correct", "right", "exactly", "absolutely", "definitely", "of course", "sounds good", "that is right",
    "that's right", "that's correct", "that is correct", "i confirm", "i agree", "yes please", "no problem",
    "是", "是的", "对", "对的", "好", "好的", "好吧", "行", "可以", "嗯", "嗯嗯", "确认", "确定", "没问题", "同意",
    "没错", "我确认", "我确定", "我同意", "就这样", "当然", "必须的",
)  # fmt: skip
PADDING = (
    "please", "thanks", "thank you", "and", "that's fine", "that is fine", "with it", "with that", "now", "it", "then",
    "请", "谢谢", "谢谢你", "麻烦", "麻烦你", "麻烦你了", "麻烦了", "了", "吧", "啊", "呀", "哦", "的", "呢", "那",
    "就", "您", "你",
)  # fmt: skip
ACTION_WORDS = {
    "cancel_order": (
        "cancel it", "cancel that", "cancel this", "cancel the order", "cancel my order", "cancel this order",
        "cancel that order", "cancel order", "cancel", "确认取消", "确定取消", "取消订单", "取消这个订单", "取消它",
        "取消吧", "取消", "帮我取消",
    ),
}  # fmt: skip
NEGATION = re.compile(
    r"\b(?:no|nope|nah|not|never|don'?t|do not|won'?t|stop|wait|hold on|misunderst\w*|wrong|instead|keep)\b"
    r"|不|别|没有|先等|等等|等一下|误会|弄错|搞错|算了|保留|停",
    re.IGNORECASE,
)
GIVING_UP = re.compile(
    r"\b(?:never ?mind|forget (?:it|about it)|leave it|drop it|doesn'?t matter|changed my mind|no,? thanks?(?: you)?)\b"
    r"|算了|不用了|不要了|没事了|不需要了|当我没说|我改主意|不弄了|先不",
    re.IGNORECASE,
)
ANOTHER = re.compile(
    r"\b(?:other|another|different|wrong) (?:one|order)\b|另一|另外|别的|其他|换一个|不是这", re.IGNORECASE
)
ASKING = re.compile(
    r"[?]$|\b(?:i want|i'd like|i would like|i need|can (?:you|i)|could (?:you|i)|please|where|how|what|when|why)\b"
    r"|[吗呢？]|我要|我想|帮我|请问|怎么|什么|哪|能不能|可以",
    re.IGNORECASE,
)
POINTING = re.compile(
    r"\bit\b|\b(?:this|that) (?:one|order)\b|\b(?:this|that)[.!?]*$|它|这个|那个|这单|那单|该订单|刚才", re.IGNORECASE
)
EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}")
BESIDES = re.compile(r"\b(?:the|my|a|an|one|order|please)\b|[.!,。！，]|订单|那个|那单|这个|请")
ORDINALS = (
    ("first", "1st", "第一", "头一个"), ("second", "2nd", "第二"), ("third", "3rd", "第三"),
    ("fourth", "4th", "第四"), ("fifth", "5th", "第五"),
)  # fmt: skip
LAST = ("last", "最后")
LONGEST_PICK = 40
MAX_FREE_TEXT = 500


def plain(text: str) -> str:
    """The text folded to compare: NFKC, lower case, straight apostrophes, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).replace("’", "'").lower().split())


def is_plain_yes(text: str, action: str, target: str) -> bool:
    """Whether the whole text is a yes to this action on this target, and holds nothing else at all."""
    rest = plain(text).replace(plain(target), " ")
    rest = re.sub(r"[\s,.!~，。！～、:：;；…]+", " ", rest).strip()
    return bool(rest) and _is_made_of(rest, AFFIRMING, (*PADDING, *ACTION_WORDS.get(action, ())))


def _is_made_of(text: str, wanted: Collection[str], allowed: Collection[str]) -> bool:
    """Whether `text` is a chain of these phrases, at least one of them `wanted`. Ends found by dynamic programming."""
    reached: dict[int, bool] = {0: False}
    for place in range(len(text)):
        if place not in reached:
            continue
        if text[place] == " ":
            reached[place + 1] = reached[place] or reached.get(place + 1, False)
        for phrase in (*wanted, *allowed):
            if text.startswith(phrase, place) and _ends_word(text, place + len(phrase)):
                end = place + len(phrase)
                reached[end] = reached[place] or phrase in wanted or reached.get(end, False)
    return reached.get(len(text), False)


def _ends_word(text: str, end: int) -> bool:
    ascii_word = text[end - 1].isascii() and end < len(text) and text[end].isascii()
    return not (ascii_word and text[end].isalnum())


def negates(text: str) -> bool:
    """Whether the text holds a word that speaks against going on."""
    return NEGATION.search(plain(text)) is not None


def gives_up(text: str) -> bool:
    """Whether the customer drops what is under way."""
    return GIVING_UP.search(plain(text)) is not None


def asks_for(text: str) -> bool:
    """Whether the text has the form of a question or of a wish, rather than of a story or a name."""
    return ASKING.search(plain(text)) is not None


def wants_another(text: str) -> bool:
    """Whether the customer means another order than the one spoken of."""
    return ANOTHER.search(plain(text)) is not None


def points_back(text: str) -> bool:
    """Whether the text points at what was just spoken of."""
    return POINTING.search(plain(text)) is not None


def find_email(text: str) -> str | None:
    """The first e-mail address in the text, folded."""
    found = EMAIL.search(unicodedata.normalize("NFKC", text))
    return found.group().lower() if found else None


def find_code(text: str, digits: int) -> str | None:
    """A code of so many digits, which the customer may have grouped: `123 456`."""
    folded = unicodedata.normalize("NFKC", text)
    found = re.search(rf"(?<!\d)\d(?:[ -]?\d){{{digits - 1}}}(?!\d)", folded)
    return re.sub(r"\D", "", found.group()) if found else None


def find_numbers(text: str, pattern: re.Pattern[str]) -> list[str]:
    """The order numbers in the text, in upper case, each once."""
    folded = unicodedata.normalize("NFKC", text)
    return list(dict.fromkeys(found.group().upper() for found in pattern.finditer(folded)))


def find_option(text: str, options: Sequence[Option], words: dict[str, tuple[str, ...]]) -> str | None:
    """The id of the one option that the text picks: by id, place, label or a word of it. None if unclear."""
    folded = plain(text)
    place = _place(folded, len(options))
    if place is not None:
        return options[place].id
    named = {option.id: (option.id, option.label, *words.get(option.id, ())) for option in options}
    for said in (BESIDES.sub(" ", folded).strip(), folded):
        hits = [ident for ident, names in named.items() if _names(said, names)]
        if hits:
            return hits[0] if len(hits) == 1 else None
    return None


def _place(text: str, count: int) -> int | None:
    if len(text) > LONGEST_PICK:
        return None
    if re.fullmatch(r"#?\d", text) and 1 <= int(text[-1]) <= count:
        return int(text[-1]) - 1
    if any(word in text for word in LAST) and count:
        return count - 1
    hits = [place for place, words in enumerate(ORDINALS[:count]) if any(word in text for word in words)]
    return hits[0] if len(hits) == 1 else None


def _names(text: str, names: Iterable[str]) -> bool:
    return any(_contains(text, plain(name)) for name in names if name and not name.startswith("response:"))


def _contains(text: str, name: str) -> bool:
    if not name.isascii():
        return name in text or (len(text) >= 2 and text in name)
    found = re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", text)
    return found is not None or (len(text) >= 4 and text in name)


def mentions(request: Request | None, types: Collection[str]) -> str | None:
    """The value of the first entity of one of these types."""
    entities = request.entities if request else ()
    return next((entity.value for entity in entities if entity.type in types), None)

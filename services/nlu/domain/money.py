"""Sums of money with their bounds: "under 300", "300-500 euros", "三百以内"."""

import re
from collections.abc import Iterator

from services.nlu.domain.numbers import ENGLISH, HAN, chinese_number
from services.nlu.domain.text import MatchText
from shared.contracts.messages import Entity

CURRENCIES = {
    "EUR": r"€|euros?\b|eur\b|欧元|欧(?![洲码标式])",
    "CNY": r"¥|rmb\b|cny\b|yuan\b|元(?:钱|人民币)?|块(?:钱)?|人民币",
    "USD": r"us\$|\$|usd\b|dollars?\b|bucks?\b|美元|美金|刀", "GBP": r"£|gbp\b|pounds?\b|英镑",
}  # fmt: skip
CURRENCY = "|".join(CURRENCIES.values())
BEFORE = r"(?:€|¥|us\$|\$|£|eur\b|cny\b|rmb\b|usd\b|gbp\b|人民币)"
FIGURES = r"(?:[0-9]{1,3}(?:[.,][0-9]{3}){1,3}(?:[.,][0-9]{1,2})?|[0-9]{1,7}(?:[.,][0-9]{1,2})?)(?![0-9])"
ENGLISH_AMOUNT = rf"(?:{'|'.join(ENGLISH)})(?=\s(?:euros?|yuan|dollars?|bucks?|pounds?)\b)"
AMOUNT = rf"(?:{FIGURES}(?:\s?(?:k\b|千|万))?|{HAN}{{1,9}}|{ENGLISH_AMOUNT})"
UPPER = (
    r"(?:under|below|less than|up to|at most|no more than|not more than|maximum(?: of)?|max\.?|within|cheaper than|"
    r"not over|不超过|不高于|低于|少于|小于|最多|顶多)"
)
LOWER = r"(?:over|above|at least|minimum(?: of)?|starting at|至少|最少|不低于)"
ABOUT = r"(?:around|about|roughly|approximately|approx\.?|circa|大概|大约|差不多)"
UPPER_AFTER = r"(?:or less|or under|or below|max(?:imum)?\b|tops\b|以内|以下|之内|之下|封顶)"
LOWER_AFTER = r"(?:or more|and up|and above|\+|以上|起|往上|出头|多(?=块|元))"
ABOUT_AFTER = r"(?:or so|ish\b|左右|上下|来块|来元)"
BUDGET = re.compile(
    r"(?:budget(?:\s+(?:is|of|around|about))?|spend|\bpaid|charged(?: me)?|costs?|预算(?:是|在|大概|就)?"
    r"|(?:[花付扣省降涨]|便宜|贵)了(?:我)?|退我|差价?)"
    r"[\s:：]*$",
    re.IGNORECASE,
)
NO_SUM = frozenset({"一块", "几块", "一元", "两块", "一刀"})
"""Together, or a piece of something, rather than a sum."""
DASH = r"(?:\s?[-–—~～]\s?|\s?(?:到|至)\s?)"
HINT = re.compile(rf"[0-9]|{HAN}|\b(?:euro|yuan|dollar|buck|pound)", re.IGNORECASE)
SUM = re.compile(
    r"(?<![0-9][.,])(?<![A-Za-z0-9#第零〇一二两三四五六七八九十百千万])"
    rf"(?:(?:(?P<upper>{UPPER})|(?P<lower>{LOWER})|(?P<about>{ABOUT}))\s*)?"
    rf"(?:(?P<pre>between|from)\s+)?(?P<first>{BEFORE})?\s?"
    rf"(?P<low>{AMOUNT})(?:\s?(?P<middle>{CURRENCY}))?"
    rf"(?:(?P<to>{DASH}|\s(?:to|and)\s)(?P<second>{BEFORE})?\s?(?P<high>{AMOUNT}))?"
    rf"(?:\s?(?P<last>{CURRENCY}))?"
    rf"(?:\s?(?:(?P<upper_after>{UPPER_AFTER})|(?P<lower_after>{LOWER_AFTER})|(?P<about_after>{ABOUT_AFTER})))?",
    re.IGNORECASE,
)
MEASURED = re.compile(
    r"\s?(?:%|cm|mm|km|m\b|kg|g\b|w\b|mah|hz|days?|weeks?|months?|years?|hours?|hrs?|minutes?|mins?|times?|pairs?|pieces?|"
    r"items?|points?|people|one|of\b|orders?|o'?clock|am\b|pm\b|"
    r"[天周月年日号小时分秒个件双条台只副套码斤克米厘毫瓦度次人岁点折位级斤公寸升])",
    re.IGNORECASE,
)
SMALLEST_BARE = 20
"""A number without a currency counts as a sum from here, if it has a bound."""
MANY = {"k": 1_000, "千": 1_000, "万": 10_000}


def find_money(text: MatchText) -> Iterator[Entity]:
    """Sums in order. A number without currency needs a bound or a budget to count, and no unit of something else."""
    if not HINT.search(text.text):
        return
    for match in SUM.finditer(text.text):
        if _counts(match, text.text):
            start, end = text.span(*_trimmed(match))
            yield Entity(type="money", text="", value=_value(match), start=start, end=end)


SPOKEN_OF = re.compile(
    r"price|\bpaid|\bpay\b|charged?\b|billed?|\bcosts?\b|\bfee\b|voucher|statement|invoice|refund|cheaper|payments?\b|"
    r"差价|[扣付退]了?我?|价格|多少钱|费用|便宜|账单|元|块",
    re.IGNORECASE,
)
BARE = re.compile(
    r"(?<![A-Za-z0-9#.,:/+第满减-])(?<!digits are )(?<!尾号)(?<!尾号 )"
    r"[0-9]{1,5}(?:\.[0-9]{1,2})?(?![A-Za-z0-9%:/]|[.,-][0-9])"
)
SMALLEST_DOUBTFUL = 50


def find_bare_sums(text: MatchText) -> Iterator[Entity]:
    """Numbers with nothing beside them, where the message speaks of prices and nothing else claims them."""
    if SPOKEN_OF.search(text.text) is None:
        return
    for match in BARE.finditer(text.text):
        if MEASURED.match(text.text, match.end()):
            continue
        if "." in match[0] or float(match[0]) >= SMALLEST_DOUBTFUL:
            start, end = text.span(*match.span())
            yield Entity(type="money", text="", value=_written(float(match[0])), start=start, end=end)


def _trimmed(match: re.Match[str]) -> tuple[int, int]:
    said = match.group()
    start = match.start() + len(said) - len(said.lstrip())
    if match["pre"] and not match["to"]:
        start = match.start("pre") + len(match["pre"]) + 1
    return start, match.end()


def _counts(match: re.Match[str], text: str) -> bool:
    between = (match["pre"] or "").lower() == "between"
    if (between and not match["to"]) or match.group().strip() in NO_SUM:
        return False
    if any(match[name] for name in ("first", "middle", "second", "last")):
        return True
    if MEASURED.match(text, match.end()) or re.match(r"[A-Za-z0-9]", text[match.end() : match.end() + 1]):
        return False
    budget = BUDGET.search(text[max(match.start() - 24, 0) : match.start()]) is not None
    bound = between or any(match[name] for name in ("upper", "lower", "upper_after", "lower_after", "about_after"))
    return (bound or budget) and _number(match["low"]) >= SMALLEST_BARE


def _value(match: re.Match[str]) -> str:
    low = _number(match["low"])
    high = _number(match["high"]) if match["high"] else None
    if high is not None:
        # 3-5千: the thousand counts for both.
        unit = next((factor for mark, factor in MANY.items() if match["high"].lower().endswith(mark)), 1)
        low = low * unit if low * unit < high and low < high / unit else low
        bounds = f"{_written(low)}..{_written(high)}"
    elif match["upper"] or match["upper_after"]:
        bounds = f"..{_written(low)}"
    elif match["lower"] or match["lower_after"]:
        bounds = f"{_written(low)}.."
    else:
        bounds = _written(low)
    currency = _currency(match)
    return f"{bounds} {currency}" if currency else bounds


def _currency(match: re.Match[str]) -> str | None:
    said = next((match[name] for name in ("last", "middle", "first", "second") if match[name]), None)
    if said is None:
        return None
    return next((code for code, words in CURRENCIES.items() if re.fullmatch(words, said.strip(), re.IGNORECASE)), None)


def _number(said: str) -> float:
    word = said.strip().lower()
    many = MANY.get(word[-1], 1) if word[:1].isdecimal() else 1
    if word in ENGLISH:
        return float(ENGLISH.index(word) + 1)
    digits = word.rstrip("k千万").strip() if many > 1 else word
    return float(_figures(digits)) * many if digits[:1].isdecimal() else float(chinese_number(word))


def _figures(digits: str) -> str:
    """The last mark before one or two digits parts the decimals; every other one parts thousands."""
    whole, mark, rest = re.fullmatch(r"(.*?)(?:([.,])([0-9]{1,2}))?", digits).groups()  # type: ignore[union-attr]
    return re.sub(r"[.,]", "", whole) + (f".{rest}" if mark else "")


def _written(number: float) -> str:
    return str(int(number)) if number == int(number) else f"{number:.2f}"

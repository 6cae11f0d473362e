"""Units of measure in both languages, each with the one that it is counted in."""

import re

UNITS: dict[str, tuple[str, float]] = {
    name: (unit, factor)
    for unit, factor, spelt in (
        ("workday", 1, "working days|working day|business days|business day|workdays|workday|weekdays|个工作日|工作日"),
        ("hour", 1, "hours|hour|hrs|h|个小时|小时|个钟头"),
        ("hour", 24, "calendar days|calendar day|days|day|nights|night|个自然日|自然日|个晚上|天|日|晚"),
        ("hour", 168, "weeks|week|个星期|个礼拜|周|星期"),
        ("hour", 1 / 60, "minutes|minute|mins|min|分钟"),
        ("hour", 1 / 3600, "seconds|second|秒钟|秒"),
        ("month", 1, "months|month|个月"),
        ("month", 12, "years old|year-old|years of age|years|year|年|周岁|岁"),
        ("monthname", 1, "月份|月"),
        ("%", 1, "%|percent|per cent|个百分点"),
        ("CNY", 1, "元|块钱|块|人民币|rmb|cny|yuan"),
        ("EUR", 1, "欧元|eur|euros|euro|€"),
        ("USD", 1, "美元|usd|dollars|dollar"),
        ("GBP", 1, "英镑|gbp|pounds|pound"),
        ("degree", 1, "°c|℃|°|degrees celsius|degrees|degree|摄氏度|度"),
        ("gram", 1000, "kg|kilograms|kilogrammes|kilogram|kilos|kilo|公斤|千克"),
        ("gram", 500, "斤"),
        ("gram", 1, "grams|gram|g|克"),
        ("mm", 1, "mm|millimetres|millimeters|millimetre|millimeter|毫米"),
        ("mm", 10, "cm|centimetres|centimeters|centimetre|centimeter|厘米"),
        ("mm", 1000, "metres|metre|meters|meter|m|米"),
        ("mm", 1_000_000, "km|kilometres|kilometers|kilometre|kilometer|公里|千米"),
        ("m2", 1, "square metres|square metre|square meters|square meter|sq m|m2|平方米|平米"),
        ("ml", 1000, "litres|litre|liters|liter|l|公升|升"),
        ("ml", 1, "ml|millilitres|milliliters|millilitre|milliliter|毫升"),
        ("wh", 1, "wh|瓦时"),
        ("mah", 1, "mah|毫安时"),
        ("watt", 1, "w|watts|瓦"),
        ("volt", 1, "v|volts|伏"),
        ("point", 1, "points|point|个积分|积分|分"),
        ("time", 1, "times|time|次|回"),
        ("fold", 1, "折"),
        ("piece", 1, "items|item|pieces|piece|products|articles|件"),
        ("character", 1, "characters|character|digits|digit|位|个字符|字符|位数"),
        ("photo", 1, "photos|photo|pictures|张"),
        ("order", 1, "orders|order|单"),
        ("count", 1, "个"),
    )
    for name in spelt.split("|")
}
"""By every way to write a unit: what it is counted in, and how many of these it is."""

COUNTED = frozenset({"time", "piece", "character", "photo", "order", "point", "count"})
"""Units that are things, and words of their own without a number."""

MORE = "(?:full |further |more |wrong |extra |additional )?"
"""What may stand between a number and its unit."""


def _pattern(name: str) -> str:
    if name == "分":
        return "分(?![钟之])"
    if name == "个":
        return "个(?!工作|自然|小时|钟|月|星期|礼拜|晚|积分|字符|百分|人|都|半|[。,]|$)"
    return rf"{re.escape(name)}(?![a-z])" if name[-1].isascii() and name[-1].isalpha() else re.escape(name)


UNIT = "|".join(_pattern(name) for name in sorted(UNITS, key=len, reverse=True))
"""A pattern of all units; the longest is taken."""

EVERY = {
    "day": 24, "days": 24, "daily": 24, "天": 24, "日": 24, "week": 168, "weekly": 168, "周": 168, "星期": 168,
    "month": 1, "monthly": 1, "月": 1, "year": 12, "yearly": 12, "annually": 12, "年": 12,
}  # fmt: skip
"""Spans that something comes back in, in hours or months."""
RATE = re.compile(
    r"\b(?:once|twice|times) (?:a|an|per|each|every) (?P<en>day|week|month|year)\b|\b(?P<ly>daily|weekly|monthly|yearly|annually)\b|"
    r"每(?P<zh>天|日|周|星期|月|年)(?=.{0,3}[一二两三四五1-9]次)"
)
"""How often something is done."""

"""Numbers as customers write them: in figures, in English words, in Chinese."""

ENGLISH = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
LAST = {
    "last": "-1", "latter": "-1", "最后": "-1", "后者": "-1", "末": "-1",
    "former": "1", "前者": "1", "头": "1", "首": "1",
}  # fmt: skip
FIGURES = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
FIGURES |= {character: value for value, character in enumerate("壹贰叁肆伍陆柒捌玖", 1)}
PLACES = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
MYRIADS = {"万": 10_000, "亿": 100_000_000}
HAN_DIGITS = "零〇一二两三四五六七八九"
HAN = rf"[{HAN_DIGITS}十百千万]"
"""A character of a Chinese number."""
LONGEST = 18


def number_value(said: str) -> str:
    """A number in figures; `said` is in figures, an English word up to twelve or Chinese."""
    word = said.lower()
    if word.isdecimal():
        return str(int(word))
    return str(ENGLISH.index(word) + 1) if word in ENGLISH else str(chinese_number(word))


def ordinal_value(said: str) -> str:
    """`2` for the second, counted from 1; `-1` for the last."""
    word = said.lower()
    if word in LAST:
        return LAST[word]
    return str(ORDINALS.index(word) + 1) if word in ORDINALS else number_value(word)


def chinese_number(said: str) -> int:
    """`said` in full (三百二十), digit by digit (二〇二六) or short (三百五); other characters count nothing."""
    figures = said[:LONGEST]
    if not any(character in PLACES or character in MYRIADS for character in figures):
        return int("".join(str(FIGURES[character]) for character in figures if character in FIGURES) or 0)
    total, section, figure = 0, 0, None
    last_place = 1
    for character in figures:
        if character in FIGURES:
            figure = FIGURES[character]
            last_place = 0 if figure == 0 else last_place
        elif character in PLACES:
            section += (1 if figure is None else figure) * PLACES[character]
            figure, last_place = None, PLACES[character]
        elif character in MYRIADS:
            total = (total + section + (figure or 0) or 1) * MYRIADS[character]
            section, figure, last_place = 0, None, MYRIADS[character]
    # 三百五 is 350: a figure right after a place stands for the next one.
    rest = (figure or 0) * (last_place // 10 if last_place > 10 else 1)
    return total + section + rest

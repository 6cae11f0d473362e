"""Personal data in a text, and the text with placeholders in its stead."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

Check = Callable[[str], bool]
Mark = tuple[int, int, str]
"""Start, end and type of a mention; offsets count code points."""


@dataclass(frozen=True)
class Finder:
    """One kind of personal data: where it may stand, and whether what stands there is it.

    A group named `it` says which part of the match is meant.
    """

    kind: str
    pattern: re.Pattern[str]
    holds: Check = bool

    def spans(self, text: str) -> Iterator[Mark]:
        part = "it" if "it" in self.pattern.groupindex else 0
        for match in self.pattern.finditer(text):
            if self.holds(match.group(part)):
                yield *match.span(part), self.kind


def _digits(said: str) -> list[int]:
    return [int(character) for character in said if character.isdecimal()]


def is_card(said: str) -> bool:
    """Luhn's check (ISO/IEC 7812-1), 13 to 19 digits."""
    digits = _digits(said)[::-1]
    doubled = [digit if place % 2 == 0 else sum(divmod(2 * digit, 10)) for place, digit in enumerate(digits)]
    return 13 <= len(digits) <= 19 and any(digits) and sum(doubled) % 10 == 0


def is_iban(said: str) -> bool:
    """The remainder of ISO 13616: country and check digits moved behind, letters as 10 to 35, modulo 97 is 1."""
    code = re.sub(r"\s", "", said).upper()
    return 15 <= len(code) <= 34 and int("".join(str(int(c, 36)) for c in code[4:] + code[:4])) % 97 == 1


def is_chinese_id(said: str) -> bool:
    """The last character of GB 11643, after ISO 7064 MOD 11-2."""
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(said[:17]))
    return "10X98765432"[total % 11] == said[17].upper()


def is_phone(said: str) -> bool:
    return 7 <= len(_digits(said)) <= 15


def _is_number(said: str) -> bool:
    return len(_digits(said)) >= 4


ALONE, END = r"(?<![A-Za-z0-9_#-])", r"(?![A-Za-z0-9_-])"
SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
    "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
    ""
)
NAME = r"[A-ZÀ-Þ][\w'’-]+(?: (?:van|von|de|da|del|bin|al) ?)?(?: [A-ZÀ-Þ][\w'’-]+){0,2}"
ROAD = r"(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Square|Sq|Place|Pl|Way|Terrace|Close)"
FLAT = r"(?:,? (?:apt|apartment|flat|suite|unit|#)\.? ?\w{1,5})?"
HAN = r"[\u4e00-\u9fff]"
PLACE = rf"(?:(?![到寄送是在我换了把请]){HAN})"

FINDERS = (
    Finder("email", re.compile(r"[\w.%+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9])", re.ASCII)),
    Finder("url", re.compile(r"\b(?:https?://|www\.)[^\s<>\"'，。；！？、）】]+", re.IGNORECASE)),
    Finder(
        "iban", re.compile(rf"{ALONE}[A-Z]{{2}}\d{{2}}(?: ?[A-Z0-9]{{4}}){{2,7}}(?: ?[A-Z0-9]{{1,3}})?{END}"), is_iban
    ),
    Finder("iban", re.compile(rf"{ALONE}[a-z]{{2}}\d{{2}}[a-z0-9]{{11,30}}{END}"), is_iban),
    Finder("id_number", re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}[01]\d[0-3]\d{4}[\dXx](?![\dXx])"), is_chinese_id),
    Finder("id_number", re.compile(rf"{ALONE}(?!000|666|9)\d{{3}}-(?!00)\d{{2}}-(?!0000)\d{{4}}{END}")),
    Finder("card", re.compile(r"(?<![\d#])[2-6]\d{3}(?:[ -]?\d){9,15}(?!\d)"), is_card),
    Finder(
        "order",
        re.compile(
            r"(?:\border(?:s|\s?(?:number|no\.?|nr\.?|id))?|订单(?:编?号)?|单号)\s*(?:is|[:：是为#])?\s*"
            r"(?P<it>#?[A-Za-z]{0,4}-?\d[A-Za-z0-9-]{3,24})(?![A-Za-z0-9])",
            re.IGNORECASE,
        ),
        _is_number,
    ),
    Finder("order", re.compile(r"#[A-Za-z]{0,4}-?\d[A-Za-z0-9-]{2,24}(?![A-Za-z0-9])")),
    Finder("phone", re.compile(r"(?<![A-Za-z0-9_#])(?:\+?86[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}(?!\d)")),
    Finder(
        "phone",
        re.compile(
            r"(?<![A-Za-z0-9_#])(?:\+|00)[1-9]\d{0,2}[ ./-]?(?:\(0?\d{1,4}\)[ ./-]?)?\d(?:[ ./-]?\d){5,12}(?!\d)"
        ),
        is_phone,
    ),  # noqa: E501
    Finder("phone", re.compile(r"(?<![A-Za-z0-9_#])\(?[2-9]\d{2}\)?[ .-]\d{3}[ .-]\d{4}(?!\d)")),
    Finder("phone", re.compile(r"(?<![A-Za-z0-9_#])0\d{2,4}[ /-]?\d(?:[ -]?\d){5,9}(?!\d)"), is_phone),
    Finder("tracking", re.compile(rf"{ALONE}(?:1Z[A-Z0-9]{{16}}|[A-Z]{{2}}\d{{9,15}}(?:[A-Z]{{2}})?){END}")),
    Finder("number", re.compile(r"(?<![A-Za-z0-9_.,])\d{9,}(?![A-Za-z0-9_])")),
    Finder("address", re.compile(rf"\b\d{{1,5}}[A-Za-z]? (?:[A-Z][\w'’.-]+ ){{1,4}}{ROAD}\b\.?{FLAT}")),
    Finder("address", re.compile(r"\b[A-ZÄÖÜ][\w.-]*(?:stra(?:ß|ss)e|str\.|weg|platz|gasse|allee) \d{1,4}[a-z]?\b")),
    Finder(
        "address",
        re.compile(
            rf"(?:{PLACE}{{2,8}}?(?:省|自治区))?(?:{PLACE}{{2,8}}?市)?(?:{PLACE}{{1,8}}?[区县镇乡])?"
            rf"{PLACE}{{1,10}}?(?:路|街|大道|巷|弄|小区|花园)\d+[号弄幢栋](?:[\d\u4e00-\u9fff-]{{0,6}}?[号室楼层单元幢栋])*(?:\d{{2,4}}室?)?"
        ),
    ),
    Finder(
        "address",
        re.compile(
            rf"{PLACE}{{2,8}}?(?:省|自治区){PLACE}{{2,8}}?市(?:{PLACE}{{1,8}}?[区县])?(?:{PLACE}{{1,10}}?[路街道])?"
        ),
    ),
    Finder("name", re.compile(rf"\b(?:Mr|Mrs|Ms|Miss|Dr|Herr|Frau)\.? (?P<it>{NAME})")),
    Finder("name", re.compile(rf"(?i:\bmy (?:full )?name is|\bmy name'?s|\bi am called|\bname:) (?P<it>{NAME})")),
    Finder("name", re.compile(rf"(?i:^(?:hi|hello|hey|dear|good (?:morning|evening))) (?P<it>{NAME})(?=\s*[,!.]|$)")),
    Finder("name", re.compile(rf"(?i:\b(?:regards|best wishes|sincerely|cheers)),? +(?P<it>{NAME})\W*$")),
    Finder(
        "name",
        re.compile(
            rf"(?:我叫|姓名[:：]?|收[件货]人(?:是|[:：])?|名字(?:是|叫|[:：]))\s*(?P<it>[{SURNAMES}]{HAN}{{1,2}})"
        ),
    ),
    Finder("name", re.compile(rf"(?P<it>[{SURNAMES}]{HAN}{{0,2}})(?=先生|女士|小姐)")),
)
NUMBERS = frozenset({"order", "tracking", "number"})
"""Kinds that name no person: they may be kept where the text is not given away."""
PLACEHOLDER = re.compile(r"\{\{[^{}]{1,60}\}\}")


def order_finder(pattern: str) -> Finder:
    """Finds a shop's order numbers: whole ones, in either case."""
    return Finder("order", re.compile(rf"(?<![A-Za-z0-9])(?:{pattern})(?![A-Za-z0-9])", re.IGNORECASE))


def finder_of_names(names: Iterable[str]) -> Finder | None:
    """Finds these people's names, whole words in the case in which they are written."""
    parts = {part for name in names for part in (name, *name.split()) if _tells_apart(part)}
    if not parts:
        return None
    longest_first = sorted(map(re.escape, parts), key=lambda part: (-len(part), part))
    return Finder("name", re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(longest_first)})(?![A-Za-z0-9])"))


def _tells_apart(name: str) -> bool:
    """Not `Jo`, not `anna1`'s `the`: what is masked everywhere must be a name everywhere."""
    letters = name.strip("._-~ ")
    if not letters.isascii():
        return len(letters) >= 2
    return len(letters) >= 3 and (letters[:1].isupper() or any(character.isdigit() for character in letters))


def personal_data(text: str, finders: Sequence[Finder] = FINDERS) -> list[Mark]:
    """Its marks in order, none overlapping another; of two that do, that of the earlier finder counts."""
    taken: list[Mark] = [(*match.span(), "") for match in PLACEHOLDER.finditer(text)]
    for finder in finders:
        for start, end, kind in finder.spans(text):
            if start < end and all(end <= other[0] or start >= other[1] for other in taken):
                taken.append((start, end, kind))
    return sorted(mark for mark in taken if mark[2])


def masked(text: str, finders: Sequence[Finder] = FINDERS) -> str:
    """The text with `{{phone}}` and the like in the place of personal data."""
    parts, at = [], 0
    for start, end, kind in personal_data(text, finders):
        parts += [text[at:start], placeholder(kind)]
        at = end
    return "".join(parts) + text[at:]


def placeholder(kind: str) -> str:
    return f"{{{{{kind}}}}}"

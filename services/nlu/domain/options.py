"""Colours, sizes and other options of the catalogue, as customers name them."""

import os.path
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate

from services.nlu.domain.amounts import Amounts
from services.nlu.domain.text import WORD, MatchText
from shared.contracts.messages import Entity

Named = tuple[str, Mapping[str, str]]
"""The kind of an option (`color`, `size`, `plug`) and one of its values by language."""

FAMILIES = {
    "black": ("黑",), "white": ("白",), "grey": ("gray", "灰"), "red": ("burgundy", "wine red", "酒红", "红"),
    "blue": ("navy blue", "sky blue", "light blue", "dark blue", "navy", "indigo", "蓝", "藏青", "藏蓝", "靛蓝"),
    "green": ("olive", "jade", "khaki green", "绿", "墨绿", "竹青", "橄榄绿"), "pink": ("粉", "藕粉", "粉红"),
    "yellow": ("mustard", "黄", "姜黄"), "brown": ("棕", "咖啡色", "咖", "褐"),
    "beige": ("米", "米白", "杏", "卡其", "khaki"), "turquoise": ("teal", "青"),
    "orange": ("橙", "橘", "橘红"), "purple": ("violet", "lilac", "紫"),
    "cream": ("off-white", "ivory", "奶白", "奶油白", "奶油"),
    "silver": ("银",), "gold": ("golden", "金"), "camel": ("tan", "驼"), "charcoal": ("炭灰",),
}  # fmt: skip
"""A plain word for a colour, and other words for it or a shade of it."""
SHADES = r"(?:(?:light|dark|pale|deep|bright|pastel)\s+)?"
HAN_SHADES = "深浅大纯暗亮淡"
AMBIGUOUS = frozenset({"orange", "gold", "golden", "silver", "tan", "ivory", "violet", "jade"})
"""Words that are colours only beside a thing that has one."""
NO_COLOUR = re.compile(
    r"\s*+(?:friday|card|member(?:ship)?|status|tier|level|customers?|juice|house|paper|market|list|out\b|light|energy)|"
    r"[名]单|领|条(?!的)|[五卡店心]|包(?!包)|牌|利息|富|等|屏|人参|菜|饭|板|天|痴|嫖|送|跑",
    re.IGNORECASE,
)
COLOURED = re.compile(
    r"\s*+(?:ones?|version|variant|colou?r|pair|shoes?|boots?|jackets?|hoodies?|sweaters?|tees?|dress|shirts?|one|model|"
    r"bags?|scarf|socks|coat|jeans|in\b|instead)",
    re.IGNORECASE,
)
SHADE = re.compile(rf"^(?:light|dark|pale|deep|bright|pastel|[{HAN_SHADES}])(?=.)", re.IGNORECASE)
NEVER_BARE = "米金银青杏咖"
"""Chinese colours that mean something else without the word for colour."""


HAN = re.compile(r"[\u3400-\u9fff]")
SHORTEST_STEM = 2


@dataclass(frozen=True)
class OptionNames:
    """The catalogue's options. `words` lead from a folded word to its kind and value; `sizes` are in lower case."""

    words: Mapping[str, tuple[str, str]]
    sizes: frozenset[str]
    english: re.Pattern[str]
    chinese: re.Pattern[str]
    amounts: Amounts
    openings: frozenset[str] = frozenset()
    """English words one of which stands in every mention in English, unless a digit does."""

    @classmethod
    def of(cls, options: Iterable[Named] = ()) -> "OptionNames":
        """From the options of all variants; general words for colours are understood in any shop."""
        names: dict[str, tuple[str, str]] = {}
        sizes: set[str] = set()
        by_kind: dict[str, list[tuple[str, str]]] = {}
        for kind, by_language in options:
            value = by_language.get("en", next(iter(by_language.values()), "")).lower()
            if kind == "size":
                sizes.add(value)
            else:
                known = "color" if kind == "color" else "option"
                names |= {name.lower(): (known, value) for name in by_language.values()}
                by_kind.setdefault(kind, []).append((by_language.get("zh", ""), value))
        colours = {value for kind, value in names.values() if kind == "color"}
        names = {word: ("color", value) for word, value in _colour_words(colours).items()} | names
        names = {word: ("option", value) for pairs in by_kind.values() for word, value in _stems(pairs)} | names
        words = {_folded(name): meaning for name, meaning in names.items()}
        amounts = Amounts.of((name, value) for name, (kind, value) in names.items() if kind == "option")
        openings = frozenset(opening for name in names for opening in _openings(name))
        return cls(words, frozenset(sizes), _english(names), _chinese(names), amounts, openings)

    def find(self, text: MatchText) -> Iterator[Entity]:
        """Colours and other options, not sizes."""
        english = (self.english,) if text.numbered or not self.openings.isdisjoint(text.words) else ()
        chinese = () if text.text.isascii() else (self.chinese,)
        for pattern in (*english, *chinese):
            for match in pattern.finditer(text.text):
                if not _means_else(match):
                    kind, value = self._meaning(match.group())
                    start, end = text.span(*match.span())
                    yield Entity(type=kind, text="", value=value, start=start, end=end)
        yield from self.amounts.find(text)

    def _meaning(self, said: str) -> tuple[str, str]:
        """Of a shade that is not sold, its colour."""
        folded = _folded(said)
        plain = SHADE.sub("", folded)
        forms = (folded, f"{folded}色", folded.removesuffix("色"), plain, f"{plain}色", plain.removesuffix("色"))
        return next((self.words[form] for form in forms if form in self.words), ("color", said.lower()))


def _means_else(match: re.Match[str]) -> bool:
    if NO_COLOUR.match(match.string, match.end()):
        return True
    return match.group().lower() in AMBIGUOUS and not COLOURED.match(match.string, match.end())


def _stems(values: Collection[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """欧标 for 欧标插头 beside 国标插头: Chinese values without the ending that all of a kind share."""
    names = sorted({name for name, _ in values})
    shared = os.path.commonprefix([name[::-1] for name in names])[::-1]
    if len(names) > 1 and shared:
        for name, value in values:
            stem = name[: max(SHORTEST_STEM, len(name) - len(shared))]
            if len(stem) < len(name) and HAN.match(stem):
                yield stem, value


def _folded(word: str) -> str:
    return re.sub(r"[\s,，-]", "", word).lower()


def _colour_words(colours: Collection[str]) -> dict[str, str]:
    """Every general word for a colour, with the shop's colour where only one of that family is sold."""
    found: dict[str, str] = {}
    for plain, others in FAMILIES.items():
        family = sorted(colour for colour in colours if _is_of(colour, plain, others))
        value = family[0] if len(family) == 1 else plain
        for word in (plain, *others):
            found.setdefault(word, word if word in colours else value)
    return found


def _is_of(colour: str, plain: str, others: tuple[str, ...]) -> bool:
    return colour.split()[-1] == plain or colour in others


def _loose(name: str) -> str:
    """With or without blanks, hyphens and the commas of thousands."""
    return r"[\s-]*".join(re.escape(part).replace(",", ",?") for part in name.split())


def _openings(name: str) -> Iterator[str]:
    """With which English words it may begin: `navy` and `navyblue`, for it is spelt either way."""
    for joined in accumulate(name.lower().split()):
        yield from WORD.findall(joined)[:1]


def _english(names: Collection[str]) -> re.Pattern[str]:
    words = sorted((name for name in names if name.isascii() and len(name) > 1), key=len, reverse=True)
    spelt = "|".join(map(_loose, words))
    return re.compile(rf"(?<![A-Za-z0-9-]){SHADES}(?:{spelt})(?![A-Za-z0-9-]|\s*%)", re.IGNORECASE)


def _chinese(names: Collection[str]) -> re.Pattern[str]:
    """A colour of one character needs 色 after it, or 的 or 款 as in 黑的."""
    stems = {name.removesuffix("色") for name in names if not name.isascii()}
    long = "|".join(_loose(stem) for stem in sorted(stems, key=len, reverse=True) if len(stem) > 1)
    short = "".join(sorted(stem for stem in stems if len(stem) == 1))
    bare = "".join(stem for stem in short if stem not in NEVER_BARE)
    shade = f"[{HAN_SHADES}]"
    return re.compile(
        rf"{shade}?(?:{long})色?|{shade}?[{short}]色|{shade}[{bare}](?=[的款])|(?<![脸很最太更变发漂空明])[{bare}](?=款|的(?!时|钱|意))"
        rf"|(?<=[换要买选拿][成个了双件条])[{bare}](?=[的吧吗,.?!，。？！]|$)|[{bare}](?=\s?[Tt](?![a-z]))"
    )

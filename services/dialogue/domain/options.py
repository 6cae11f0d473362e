"""Which variant the customer wants: of an item that they have, or of a product that they want to buy."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.dialogue.domain.cards import local
from services.dialogue.domain.effects import Steps
from services.dialogue.domain.hearing import values
from services.dialogue.domain.reading import plain
from services.dialogue.domain.shop import Product, Variant
from services.dialogue.domain.state import Frame
from services.dialogue.domain.talk import Prompt, Talk
from shared.contracts.messages import Option

MOST_OPTIONS = 12
LARGER = re.compile(r"\b(?:size (?:up|bigger|larger)|bigger|larger)\b|大一[码号]|大点|太小|偏小", re.IGNORECASE)
SMALLER = re.compile(r"\b(?:size (?:down|smaller)|smaller)\b|小一[码号]|小点|太大|偏大", re.IGNORECASE)
HUES = "红黑白蓝绿灰黄棕粉紫"
NAMED = re.compile(r"(\w+):([^|]+)")

Wanted = dict[str, str]
"""Option name -> value in English, lower case."""


@dataclass(frozen=True)
class Target:
    """A product, and the variant of it that the customer has, if any."""

    product: Product
    has: Variant | None


def collect_option(talk: Talk, frame: Frame) -> Steps[bool]:
    """Fills `option` with the SKU of a variant for each item, side by side. What is not to be had is said."""
    targets = yield from _targets(talk, frame)
    answered = "option_said" in frame.mentions
    words = _words(frame)
    chosen = values(frame.mentions.get("chosen"))
    for target in targets[len(chosen) :]:
        variant = yield from _pick(talk, frame, target, words)
        if variant is None:
            return False
        chosen.append(variant.sku)
        frame.mentions["chosen"] = "|".join(chosen)
        frame.mentions.pop("wanted", None)
        # An answer is to the question about this item; what was said at first is about all of them.
        words = "" if answered else words
    if not targets:
        talk.drop(frame)
        yield from talk.say("product_unknown")
        return False
    frame.slots["option"], frame.options = ",".join(chosen), ()
    return True


def names_another(talk: Talk, frame: Frame, words: str) -> Steps[bool]:
    """Whether the words name a variant other than the ones chosen."""
    targets = yield from _targets(talk, frame)
    chosen = frame.slots.get("option", "").split(",")
    for target in targets:
        fitting = _fitting(target, read_options(target, words)) if read_options(target, words) else []
        if fitting and not any(variant.sku in chosen for variant in fitting):
            return True
    return False


def _targets(talk: Talk, frame: Frame) -> Steps[list[Target]]:
    items = [sku for sku in frame.slots.get("item", "").split(",") if sku]
    products = yield from talk.products(items or [frame.slots.get("product", "")])
    if not items:
        return [Target(product, None) for product in products[:1]]
    pairs = {variant.sku: Target(product, variant) for product in products for variant in product.variants}
    return [pairs[sku] for sku in items if sku in pairs]


def _words(frame: Frame) -> str:
    """All that was said about the variant: the answer to the question, else the entities and the first words."""
    answer = frame.mentions.pop("option_said", "")
    entities = [frame.mentions.pop(kind, "") for kind in ("color", "size", "option")]
    first = "" if "asked_option" in frame.mentions else frame.words
    frame.mentions["asked_option"] = "yes"
    return " | ".join(part for part in (answer, *entities, first) if part)


def _pick(talk: Talk, frame: Frame, target: Target, words: str) -> Steps[Variant | None]:
    """The variant that is meant, if it is clear and to be had; else what to ask stands in the frame."""
    wanted = {**dict(NAMED.findall(frame.mentions.get("wanted", ""))), **read_options(target, words)}
    fitting = _fitting(target, wanted)
    allowed = yield from _allowed(talk, frame, target.product.variants)
    if len(fitting) == 1 and fitting[0].sku in allowed:
        return fitting[0]
    if fitting and not any(variant.sku in allowed for variant in fitting):
        names = " / ".join(local(text, talk.said.language) for text in fitting[0].options.values())
        talk.prompt = Prompt("option_unavailable", {"wanted": names, "product_name": target.product.name})
        wanted = {}
    frame.mentions["wanted"] = "|".join(f"{name}:{value}" for name, value in wanted.items())
    frame.options = tuple(_offers(target, wanted, allowed, talk.said.language))[:MOST_OPTIONS]
    if not frame.options:
        talk.drop(frame)
        talk.prompt = None
        yield from talk.say("nothing_available", None, {"product_name": target.product.name})
    elif talk.prompt is None:
        talk.prompt = Prompt("ask_option", {"product_name": target.product.name})
    return None


def _allowed(talk: Talk, frame: Frame, variants: Sequence[Variant]) -> Steps[set[str]]:
    """The variants that the step's `among` lets through."""
    yield from ()
    among = talk.ready_step(frame).among
    if among is None:
        return {variant.sku for variant in variants}
    known = {"slots": frame.slots, "policies": talk.rules.policies}
    return {v.sku for v in variants if among.value({**known, "option": {"sku": v.sku, "stock": v.stock}})}


def _value(variant: Variant, name: str) -> str:
    return plain(variant.options.get(name, {}).get("en", ""))


def read_options(target: Target, words: str) -> Wanted:
    """The option values of this product that the words name, without the one that the customer has already."""
    said, found = plain(words), {}
    for name in _names(target.product):
        hits = [value for value, texts in _texts(target.product, name).items() if _says(said, name, value, texts)]
        had = _value(target.has, name) if target.has else None
        others = [value for value in _longest(hits) if value != had] or hits[:1]
        if len(others) == 1:
            found[name] = others[0]
        elif not hits and target.has and name == "size" and (near := _neighbour(target, said)):
            found[name] = near
    return found


def _names(product: Product) -> list[str]:
    return list(dict.fromkeys(name for variant in product.variants for name in variant.options))


def _texts(product: Product, name: str) -> Mapping[str, set[str]]:
    """By value of this option, all ways to write it."""
    found: dict[str, set[str]] = {}
    for variant in product.variants:
        if name in variant.options:
            found.setdefault(_value(variant, name), set()).update(map(plain, variant.options[name].values()))
    return found


def _says(said: str, name: str, value: str, texts: set[str]) -> bool:
    return f"{name}:{value}" in said or any(_holds(said, text) for text in texts)


def _holds(said: str, text: str) -> bool:
    if not text.isascii():
        plainly = {f"{hue}色" for hue in HUES if hue in text}
        return text in said or any(hue in said for hue in plainly)
    # "red" is enough for maple red, where it can mean nothing else.
    forms = {text, text.split()[-1]}
    return any(re.search(rf"(?<![a-z0-9.'-]){re.escape(form)}(?![a-z0-9.'-]|\s?%)", said) for form in forms)


def _longest(hits: list[str]) -> list[str]:
    """Without a value that is part of another one that was said: `red` within `maple red`."""
    return [hit for hit in hits if not any(hit != other and hit in other.split() for other in hits)]


def _neighbour(target: Target, said: str) -> str | None:
    step = 1 if LARGER.search(said) else -1 if SMALLER.search(said) else 0
    sizes = list(_texts(target.product, "size"))
    if not step or target.has is None or _value(target.has, "size") not in sizes:
        return None
    place = sizes.index(_value(target.has, "size")) + step
    return sizes[place] if 0 <= place < len(sizes) else None


def _fitting(target: Target, wanted: Wanted) -> list[Variant]:
    """The variants with all that is wanted; what is not said stays as it is on the item that the customer has."""
    if target.has is not None:
        if not wanted:
            return []
        wanted = {**{name: _value(target.has, name) for name in target.has.options}, **wanted}
    return [v for v in target.product.variants if all(_value(v, name) == value for name, value in wanted.items())]


def _offers(target: Target, wanted: Wanted, allowed: set[str], language: str) -> Iterator[Option]:
    """What there is to choose: beside what the customer has, else the next option that is still open."""
    names = _names(target.product)
    if target.has is None:
        names = [name for name in names if name not in wanted][:1]
    seen = set()
    for name in names:
        for variant in target.product.variants:
            value = _value(variant, name)
            if variant.sku in allowed and (name, value) not in seen and _is_near(target, wanted, variant, name):
                seen.add((name, value))
                yield Option(id=f"{name}:{value}", label=local(variant.options[name], language))


def _is_near(target: Target, wanted: Wanted, variant: Variant, name: str) -> bool:
    """Whether the variant differs from what the customer has in this option alone, or has all that is wanted."""
    if target.has is None:
        return all(_value(variant, other) == value for other, value in wanted.items())
    same = all(_value(variant, other) == _value(target.has, other) for other in target.has.options if other != name)
    return same and variant.sku != target.has.sku

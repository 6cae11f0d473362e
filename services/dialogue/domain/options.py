"""Which variant the customer wants: of an item that they have, or of a product that they want to buy."""

import re
from collections.abc import Iterator, Sequence

from services.dialogue.domain.cards import local
from services.dialogue.domain.effects import Steps
from services.dialogue.domain.hearing import values
from services.dialogue.domain.parting import Named, parted
from services.dialogue.domain.shop import Variant
from services.dialogue.domain.state import Frame
from services.dialogue.domain.talk import Prompt, Talk
from services.dialogue.domain.variants import BARE, Target, Wanted, named_by_sku, read_options, value_of
from shared.contracts.messages import Option

MOST_OPTIONS = 12
NAMED = re.compile(r"([^:|]+):([^|]+)")
NEVER = "-1"


def collect_option(talk: Talk, frame: Frame) -> Steps[bool]:
    """Fills `option` with the SKU of a variant for each item, side by side. What is not to be had is said."""
    targets = yield from _targets(talk, frame)
    chosen = values(frame.mentions.get("chosen"))
    heard = _heard(frame, targets, len(chosen))
    for place in range(len(chosen), len(targets)):
        variant = yield from _pick(talk, frame, targets[place], heard[place])
        if variant is None:
            frame.mentions["asked_option"] = str(place)
            return False
        chosen.append(variant.sku)
        frame.mentions["chosen"] = "|".join(chosen)
        frame.mentions.pop("wanted", None)
    frame.mentions["asked_option"] = str(len(targets))
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


def _heard(frame: Frame, targets: Sequence[Target], first: int) -> list[str]:
    """What was said about each target: the answer to the question about one, and what the first words say of the rest.

    Answers count for the target that was asked about, unless they name several.
    """
    answer = frame.mentions.pop("option_said", "")
    told = " | ".join(frame.mentions.pop(kind, "") for kind in ("color", "size", "option"))
    asked = int(frame.mentions.get("asked_option", NEVER))
    names = [Named(target.has.sku if target.has else "", target.product.name, _values_of(target)) for target in targets]
    answers = parted(answer, names) if answer else [""] * len(targets)
    if answer and len(targets) > 1 and answers.count(answers[first]) == len(targets):
        answers = [answer if place == first else "" for place in range(len(targets))]
    opening = parted(frame.words, names)
    single = told if len(targets) == 1 else ""
    return [
        " | ".join((answers[place], single, opening[place] if place > asked else "")) for place in range(len(targets))
    ]


def _values_of(target: Target) -> frozenset[str]:
    return frozenset(value_of(target.has, name) for name in target.has.options) if target.has else frozenset()


def _pick(talk: Talk, frame: Frame, target: Target, words: str) -> Steps[Variant | None]:
    """The variant that is meant, if it is clear and to be had; else what to ask stands in the frame."""
    wanted = {**dict(NAMED.findall(frame.mentions.get("wanted", ""))), **read_options(target, words)}
    by_sku = named_by_sku(target, words)
    fitting = [by_sku] if by_sku else _fitting(target, wanted)
    allowed = yield from _allowed(talk, frame, target.product.variants)
    if len(fitting) == 1 and fitting[0].sku in allowed:
        return fitting[0]
    others = [v for v in target.product.variants if v.sku in allowed and (not target.has or v.sku != target.has.sku)]
    left = [variant for variant in others if _has_all(variant, wanted)]
    if wanted and not any(variant in left for variant in fitting):
        talk.prompt = Prompt("option_unavailable", _named(target, wanted, fitting, talk.said.language))
        wanted, left = (wanted, left) if left else ({}, others)
    frame.mentions["wanted"] = "|".join(f"{name}:{value}" for name, value in wanted.items())
    frame.options = tuple(_offers(target, wanted, left, talk.said.language))[:MOST_OPTIONS]
    if not frame.options:
        talk.drop(frame)
        talk.prompt = None
        yield from talk.say("nothing_available", None, {"product_name": target.product.name})
    elif talk.prompt is None:
        talk.prompt = Prompt("ask_option", {"product_name": target.product.name})
    return None


def _named(target: Target, wanted: Wanted, fitting: Sequence[Variant], language: str) -> dict[str, object]:
    """What is not to be had, in words."""
    options = fitting[0].options.values() if fitting else ()
    names = " / ".join([local(text, language) for text in options] or wanted.values())
    return {"wanted": names, "product_name": target.product.name}


def _allowed(talk: Talk, frame: Frame, variants: Sequence[Variant]) -> Steps[set[str]]:
    """The variants that the step's `among` lets through."""
    yield from ()
    among = talk.ready_step(frame).among
    if among is None:
        return {variant.sku for variant in variants}
    known = {"slots": frame.slots, "policies": talk.rules.policies}
    return {v.sku for v in variants if among.value({**known, "option": {"sku": v.sku, "stock": v.stock}})}


def _fitting(target: Target, wanted: Wanted) -> list[Variant]:
    """The variants with all that is wanted; what is not said stays as it is on the item that the customer has."""
    if target.has is not None:
        if not wanted:
            return []
        wanted = {**{name: value_of(target.has, name) for name in target.has.options}, **wanted}
    return [variant for variant in target.product.variants if _has_all(variant, wanted)]


def _has_all(variant: Variant, wanted: Wanted) -> bool:
    return all(value_of(variant, name) == value for name, value in wanted.items())


def _offers(target: Target, wanted: Wanted, left: Sequence[Variant], language: str) -> Iterator[Option]:
    """What there is to choose of the variants that are left: the next option that is still open.

    Beside what the customer has these are all options in which a variant differs from it, the ones first that change
    nothing else.
    """
    names = [name for name in target.names if name not in wanted]
    if target.has is not None:
        near = [variant for variant in left if _distance(target.has, variant, wanted) == 1]
        left = near or left
    else:
        names = names[:1]
    seen = set()
    for name in names:
        for variant in left:
            value = value_of(variant, name)
            had = target.has is not None and value == value_of(target.has, name)
            if value and not had and (name, value) not in seen:
                seen.add((name, value))
                yield Option(id=f"{name}:{value}", label=_label(name, local(variant.options[name], language)))


def _label(name: str, value: str) -> str:
    return f"{name}: {value}" if value.lower() in BARE else value


def _distance(has: Variant, variant: Variant, wanted: Wanted) -> int:
    """In how many options, beside those that were said, the variant differs from what the customer has."""
    return sum(value_of(variant, name) != value_of(has, name) for name in has.options if name not in wanted)

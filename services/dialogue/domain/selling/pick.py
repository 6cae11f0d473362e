"""The slot `pick`: finds goods for a wish, asking at most twice, shows them, and waits until one is picked."""

import re

from services.dialogue.domain.effects import RankGoods, Steps, ask
from services.dialogue.domain.hearing import mentioned, values
from services.dialogue.domain.reading import find_option, gives_up, plain
from services.dialogue.domain.selling import meant
from services.dialogue.domain.selling.facts import Look, goods_facts, product_card
from services.dialogue.domain.selling.finding import Found, find, fitting_variants, lowest_price
from services.dialogue.domain.selling.wish import asks_cheaper, asks_more, is_blank, narrows, read_wish
from services.dialogue.domain.state import Frame, Wish
from services.dialogue.domain.talk import Prompt, Shown, Talk
from shared.contracts.messages import Option

SHOWN = 3
MANY = 8
"""Of more goods than this the customer is asked what they are for."""
MOST_QUESTIONS = 2
NEAR = 0.5
"""Without any other sign, goods are found whose description is at least so near to the words."""
CATEGORY = "category:"
TAKEN = "product_wish"
"""The slot of the flow's own that a yes to the picked product fills."""
LONGEST_OPTION = 30
BARE = re.compile(
    r"\b(?:the|a|one|number|option|please|take|i'll|let's|go|with|that|yes|ok)\b|[#.!,。，！\s]|第|[一二三123]|个|款|双|件|那|这|吧|要|就|选|的"
    r"|\b(?:first|second|third|last|1st|2nd|3rd)\b|最后",
    re.IGNORECASE,
)


def collect_pick(talk: Talk, frame: Frame) -> Steps[bool]:
    """Fills `pick` and `product` with the product that the customer picks of those that fit."""
    picked = frame.mentions.pop("pick", "")
    if "begun" in frame.mentions and not (picked or "more" in frame.mentions):
        # Collected twice in a turn, or come back to after an interruption: what was asked still stands.
        talk.prompt = talk.prompt or _standing_question(frame)
        return False
    wish = _heard(talk, frame, picked)
    if picked in talk.state.goods:
        yield from _choose(talk, frame, picked)
        return True
    talk.state.wish = wish
    if is_blank(wish) and not wish.asked:
        return (yield from _ask_kind(talk, frame))
    found = yield from _found(talk, wish)
    if not found.products and not _is_filtered(wish) and not wish.asked:
        return (yield from _ask_kind(talk, frame))
    if len(found.products) > MANY and _is_broad(wish):
        return _ask(talk, frame, "ask_need")
    if not found.products:
        talk.drop(frame)
        yield from talk.say("goods_no_more" if wish.seen else "goods_none")
        return False
    yield from _show(talk, frame, found)
    return False


def read_pick(talk: Talk, frame: Frame, text: str) -> dict[str, str]:
    """What an answer says: which of the goods, or while the bot asks about the wish, more about that."""
    if not talk.state.goods or not frame.options or frame.options[0].id.startswith(CATEGORY):
        picked = find_option(text, frame.options, _labels(talk, frame)) if frame.options else None
        return {"pick": picked} if picked else {} if gives_up(text) else {"more": text}
    if _wants_more_than_a_pick(talk, frame, text):
        return {}
    named = [value for value in values(mentioned(talk.said.requests).get("product")) if value in talk.state.goods]
    picked = find_option(text, frame.options, {}) or (named[0] if len(named) == 1 else None)
    return {"pick": picked} if picked else {}


def is_narrowed(talk: Talk) -> bool:
    """Whether the text only says more about the goods that were shown last."""
    shown = meant.shown(talk)
    return bool(shown and talk.rules.picks) and narrows(talk.said.text, talk.said.requests, len(shown))


def narrow(talk: Talk) -> Steps[None]:
    """Looks again with what the text adds, in a flow of its own on the stack."""
    text, shown = talk.said.text, meant.shown(talk)
    wish = talk.state.wish or (yield from _wish_for_the_like(talk, shown))
    wish = read_wish(text, mentioned(talk.said.requests), wish)
    if asks_more(text):
        wish = wish.model_copy(update={"seen": tuple(dict.fromkeys((*wish.seen, *shown)))})
    elif asks_cheaper(text):
        products = yield from talk.products(shown)
        currency = yield from meant.currency(talk, wish)
        # Of several the one that was suggested first is meant: the others may cost less already.
        first = next((product for product in products if product.id == shown[0]), None)
        wish = wish.model_copy(update={"below": lowest_price(first.variants, currency) if first else None})
    talk.state.wish = wish
    talk.push(talk.rules.picks, text, mentions={"narrowed": "yes"})


def _wish_for_the_like(talk: Talk, shown: tuple[str, ...]) -> Steps[Wish]:
    """A wish for goods of the same category as those that were spoken of."""
    products = yield from talk.products(shown)
    category = products[0].category if products else ""
    return Wish(category=category, words=" ".join(product.name.get("en", "") for product in products))


def _heard(talk: Talk, frame: Frame, picked: str) -> Wish:
    more = frame.mentions.pop("more", "")
    if picked.startswith(CATEGORY):
        return (talk.state.wish or Wish()).model_copy(update={"category": picked.removeprefix(CATEGORY)})
    if more:
        return read_wish(more, mentioned(talk.said.requests), talk.state.wish)
    frame.mentions["begun"] = "yes"
    if frame.mentions.pop("narrowed", ""):
        return talk.state.wish or Wish()
    return read_wish(frame.words, frame.mentions)


def _standing_question(frame: Frame) -> Prompt:
    if not frame.options:
        return Prompt("ask_need")
    kinds = frame.options[0].id.startswith(CATEGORY)
    return Prompt("ask_kind") if kinds else Prompt("ask_pick", {"count": len(frame.options)})


def _ask_kind(talk: Talk, frame: Frame) -> Steps[bool]:
    """Asks which kind of goods is wanted."""
    catalogue = yield from talk.catalogue()
    categories = list(dict.fromkeys(product.category for product in catalogue))
    frame.options = tuple(Option(id=f"{CATEGORY}{name}", label=_label(talk, name)) for name in categories)
    return _ask(talk, frame, "ask_kind")


def _ask(talk: Talk, frame: Frame, response: str) -> bool:
    wish = talk.state.wish or Wish()
    talk.state.wish = wish.model_copy(update={"asked": wish.asked + 1})
    talk.state.goods = ()
    if response == "ask_need":
        frame.options = ()
    talk.prompt = Prompt(response)
    return False


def _label(talk: Talk, category: str) -> str:
    named = f"choice_{category}"
    return f"response:{named}" if named in talk.rules.choice_labels else category


def _labels(talk: Talk, frame: Frame) -> dict[str, tuple[str, ...]]:
    names = [option.id for option in frame.options]
    return {name: talk.rules.choice_labels.get(f"choice_{name.removeprefix(CATEGORY)}", ()) for name in names}


def _found(talk: Talk, wish: Wish) -> Steps[Found]:
    catalogue = yield from talk.catalogue()
    near = dict((yield from ask(RankGoods(wish.words, talk.said.language)))) if wish.words else {}
    if not _is_filtered(wish) and not is_blank(wish):
        catalogue = tuple(product for product in catalogue if near.get(product.id, 0.0) >= NEAR)
    return find(catalogue, wish, (yield from meant.currency(talk, wish)), near)


def _is_filtered(wish: Wish) -> bool:
    """Whether more is known than words whose nearness decides."""
    bounds = (wish.high, wish.low, wish.below)
    return any((wish.kinds, wish.category, wish.traits, wish.color, wish.size, *bounds))


def _is_broad(wish: Wish) -> bool:
    """Whether another question would help: no need, no bound and nothing shown is known to choose by."""
    return wish.asked < MOST_QUESTIONS and not (wish.traits or wish.high or wish.below or wish.seen)


def _show(talk: Talk, frame: Frame, found: Found) -> Steps[None]:
    """Shows the best, with their cards, and offers them to be picked."""
    wish, products = talk.state.wish or Wish(), found.products[:SHOWN]
    colour = "" if "color" in found.without else wish.color
    size = "" if "size" in found.without else wish.size
    look = Look(talk.said.language, (yield from meant.currencies(talk)), colour, size, wish.traits)
    facts = goods_facts(products, look)
    meant.remember(talk, products)
    told = {"goods": facts, "without": list(found.without), "cheaper": wish.below is not None}
    cards = tuple(product_card(fact) for fact in facts)
    yield from talk.say("goods_nearest" if found.without else "goods_found", None, told, Shown(components=cards))
    frame.options = tuple(Option(id=fact["id"], label=fact["name"]) for fact in facts)
    talk.prompt = Prompt("ask_pick", {"count": len(facts)})


def _choose(talk: Talk, frame: Frame, picked: str) -> Steps[None]:
    """The product is the one, in the colour and size that were looked for if it is made in them."""
    wish, products = talk.state.wish or Wish(), (yield from talk.products([picked]))
    made = bool(products) and bool(fitting_variants(products[0], wish.color, wish.size))
    wanted = {"color": wish.color, "size": wish.size}
    options = {name: value for name, value in wanted.items() if value and made}
    frame.slots |= {"pick": picked, "product": picked, "goods": picked, **options}
    frame.mentions |= {"product": picked, **options}
    frame.options = ()
    meant.remember(talk, products)


def is_taken(talk: Talk, frame: Frame | None) -> bool:
    """Whether an answer to the offer of the picked product names its colour or size: it is wanted like that."""
    if frame is None or "pick" not in frame.slots or frame.flow != talk.rules.picks:
        return False
    found, text = mentioned(talk.said.requests), talk.said.text
    brief = len(text) <= LONGEST_OPTION and not text.rstrip().endswith(("?", "？", "吗", "呢"))
    return brief and bool(found.keys() & {"color", "size"}) and not found.keys() & {"product", "order", "money"}


def take(talk: Talk, frame: Frame) -> None:
    """Goes on as after a yes, in the colour or size that was said."""
    found = mentioned(talk.said.requests)
    frame.mentions |= {name: values(said)[0] for name, said in found.items() if name in ("color", "size")}
    frame.mentions[TAKEN] = "yes"


def _wants_more_than_a_pick(talk: Talk, frame: Frame, text: str) -> bool:
    """Whether the text is surely another wish, such as to have the second one put into the basket."""
    if not BARE.sub("", plain(text)):
        return False
    sure = talk.rules.thresholds.interrupt
    return any(
        request.confidence >= sure and talk.rules.starts.get(request.intent, frame.flow) != frame.flow
        for request in talk.said.requests
    )

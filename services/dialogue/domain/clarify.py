"""Two wishes that are equally likely: the customer says which one, the bot does not guess."""

from services.dialogue.domain.effects import Steps
from services.dialogue.domain.state import Frame
from services.dialogue.domain.talk import Talk
from shared.contracts.messages import Option, Request
from shared.shop.required import CLARIFY

OTHER = "other"


def candidates(talk: Talk, request: Request) -> tuple[str, ...]:
    """The two intents between which the request stands, if both start a flow that the shop has a name for."""
    limits, near = talk.rules.thresholds, request.alternatives[:1]
    if CLARIFY not in talk.rules.flows or not near or request.confidence >= limits.sure:
        return ()
    both = (request.intent, near[0][0])
    if request.confidence - near[0][1] >= limits.clear_by or not all(_named(talk, intent) for intent in both):
        return ()
    flows = [talk.rules.starts.get(intent) for intent in both]
    return both if all(flows) and flows[0] != flows[1] else ()


def _named(talk: Talk, intent: str) -> bool:
    return f"choice_wish_{intent}" in talk.rules.choice_labels


def ask_which(talk: Talk, request: Request, intents: tuple[str, ...]) -> None:
    """Puts the question on the stack; the request waits in it."""
    heard = {"request": request.model_dump_json(), "between": "|".join(intents)}
    talk.push(CLARIFY, request.text, mentions=heard)


def collect_wish(talk: Talk, frame: Frame) -> Steps[bool]:
    """Serves the wish that was picked, as if it had been said plainly."""
    picked = frame.mentions.get("wish", "").removeprefix("wish_")
    between = frame.mentions.get("between", "").split("|")
    if picked in between:
        request = Request.model_validate_json(frame.mentions["request"])
        plainly = request.model_copy(update={"intent": picked, "confidence": 1.0, "alternatives": ()})
        talk.drop(frame)
        talk.state.agenda.insert(0, plainly)
        return False
    if picked == OTHER:
        talk.drop(frame)
        yield from talk.say("cannot_handle")
        return False
    ids = (*between, OTHER)
    frame.options = tuple(Option(id=f"wish_{name}", label=f"response:choice_wish_{name}") for name in ids)
    return False

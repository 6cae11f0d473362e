"""A planned reply becomes a reply: text, labels and effects worded in the customer's language."""

from typing import Any, Protocol
from urllib.parse import parse_qsl

from shared.contracts.messages import Expects, Language, PlannedReply, Reply

NAMED = "response:"
"""A label, an effect or a component's text that begins so names the response that words it.

Values of its own may follow: `response:label_payment?method=card&last4=4242`.
"""


class Says(Protocol):
    """Words a response; see `shared.wording.Wording.say`."""

    def say(self, response: str, language: str, arguments: dict[str, Any], seed: str = "") -> str: ...


def render(planned: PlannedReply, turn: int | None, language: Language, wording: Says) -> Reply:
    """The reply. The planned id chooses among wordings, so that a redelivery words it the same. Raises CannotSay."""
    expects = _expects(planned, language, wording)
    arguments = {**planned.arguments, "options": [option.model_dump() for option in expects.options]}
    answered = planned.response == "answer_from_knowledge"
    return Reply(
        id=planned.id,
        turn=turn,
        language=language,
        text=wording.say(planned.response, language, arguments, planned.id),
        components=tuple(_worded(component, planned, language, wording) for component in planned.components),
        sources=planned.sources,
        expects=expects,
        acts=planned.acts,
        by="knowledge" if answered else "response",
    )


def _expects(planned: PlannedReply, language: Language, wording: Says) -> Expects:
    worded = _worded(planned.expects.model_dump(), planned, language, wording)
    return Expects.model_validate(worded)


def _worded(value: Any, planned: PlannedReply, language: Language, wording: Says) -> Any:
    if isinstance(value, str) and value.startswith(NAMED):
        name, _, given = value.removeprefix(NAMED).partition("?")
        return wording.say(name, language, {**planned.arguments, **dict(parse_qsl(given, True))}, planned.id)
    if isinstance(value, dict):
        return {key: _worded(inner, planned, language, wording) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_worded(inner, planned, language, wording) for inner in value]
    return value

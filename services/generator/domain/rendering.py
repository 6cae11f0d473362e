"""A planned reply becomes a reply: text, labels and effects worded in the customer's language."""

from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qsl

from shared.contracts.messages import Expects, PlannedReply, Reply, ReplyPlanned

NAMED = "response:"
"""A label, an effect or a component's text that begins so names the response that words it.

Values of its own may follow: `response:label_payment?method=card&last4=4242`.
"""


class Says(Protocol):
    """Words a response; see `shared.wording.Wording.say`."""

    def say(self, response: str, language: str, arguments: dict[str, Any], seed: str = "", before: int = 0) -> str: ...


def render(planned: PlannedReply, message: ReplyPlanned, wording: Says) -> Reply:
    """The reply. A redelivery words it the same, since the plan says which wording's turn it is. Raises CannotSay."""
    said = _Saying(planned, message, wording)
    expects = Expects.model_validate(said.worded(planned.expects.model_dump()))
    options = [option.model_dump() for option in expects.options]
    return Reply(
        id=planned.id,
        turn=message.turn,
        language=message.language,
        text=said.text({**planned.arguments, "options": options}),
        components=tuple(said.worded(component) for component in planned.components),
        sources=planned.sources,
        expects=expects,
        acts=planned.acts,
        by="knowledge" if planned.response == "answer_from_knowledge" else "response",
    )


@dataclass(frozen=True)
class _Saying:
    planned: PlannedReply
    message: ReplyPlanned
    wording: Says

    def text(self, arguments: dict[str, Any]) -> str:
        # No seed: every conversation begins with the same wordings, by whatever road it comes.
        return self.wording.say(self.planned.response, self.message.language, arguments, before=self.planned.before)

    def worded(self, value: Any) -> Any:
        """The value with every name of a response in it worded."""
        if isinstance(value, str) and value.startswith(NAMED):
            name, _, given = value.removeprefix(NAMED).partition("?")
            arguments = {**self.planned.arguments, **dict(parse_qsl(given, True))}
            return self.wording.say(name, self.message.language, arguments, self.planned.id)
        if isinstance(value, dict):
            return {key: self.worded(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self.worded(inner) for inner in value]
        return value

"""Messages in, messages out; and the loop that settles writes whose turn is over."""

from services.dialogue.handlers.messages import DialogueHandlers
from services.dialogue.handlers.settling import Settler

__all__ = ["DialogueHandlers", "Settler"]

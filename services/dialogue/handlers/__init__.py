"""Messages in, messages out; and the loops that settle writes whose turn is over, and remind silent customers."""

from services.dialogue.handlers.messages import DialogueHandlers
from services.dialogue.handlers.reminding import Reminder
from services.dialogue.handlers.settling import Settler

__all__ = ["DialogueHandlers", "Reminder", "Settler"]

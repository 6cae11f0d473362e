"""What can be changed in a shop: for each act its rules, what it would change, and how it is read back."""

from services.dialogue.domain.actions.base import Action, Seen, Situation
from services.dialogue.domain.actions.table import ACTIONS, CROCKFORD, Ready, plan_act, preview_act, receipt_number

__all__ = ["ACTIONS", "CROCKFORD", "Action", "Ready", "Seen", "Situation", "plan_act", "preview_act", "receipt_number"]

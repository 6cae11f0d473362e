"""From a shop's raw chats to examples: each step a pure function, all of them in `steps.py`."""

"""How long the dialogue's own step takes, as conversations and shops grow."""

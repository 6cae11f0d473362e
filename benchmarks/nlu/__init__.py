"""How well and how fast messages are understood, beside other ways to do it."""

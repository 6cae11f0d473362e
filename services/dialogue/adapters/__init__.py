"""One module a technology that dialogue talks to."""

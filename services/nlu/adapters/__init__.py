"""One module a technology that nlu talks to."""

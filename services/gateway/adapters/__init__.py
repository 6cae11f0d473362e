"""One module a technology that gateway talks to."""

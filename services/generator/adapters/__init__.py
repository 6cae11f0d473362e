"""One module a technology that generator talks to."""

"""Understanding: what a customer message says, in which language."""

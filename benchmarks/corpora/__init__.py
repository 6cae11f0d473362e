"""Readers of public collections of labelled sentences. They know each format, and nothing of what is in it."""

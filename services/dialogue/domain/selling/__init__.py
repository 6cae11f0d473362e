"""Selling: what a customer looks for, what of the catalogue fits, and what is said about it."""

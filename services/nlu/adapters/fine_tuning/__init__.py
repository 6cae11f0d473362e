"""Fitting an encoder itself to a shop's examples, with torch. Nothing that serves customers imports it.

`options` and `bio` are light; `tuning` brings torch and transformers, so whoever trains imports it late.
"""

"""Teaches a language model how the shop replies. Needs torch, transformers and peft: loaded by name."""

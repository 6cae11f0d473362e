"""Proactive: writes to customers first, once, where a rule of the shop says so and they agreed."""

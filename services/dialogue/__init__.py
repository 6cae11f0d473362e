"""Dialogue: decides what happens next, and acts on the shop in two phases."""

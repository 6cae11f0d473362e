"""The files of a shop: what they may hold, and how they are read."""

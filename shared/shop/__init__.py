"""The files of a shop: what they may hold, and how they are read."""

from shared.shop.load import Shop, load_shop

__all__ = ["Shop", "load_shop"]

"""What happened in the shop, and whether a customer may be told of it now."""

"""How the shop, the ledger and the conversations are reached."""

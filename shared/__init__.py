"""What every service shares: contracts, the bus, the stores, the shop's files."""

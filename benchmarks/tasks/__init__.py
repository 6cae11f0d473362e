"""Public tasks of customers, played by a simulated customer against a shop made of their data."""

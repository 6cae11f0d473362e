"""The bus: one port, two adapters, and the consumer that owns retry and dead letter."""

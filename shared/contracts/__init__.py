"""The messages that services exchange, and the queues that carry them."""

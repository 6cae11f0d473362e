"""The thinking of generator: pure, no await, no clock, no drivers."""

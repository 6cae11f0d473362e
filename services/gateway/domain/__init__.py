"""The thinking of gateway: pure, no await, no clock, no drivers."""

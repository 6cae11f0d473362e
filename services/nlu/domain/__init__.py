"""The thinking of nlu: pure, no await, no clock, no drivers."""

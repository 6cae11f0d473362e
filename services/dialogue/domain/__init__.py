"""The thinking of dialogue: pure, no await, no clock, no drivers."""

"""Measurements that settle decisions: each a command that writes a report."""

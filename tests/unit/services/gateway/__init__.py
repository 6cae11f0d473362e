"""The gateway's rules, one table each."""

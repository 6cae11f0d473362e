"""Real servers for tests: started once, on free ports of the loopback, in folders of their own, and ended."""

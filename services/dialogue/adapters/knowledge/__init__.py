"""The port `Knowledge`: documents in SQL, an index of their passages in memory, one snapshot of it in Redis."""

"""Open-loop load on a running Deskbell: customers arrive when they arrive, however slow the answers are."""

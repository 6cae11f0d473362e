"""What the gateway does: receive from customers, end turns, follow conversations."""

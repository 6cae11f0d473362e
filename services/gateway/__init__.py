"""The gateway: accepts customer messages, ends their turns, serves the widget."""

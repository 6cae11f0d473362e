"""Redis: turns, conversation logs, dialogue state, the desk. Every change is one Lua script."""

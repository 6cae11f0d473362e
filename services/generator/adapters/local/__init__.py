"""A language model in this process, by transformers. Needs torch: loaded by name, and only where it is asked for."""

"""Generation: words the planned replies in the customer's language."""

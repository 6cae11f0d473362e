"""What generation does with a plan."""

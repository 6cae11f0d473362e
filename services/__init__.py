"""The services, and the one command line over them."""

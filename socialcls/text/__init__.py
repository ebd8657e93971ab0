"""Words, hosts and characters of an input, with their places."""

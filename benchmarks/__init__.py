"""Measurements beside peers: `just benchmark-accuracy`. Never part of the tests: they take minutes."""

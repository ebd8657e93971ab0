"""Labelled rows: read, checked, split and compared with answers."""

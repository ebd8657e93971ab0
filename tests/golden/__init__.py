"""Outputs kept to the letter, and their generator."""

"""Answers as files and JSON to hand on."""

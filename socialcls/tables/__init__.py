"""Rows in and out of files, whatever their format."""

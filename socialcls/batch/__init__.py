"""Streams of rows classified in constant memory: one process, several, or Spark."""

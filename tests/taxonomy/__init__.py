"""Tests of the room `taxonomy`."""

"""The sections of docs/speed.md: each measures with a Bench and yields what it has to show."""

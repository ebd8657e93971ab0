"""Tables as other tools write them, all of the same rows; see README.md."""

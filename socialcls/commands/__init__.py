"""The commands, a module each, imported when one is asked for: starting is most of what a command costs."""

"""The command line: one of the two doors to the use cases."""

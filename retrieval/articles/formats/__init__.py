"""One parser a format: a file to its articles."""

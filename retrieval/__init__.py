"""Articles to an index, a question to cited passages; usable as a library without `bot`."""

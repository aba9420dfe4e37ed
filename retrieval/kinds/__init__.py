"""Questions that one passage does not answer: cut into parts, each read for itself, and what follows from them."""

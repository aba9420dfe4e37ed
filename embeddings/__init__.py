"""Text to vectors: the bundled model and any sentence-transformers model, behind one protocol."""

"""The store: articles, passages, vectors and postings in a folder, and their search."""

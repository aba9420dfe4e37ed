"""Hits to an answer with citations, or to an honest abstention."""

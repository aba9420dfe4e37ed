"""A newspaper page to its articles: lines, their labels, columns, paragraphs."""

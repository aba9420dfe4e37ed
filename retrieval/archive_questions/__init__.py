"""Questions about the archive itself and its articles, answered from fields, and small talk."""

"""The HTTP API and the server it runs in."""

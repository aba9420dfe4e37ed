"""The web page: routes, templates, words."""

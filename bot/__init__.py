"""What people touch: settings, command line, HTTP, the page, Telegram."""

"""What is fitted and taught; nothing that answers imports it."""

"""Byline in Telegram: questions in chats and groups, answers with their sources one tap away."""

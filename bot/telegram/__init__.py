"""Byline in Telegram: questions in chats and groups, answers with their sources one tap away."""

import os

# python-telegram-bot 22 warns at every 429 unless durations are taken as `timedelta`, as they will be in 23.
os.environ.setdefault("PTB_TIMEDELTA", "true")

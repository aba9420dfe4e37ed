"""A bot in a process of its own, to be killed: `python -m tests.bot.telegram.bot_process FOLDER URL`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from byline.bot.telegram.app import run_polling
from byline.bot.uploads import Uploads
from tests.worlds.bot_api import TelegramApi
from tests.worlds.telegram import ScriptedService, World

if __name__ == "__main__":
    world = World(Path(sys.argv[1]), TelegramApi(), sys.argv[2])
    assert isinstance(world.service, ScriptedService)
    world.service.slow_s = float(sys.argv[3])
    uploads = Uploads(world.store, world.embedder)
    asyncio.run(run_polling(world.asker, world.settings, uploads=uploads))

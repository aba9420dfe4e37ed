from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.worlds.bot_api import TelegramApi
from tests.worlds.telegram import World


@pytest.fixture
def api() -> Iterator[TelegramApi]:
    api = TelegramApi()
    yield api
    api.stop()


@pytest.fixture
def world(api: TelegramApi, tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path, api, api.start(), public_url="https://byline.example.org").start()
    yield world
    world.close()


@pytest.fixture
def free_port() -> Callable[[], int]:
    def find() -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return int(probe.getsockname()[1])

    return find

"""`byline serve` and `byline telegram` from start to stop: listen, get ready in the background, leave in peace."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from fastapi import FastAPI

from byline.bot.cli.indexing import how_it_was_read, warnings_of
from byline.bot.cli.output import progress
from byline.bot.http.app import create_app
from byline.bot.http.connections import BoundedProtocol, DrainingServer, most_connections
from byline.bot.sample_archive import SAMPLE
from byline.bot.settings import Settings, SettingsFault
from byline.bot.wiring import Components
from byline.embeddings.errors import BylineError
from byline.retrieval.indexing import index_paths

if TYPE_CHECKING:
    from byline.bot.telegram.app import TelegramBot

STOP_WITHIN_S = 5  # open connections get so long to finish; a supervisor kills after 10 (docker stop's default)
# As nginx has it. With uvicorn's 5 s, a model that loads for longer on a busy machine lets the timers of connections
# run out that are in use, and a request under way is reset.
KEEP_ALIVE_S = 75
LEAVE_INDEXING_S = 1.0
LOCK_WAIT_S = 600.0  # a `byline index` under way: minutes for a few thousand articles

Say = Callable[[str], None]


class CannotListen(BylineError):
    """The address is taken, or is none of this machine's."""


class Stopped(Exception):
    """The server is stopping; what runs in the background should end."""


def listening_socket(host: str, port: int) -> socket.socket:
    """Take an address before anything else is started.

    Raises:
        CannotListen: it is taken, or not of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((host, port))
        taken.listen()  # who connects from now on waits, and is not refused
    except (OSError, OverflowError) as fault:
        taken.close()
        reason = getattr(fault, "strerror", None) or str(fault)
        hint = "choose another with BYLINE_PORT or --port, or BYLINE_HOST"
        raise CannotListen(f"cannot listen on {host}:{port}: {reason.lower()}; {hint}") from fault
    return taken


def check_door(settings: Settings) -> None:
    """See that a server whom others can reach asks them for a key, or is open on purpose.

    Raises:
        SettingsFault: neither.
    """
    if settings.api_keys or settings.open or not _beyond_loopback(settings.host, settings.port):
        return
    raise SettingsFault(
        f"{settings.host} can be reached from other machines, and no key is asked for: set BYLINE_API_KEYS "
        "(`byline key` makes one), or BYLINE_OPEN=true to let everybody read, add and delete; 127.0.0.1 is this "
        "machine alone"
    )


def _beyond_loopback(host: str, port: int) -> bool:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:  # listening will say so in its own words
        return False
    return not all(ipaddress.ip_address(str(one[4][0]).partition("%")[0]).is_loopback for one in found)


def address(taken: socket.socket) -> str:
    """The URL of a socket."""
    host, port = taken.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(components: Components, settings: Settings, paths: Sequence[Path], *, say: Say) -> None:
    """Serve until SIGTERM or Ctrl-C; `/healthz` answers at once, questions once `paths` are indexed.

    Args:
        components: wired from `settings`.
        settings: where to listen, and whether a Telegram bot runs beside.
        paths: files and folders to index first.
        say: told in one line each what happens.

    Raises:
        SettingsFault: others can reach the address and no key is asked for.
        CannotListen: the address is taken.
        BylineError: the index or the model failed while getting ready.
        ModelUnavailable: likewise.
    """
    check_door(settings)
    taken = listening_socket(settings.host, settings.port)
    url = address(taken)
    stopping, prepared = threading.Event(), threading.Event()
    failures: list[Exception] = []

    def prepare() -> None:
        try:
            fill(components, paths, say=say, stopping=stopping)
            components.service.warm()
        except Stopped:
            pass
        except BylineError as fault:
            failures.append(fault)
            server.should_exit = True
            raise
        finally:
            prepared.set()

    telegram = _telegram_bot(components, settings) if settings.telegram_token else None

    def started(bot: str) -> None:
        say(f"ready: ask {_where(settings.public_url or url, bot)} (Ctrl-C stops)")
        if bot and telegram is not None and (link := telegram.invitation()) is not None:
            _invite(link, say)

    app = create_app(
        components.asker,
        settings,
        uploads=components.uploads,
        prepare=prepare,
        telegram=telegram,
        started=started,
    )
    server = DrainingServer(server_config(app, settings), app.state.server.drain)
    _stop_without_failing()
    say(f"listening on {url}")
    try:
        server.run(sockets=[taken])
    finally:
        stopping.set()
        taken.close()
    if failures:
        raise failures[0]
    if not prepared.wait(LEAVE_INDEXING_S):
        say("stopped in the middle of indexing; the next start goes on from there")
        sys.stdout.flush()
        os._exit(0)  # a batch may have seconds to go, and indexing may be killed at any point


def server_config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    """How connections are served; the addresses in `X-Forwarded-For` count only where a named proxy wrote them."""
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=",".join(settings.proxies),
        ws="none",
        http=type("Protocol", (BoundedProtocol,), {"most": most_connections()}),
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=STOP_WITHIN_S,
    )


def _stop_without_failing() -> None:
    """Take the failure out of SIGTERM and Ctrl-C.

    uvicorn stops in peace on a signal and then raises it again, which would end the process with the signal's
    status; a stop that was asked for is no failure.
    """
    for asked_to_stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(asked_to_stop, lambda *_: None)


def run_telegram(components: Components, settings: Settings, paths: Sequence[Path], *, say: Say) -> None:
    """Run the Telegram bot alone until SIGTERM or Ctrl-C.

    Raises:
        SettingsFault: there is no usable token.
        TokenRefused: Telegram does not know it.
        BylineError: the index failed.
        ModelUnavailable: the model cannot be had.
    """
    from byline.bot.telegram.app import run_polling

    fill(components, paths, say=say)
    components.service.warm()

    def started(bot: str) -> None:
        say(f"ready: ask {bot} in Telegram (Ctrl-C stops)")

    asyncio.run(
        run_polling(
            components.asker,
            settings,
            uploads=components.uploads,
            started=started,
            invited=lambda link: _invite(link, say),
        )
    )


def fill(components: Components, paths: Sequence[Path], *, say: Say, stopping: threading.Event | None = None) -> None:
    """Index files and folders, or the sample where the service begins with it.

    Files that cannot be read are named and the rest is indexed: a server does not stay away for one bad file.

    Raises:
        Stopped: `stopping` was set meanwhile; what is finished is kept.
        IndexFault: the index cannot be written.
        ModelUnavailable: the model cannot be had.
    """
    store = components.store
    if components.sample is not None:
        store, paths = components.sample, [SAMPLE]
        say(
            f"{'' if components.store.articles(limit=1).total else 'nothing is indexed: '}"
            "serving the sample, a made-up newspaper page and two articles, "
            "until articles of your own come by `byline index PATH`, the page or Telegram"
        )
    elif not paths:
        return

    def tell(done: int, total: int, unit: str, file: str) -> None:
        if stopping is not None and stopping.is_set():
            raise Stopped
        shown(done, total, unit, file)

    with progress("indexing") as shown:
        report = index_paths(paths, store, components.embedder, progress=tell, wait_s=LOCK_WAIT_S)
    for warning in warnings_of(report):
        say(warning)
    for fault in report.faults:
        say(f"left out: {fault.path}: {fault.reason}")
    for line in how_it_was_read(report):
        say(line)
    say(f"indexed: {store.status().articles:,} articles")


def _where(url: str, bot: str) -> str:
    return f"{bot} in Telegram, or at {url}" if bot else f"at {url}"


def _invite(link: str, say: Say) -> None:
    say(f"nobody may ask the bot yet: open {link} within ten minutes to be its owner (restart for another link)")


def _telegram_bot(components: Components, settings: Settings) -> TelegramBot:
    from byline.bot.telegram.app import TelegramBot  # here, so that a server without a bot does not load its library

    return TelegramBot(components.asker, settings, uploads=components.uploads)

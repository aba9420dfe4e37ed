"""How long people wait for an answer in Telegram when many ask at once, and what memory the bot takes.

    byline --data FOLDER index ARTICLES
    python -m tests.benchmarks.telegram_load FOLDER QUESTIONS.jsonl [--users 50] [--rounds 3]

Runs `byline telegram` as it is, in a process of its own, against the local Bot API of the tests, which keeps Telegram's
limit of 30 messages a second. Prints seconds from update to answer, one person at a time and all at once; beside it
what the service itself took, by the answer log; and the process's memory from the kernel.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

from byline.bot.answer_log import AnswerLog
from tests.worlds.bot_api import TOKEN, Call, TelegramApi

WARM_UP_S = 120.0


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    lines = arguments.questions.read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines]
    api = TelegramApi()
    environment = os.environ | {"BYLINE_TELEGRAM_TOKEN": TOKEN, "BYLINE_TELEGRAM_API": api.start()}
    command = [
        sys.executable,
        "-c",
        "from byline.bot.cli import main; main()",
        "--data",
        str(arguments.data),
        "telegram",
    ]
    bot = subprocess.Popen(command, env=environment)
    try:
        api.wait(lambda: api.named("deleteWebhook") or bot.poll() is not None, WARM_UP_S)
        asked(api, ["预热"], first_user=1)
        at_rest = memory_mib(bot.pid, "VmRSS")
        alone = [took for n, q in enumerate(questions[:20]) for took in asked(api, [q], first_user=100 + n)]
        together = []
        for number in range(arguments.rounds):
            batch = [questions[(20 + number * arguments.users + n) % len(questions)] for n in range(arguments.users)]
            together += asked(api, batch, first_user=1000 * (number + 1))
        peak = memory_mib(bot.pid, "VmHWM")
    finally:
        bot.terminate()
        bot.wait(60)
        api.stop()
    answer_log = AnswerLog(arguments.data)
    served = answer_log.latency()
    answer_log.close()
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"refused by Telegram: {', '.join(api.refusals()) or 'nothing'}")
    print(row("one at a time", alone))
    print(row(f"{arguments.users} at once, {arguments.rounds} rounds", together))
    print(f"the service itself, over all: median {served.p50:.0f} ms, p95 {served.p95:.0f} ms")
    print(f"memory of the process: {at_rest:.0f} MiB after the first answer, {peak:.0f} MiB at most")


def asked(api: TelegramApi, questions: list[str], *, first_user: int) -> list[float]:
    """Let everybody ask at once; seconds until each has the first message of an answer."""
    began = time.monotonic()
    users = range(first_user, first_user + len(questions))
    for user, question in zip(users, questions, strict=True):
        api.say(question, user=user)
    api.wait(lambda: {call.given["chat_id"] for call in sent(api)} >= {str(user) for user in users}, 600)
    first = {int(call.given["chat_id"]): call.at for call in reversed(sent(api))}
    return [first[user] - began for user in users]


def sent(api: TelegramApi) -> list[Call]:
    """The messages sent so far."""
    return [call for call in api.named("sendMessage") if call.refused is None]


def row(name: str, took_s: list[float]) -> str:
    """One line of the table."""
    p95 = statistics.quantiles(took_s, n=20)[-1]
    return f"{name}: median {statistics.median(took_s):.2f} s, p95 {p95:.2f} s, slowest {max(took_s):.2f} s"


def memory_mib(pid: int, name: str) -> float:
    """Memory of a process as Linux counts it, in MiB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    line = next(line for line in status.splitlines() if line.startswith(name))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()

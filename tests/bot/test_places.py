"""Places to work in: so many at once, so many waiting, and nothing done for who has left."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from byline.bot.places import Busy, Places
from byline.retrieval.cancelling import check_cancelled


class Work:
    """Notes what was begun and ended, and can be held up."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.ended: list[int] = []
        self.at_once = self.most = 0
        self.go_on = threading.Event()
        self._lock = threading.Lock()

    def piece(self, number: int, steps: int = 1) -> int:
        with self._lock:
            self.begun.append(number)
            self.at_once += 1
            self.most = max(self.most, self.at_once)
        try:
            for _ in range(steps):
                self.go_on.wait(5)
                check_cancelled()
            self.ended.append(number)
            return number
        finally:
            with self._lock:
                self.at_once -= 1


def places(at_once: int = 2, waiting: int = 3, within_s: float | None = 5.0) -> Places:
    return Places(at_once, waiting=waiting, within_s=within_s, retry_after_s=7)


async def settle(times: int = 30) -> None:
    for _ in range(times):
        await asyncio.sleep(0.002)


def test_a_flood_is_refused_at_once_and_the_rest_is_done_in_turn() -> None:
    work, here = Work(), places()

    async def flood() -> list[int | BaseException]:
        asking = [asyncio.ensure_future(here.do(lambda n=n: work.piece(n))) for n in range(50)]
        await settle()
        assert (here.working, here.waiting) == (2, 3)
        assert sum(one.done() for one in asking) == 45  # told before anything was done
        work.go_on.set()
        return await asyncio.gather(*asking, return_exceptions=True)

    done = asyncio.run(flood())
    assert [one for one in done if isinstance(one, int)] == sorted(work.ended) == [0, 1, 2, 3, 4]
    refused = [one for one in done if isinstance(one, Busy)]
    assert {one.retry_after_s for one in refused} == {7}
    assert (len(refused), here.refused, work.most) == (45, 45, 2)


def test_who_leaves_the_queue_is_never_worked_for() -> None:
    work, here = Work(), places()

    async def leave() -> None:
        asking = [asyncio.ensure_future(here.do(lambda n=n: work.piece(n))) for n in range(5)]
        await settle()
        for one in asking[2:4]:
            one.cancel()
        await settle()
        assert here.waiting == 1
        work.go_on.set()
        done = await asyncio.gather(*asking, return_exceptions=True)
        assert [one for one in done if isinstance(one, int)] == [0, 1, 4]

    asyncio.run(leave())
    assert sorted(work.begun) == [0, 1, 4]
    assert here.abandoned == 2


def test_who_leaves_while_worked_for_frees_the_place_only_when_the_work_has_stopped() -> None:
    work, here = Work(), places(at_once=1)

    async def leave() -> None:
        first = asyncio.ensure_future(here.do(lambda: work.piece(1, steps=100)))
        second = asyncio.ensure_future(here.do(lambda: work.piece(2)))
        await settle()
        first.cancel()
        await settle()
        assert (here.working, work.begun) == (1, [1])
        work.go_on.set()
        assert await second == 2
        with pytest.raises(asyncio.CancelledError):
            await first

    asyncio.run(leave())
    assert work.ended == [2]
    assert work.most == 1


@pytest.mark.parametrize("at_work", [True, False])
def test_nobody_waits_longer_than_the_deadline(at_work: bool) -> None:
    work, here = Work(), places(at_once=1, within_s=0.2)

    async def wait() -> None:
        first = asyncio.ensure_future(here.do(lambda: work.piece(1, steps=2), patient=not at_work))
        await settle(2)
        asked = first if at_work else asyncio.ensure_future(here.do(lambda: work.piece(2)))
        began = time.monotonic()
        if at_work:
            asyncio.get_running_loop().call_later(0.3, work.go_on.set)
        with pytest.raises(Busy, match="longer than anybody should wait"):
            await asked
        assert time.monotonic() - began < 3
        work.go_on.set()
        if not at_work:
            assert await first == 1

    asyncio.run(wait())
    assert 2 not in work.begun


def test_the_patient_and_the_admitted_are_not_refused() -> None:
    work, here = Work(), places(at_once=1, waiting=0, within_s=0.1)

    async def ask() -> None:
        asking = [asyncio.ensure_future(here.do(lambda n=n: work.piece(n), patient=True)) for n in range(4)]
        second_half = asyncio.ensure_future(here.do(lambda: work.piece(9), admitted=True))
        await asyncio.sleep(0.15)
        work.go_on.set()
        assert await asyncio.gather(*asking) == [0, 1, 2, 3]
        with pytest.raises(Busy):  # admitted, but not for ever
            await second_half

    asyncio.run(ask())


def test_closing_refuses_who_waits_and_lets_who_works_end() -> None:
    work, here = Work(), places(at_once=1)

    async def close() -> None:
        asking = [asyncio.ensure_future(here.do(lambda n=n: work.piece(n))) for n in range(3)]
        await settle()
        here.close("the server is stopping")
        await settle()
        assert [one.done() for one in asking] == [False, True, True]
        work.go_on.set()
        done = await asyncio.gather(*asking, return_exceptions=True)
        assert done[0] == 0
        assert all(isinstance(one, Busy) and "the server is stopping" in str(one) for one in done[1:])
        with pytest.raises(Busy):
            await here.do(lambda: work.piece(4))

    asyncio.run(close())
    assert work.begun == [0]


def test_a_burst_from_calm_is_let_in_and_a_standing_queue_is_kept_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("byline.bot.places.BURST_S", 0.2)
    work = Work()
    here = Places(1, waiting=2, burst=6, within_s=5.0, retry_after_s=7)

    async def come() -> None:
        asking = [asyncio.ensure_future(here.do(lambda n=n: work.piece(n))) for n in range(20)]
        await settle()
        assert (here.working, here.waiting) == (1, 6)
        await asyncio.sleep(0.25)
        assert here.full
        for one in asking[3:6]:
            one.cancel()
        await settle()
        assert here.waiting == 3
        with pytest.raises(Busy):
            await here.do(lambda: work.piece(99))
        work.go_on.set()
        await asyncio.gather(*asking, return_exceptions=True)
        assert await asyncio.gather(*(here.do(lambda n=n: work.piece(n)) for n in range(7))) == list(range(7))

    asyncio.run(come())
    assert 99 not in work.begun


def test_what_fails_fails_with_its_own_error() -> None:
    def fail() -> None:
        raise KeyError("x")

    async def ask() -> None:
        with pytest.raises(KeyError):
            await places().do(fail)

    asyncio.run(ask())

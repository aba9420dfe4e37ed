"""Follow-ups in chats: whose they are, where they end, how they are undone. A real service over a small archive."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.worlds.bot_api import TelegramApi
from tests.worlds.telegram import World, buttons

GROUP = -100500
FIRST, NEXT = "青石桥总投资多少？", "那它是什么时候通车的？"


@pytest.fixture
def real(api: TelegramApi, tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path, api, api.start(), scripted=False).start()
    api.chat(GROUP, "supergroup")
    yield world
    world.close()


def read_as(world: World, question: str) -> list[str]:
    """How the log has a question read, oldest first."""
    rows = world.answer_log._rows("SELECT id FROM answers WHERE question = ? ORDER BY asked_at", (question,))
    answers = [world.answer_log.answer(answer_id) for (answer_id,) in rows]
    return [one.understood.question for one in answers if one.understood]


def test_the_next_question_in_private_goes_on_with_the_last(real: World, api: TelegramApi) -> None:
    real.answer_to(api.say(FIRST))
    shown = real.answer_to(api.say(NEXT))
    assert "理解为：" in shown["text"]
    assert read_as(real, NEXT) == ["青石桥总投资是什么时候通车的？"]


def test_after_new_a_question_is_read_alone(real: World, api: TelegramApi) -> None:
    real.answer_to(api.say(FIRST))
    real.answer_to(api.say("/new"))
    real.answer_to(api.say(NEXT))
    assert read_as(real, NEXT) == [NEXT]


def test_nothing_of_one_person_reaches_another_in_the_same_group(real: World, api: TelegramApi) -> None:
    real.answer_to(api.say(f"/ask {FIRST}", chat=GROUP, user=1))
    real.answer_to(api.say(f"/ask {NEXT}", chat=GROUP, user=2))
    assert read_as(real, NEXT) == [NEXT]


def test_a_reply_to_an_answer_given_to_somebody_else_is_read_alone(real: World, api: TelegramApi) -> None:
    given = real.answer_to(api.say(f"/ask {FIRST}", chat=GROUP, user=1))
    real.answer_to(api.say(NEXT, chat=GROUP, user=2, reply_to_message=given))
    assert read_as(real, NEXT) == [NEXT]


def test_what_was_asked_in_private_never_colours_the_group(real: World, api: TelegramApi) -> None:
    real.answer_to(api.say(FIRST, user=1))
    real.answer_to(api.say(f"/ask {NEXT}", chat=GROUP, user=1))
    assert read_as(real, NEXT) == [NEXT]


def test_a_reply_goes_on_with_the_answer_it_replies_to_and_not_with_later_ones(real: World, api: TelegramApi) -> None:
    bridge = real.answer_to(api.say(FIRST))
    real.answer_to(api.say("面包店每天卖多少个面包？"))
    real.answer_to(api.say(NEXT, reply_to_message=bridge))
    assert read_as(real, NEXT) == ["青石桥总投资是什么时候通车的？"]


def test_a_button_answers_the_question_as_it_stands(real: World, api: TelegramApi) -> None:
    real.answer_to(api.say(FIRST))
    shown = real.answer_to(api.say(NEXT))
    api.press(shown, buttons(shown)["不接上文，按原话回答"])
    alone = real.answer_to(shown)
    assert "理解为：" not in alone["text"]
    assert read_as(real, NEXT)[1:] == [NEXT]


def test_a_greeting_is_answered_like_one_with_questions_that_can_be_tapped(real: World, api: TelegramApi) -> None:
    shown = real.answer_to(api.say("你好"))
    assert shown["text"].startswith("您好！")
    (first, *_) = buttons(shown)
    api.press(shown, buttons(shown)[first])
    assert real.answer_to(shown)["text"]

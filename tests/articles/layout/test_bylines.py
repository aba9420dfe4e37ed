from __future__ import annotations

import pytest

from byline.retrieval.articles.layout.bylines import closing_of, label_of, names_in, opening_of


@pytest.mark.parametrize(
    ("text", "names", "agency"),
    [
        ("本报讯（记者 陈立 通讯员 赵敏）县水务局", "陈立 赵敏", ""),
        ("本报讯 （记者柳文志 通讯员韦云青）县水务局", "柳文志 韦云青", ""),
        ("芦滩晚报讯（记者/李伟 通讯员/王明）今天", "李伟 王明", ""),
        ("新华社北京7月27日电（记者施梅东、吴立）县水务局", "施梅东 吴立", "新华社"),
        ("中新网8月5日电 (记者 王 磊)据", "王磊", "中新网"),
        ("本报北京8月1日电（记者李红）今天", "李红", ""),
        ("（记者 唐霁）近日", "唐霁", ""),
        ("新华社7月31日电为切实", "", "新华社"),
    ],
)
def test_dateline_gives_names_without_roles_and_the_agency(text: str, names: str, agency: str) -> None:
    opening = opening_of(text)
    assert opening is not None
    assert (opening.names, opening.agency) == (names, agency)


@pytest.mark.parametrize("text", ["县图书馆（记者去过）很好", "本报记者走进山村", "据新华社报道，", "记者从县里获悉"])
def test_sentence_about_reporters_is_no_dateline(text: str) -> None:
    opening = opening_of(text)
    assert opening is None or not opening.names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("请谨慎决策。（蒋梅 郝建红）", "蒋梅 郝建红"),
        ("决策。（记者 王强）", "王强"),
        ("他说：“来了。”（杨 明 李红）", "杨明 李红"),
        ("决策。(本报记者 李红)", "李红"),
    ],
)
def test_names_in_brackets_at_the_end_are_found(text: str, names: str) -> None:
    closing = closing_of(text)
    assert closing is not None
    assert closing[1] == names
    assert text[closing[0] :].strip("（）() ").endswith(names[-1])


@pytest.mark.parametrize("text", ["全文。（完）", "主演（张三）", "全文。（下转第三版）", "全文。（图据网络）"])
def test_other_brackets_at_the_end_name_nobody(text: str) -> None:
    assert closing_of(text) is None


def test_label_gives_its_field_and_value() -> None:
    assert label_of("标题：十二座水库") == ("title", "十二座水库")
    assert label_of("发布时间: 2023-07-28") == ("published", "2023-07-28")
    assert label_of("正文：") == ("text", "")
    assert label_of("标题党：不好") is None


def test_a_word_that_is_neither_role_nor_name_makes_it_no_byline() -> None:
    assert names_in("记者 陈立 报道如下") == []
    assert names_in("见习记者赵贝贝 实习生 古丽·买买提") == ["赵贝贝", "古丽·买买提"]

"""What stands in bold is whole and clean, or nothing stands there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byline.retrieval.answers.trimming import RUNS_ON, trimmed
from byline.retrieval.text.question import Kind
from byline.retrieval.text.sentences import CLOSERS, OPENERS, sentences


@pytest.mark.parametrize(
    ("text", "marked", "kind", "clean"),
    [
        ("他拿到了10000元的奖金。", "10000元的", "quantity", "10000元"),
        ("合格率为99%。比去年高。", "99%。", "quantity", "99%"),
        ("会长王新、秘书长殷实出席。", "、秘书长殷实", "person", "秘书长殷实"),
        ("由星河动力航天公司在酒泉发射。", "星河动力航天公司在", "other", "星河动力航天公司"),
        ("卫星在中国酒泉卫星发射中心升空。", "在中国酒泉卫星发射中心", "other", "中国酒泉卫星发射中心"),
        ("阿里、京东、腾讯、百度均已获得牌照。", "阿里、京东、腾讯、百度均", "other", "阿里、京东、腾讯、百度"),
        ("月活用户达13.27亿，同比增长2%。QQ为5.7亿。", "13.27亿，同比增长2%。QQ为5.7亿", "quantity", "13.27亿"),
        ("吉祥物是“冰墩墩”，很可爱。", "冰墩墩”，", "other", "冰墩墩"),
        ("是“惠誉评级公司”下调的。", "“惠誉评级公司”", "other", "惠誉评级公司"),
        ("他读过《山海经》和别的书。", "《山海经》", "other", "《山海经》"),
        ("以“侵害商标权纠纷”为由起诉。", "以“侵害商标权纠纷", "explanation", "以“侵害商标权纠纷”"),
        ("8月11日18时许发生泥石流。", "11日18时许", "time", "8月11日18时许"),
        ("电池容量为300毫安时。", "300毫安", "quantity", "300毫安时"),
        ("共生产了131万辆汽车。", "131万", "quantity", "131万辆"),
        ("至少96人死亡。", "至少96人", "quantity", "至少96人"),
        ("冠军是郑和。", "郑和", "person", "郑和"),
        ("他来自成都。", "成都", "other", "成都"),
        ("他当上了上将。", "上将", "other", "上将"),
        ("是枝裕和执导。", "是枝裕和", "person", "是枝裕和"),
        ("意为“投手”“发射器”）。", "意为“投手”“发射器”）", "other", "意为“投手”“发射器”"),
        ("会长邢越、副会长柏青、秘书长殷实当选。", "柏青、秘书长殷实", "person", "柏青"),
        ("冠军是陈芋汐、全红婵。", "陈芋汐、全红婵", "person", "陈芋汐、全红婵"),
        ("，。", "，。", "other", ""),
    ],
)
def test_what_hangs_on_goes_and_what_was_cut_is_whole(text: str, marked: str, kind: Kind, clean: str) -> None:
    at = text.index(marked)
    start, end = trimmed(text, at, at + len(marked), kind)
    assert text[start:end] == clean


TEXT = st.text("渡口收入共1234.5万元。，“”‘’（）()《》「」的在均8月11日 \n！？ab、", min_size=1, max_size=120)
KINDS = st.sampled_from(["quantity", "time", "person", "list", "explanation", "other"])


@given(TEXT, st.integers(0, 120), st.integers(0, 120), KINDS)
def test_whatever_is_marked_the_rest_is_clean(text: str, a: int, b: int, kind: Kind) -> None:
    start, end = sorted((min(a, len(text)), min(b, len(text))))
    first, last = trimmed(text, start, end, kind)
    assert 0 <= first <= last <= len(text)
    bold = text[first:last]
    if not bold:
        return
    assert bold == bold.strip()
    assert bold[0] not in "，、。；：！？" + "".join(CLOSERS)
    assert bold[-1] not in "，、。；：！？" + "".join(OPENERS)
    opened: list[str] = []
    for mark in bold:
        if mark in OPENERS:
            opened.append(OPENERS[mark])
        elif mark in CLOSERS:
            assert opened
            assert opened.pop() == mark
    assert not opened
    if kind not in RUNS_ON:
        assert sum(s < last and first < e for s, e in sentences(text)) == 1

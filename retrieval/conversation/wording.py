"""How a question says that it goes on from the one before: the words of both languages, and nothing else."""

from __future__ import annotations

import re

END = r"[\s?？!！。.…~～]*"

# `还有呢?`: the same question, what was shown left out.
MORE = re.compile(
    rf"(?:那|那么|and\s+)?(?:还有(?:别的|其他的?|其它的?|更多|没有)?|還有(?:別的|其他的?|沒有)?|除此之外|此外|别的"
    rf"|其他的?|更多|继续|接着说"
    rf"|(?:is there |are there )?any(?:thing|one|where)? (?:else|others?|more)|(?:what|who|where) else|more|go on"
    rf"|others)"
    rf"(?:什么|哪些|谁|吗|嗎|呢|的吗)*{END}",
    re.I,
)

# `那2023年呢?`: another thing in the place of one of its kind.
WHAT_ABOUT = re.compile(
    r"(?:(?:那么?|那麼|还有|換成|换成|改成|如果是|要是|至于|至於|而|and)\s*[,，]?\s*)*"
    r"(?P<thing>[^,，;；?？]{1,24}?)\s*(?:又|的话|的話)?\s*(?:呢|怎么样|怎麼樣|怎样|如何)" + END,
    re.I,
)
WHAT_ABOUT_EN = re.compile(
    r"(?:(?:and|but|so|ok|okay|then),? )*?(?:(?:what|how) about|what of|same for|and)\s+(?P<thing>[^,;?]{1,60}?)" + END,
    re.I,
)

ASKING_EN = re.compile(
    r"\b(?:what|which|who|whom|whose|when|where|why|how|is|are|was|were|do|does|did|has|have|can|could|will|would)\b",
    re.I,
)

# Words that point back. Chinese first; 这 and 那 with a measure word and, it may be, a noun that says what is meant.
NOUNS = (
    "公司|企业|企業|集团|集團|机构|機構|单位|單位|学校|學校|医院|醫院|银行|銀行|部门|部門|协会|協會|球队|球隊|品牌"
    "|平台|项目|項目|工程|"
    "事故|事件|案件|案子|比赛|比賽|活动|活動|会议|會議|地震|台风|颱風|火灾|灾害|爆炸|电影|電影|影片|节目|作品|产品"
    "|產品|手机|车型|車型|"
    "新车|车|船|飞机|飛機|政策|规定|規定|办法|法案|法律|文件|通知|方案|计划|計劃|协议|協議|报告|報告|调查|研究|城市"
    "|国家|國家|地方|地区|"
    "地區|省份|县|村|学生|學生|老师|男子|女子|男孩|女孩|老人|司机|司機|选手|選手|球员|官员|人士|病毒|药物|系统|系統"
    "|技术|基金|股票|"
    "航线|航線|线路|卫星|火箭|大桥|桥|馆|景区|消息|新闻|文章|报道|报告|榜单|奖|奖项"
)
PERSON = re.compile(
    r"他们|她们|他們|她們|他(?!国|國|人|项|們)|她|这(?:个|位|名)?人|這(?:個|位|名)?人|那(?:个|位)人|此人|这位|這位"
    r"|那位|本人"
)
THING = re.compile(
    rf"(?:这|這|那|该|該|此|上述|同一)(?:家|位|个|個|起|次|场|場|款|部|件|项|項|种|種|座|艘|架|条|條|篇|份|届|屆|所"
    rf"|支|名|批|些|两个|几个)?"
    rf"(?P<noun>{NOUNS})|它们|它們|它|牠|其(?!他|它|中|实|實|次|余|間|间)|(?:这|這)(?:家|起|次|场|場|款|部|件事|件"
    rf"|项|項|种|種|座|艘|架|条|條|届|屆|事)|此(?:事|次|举|案)"
    rf"|(?:本|该|該)次|前者|后者|双方|雙方|两者|这(?=是|有|会|能|为|对|算)|這(?=是|有|會|能)"
)
PLACE = re.compile(r"那里|那裡|那儿|那兒|这里|這裡|这儿|這兒|当地|當地|该地|此地")
POINTING_EN = re.compile(
    r"\b(?:he|she|it|they|him|her|his|hers|its|them|their|theirs|this|these|those|there|such|one|ones|same|former|"
    r"latter|that(?= (?:one|time|day|year|person|place|company|team|man|woman|event|case)\b))\b|\bthat\b(?=\W*$)",
    re.I,
)
CONNECTED = re.compile(
    r"\s*(?:那么|那麼|那(?!里|裡|儿|兒|些|边|天|年|次|时|時)|然后|然後|后来|後來|另外|此外|同时|其中|结果|結果|还|還"
    r"|也|又|之前|之后|之後|随后"
    r"|(?:and|but|so|then|also|or|what about|how about|besides)\b)[,，\s]*",
    re.I,
)

# Words that carry no subject of their own when they stand beside an interrogative.
_HOLLOW = re.compile(
    "请问|具体|具體|到底|究竟|大概|一共|总共|總共|目前|现在|現在|最后|最後|一般|主要|分别|的|了|是|有|在|会|會|能|要"
    "|被|把|都|就|又|也|还|還|将|已经|"
    "个|個|人|次|年|月|日|天|钱|錢|元|岁|歲|吗|嗎|呢|啊|呀|吧|这样|這樣|原因|时间|時間|地点|地點|地方|时候|時候|做|说"
    "|說|回事|"
    r"\b(?:exactly|it|then|so|and|or|please|happened|that|come)\b",
    re.I,
)


def is_hollow(without_interrogatives: str) -> bool:
    """Tell whether what is left of a question, its interrogatives taken out, names nothing: 为什么? 在哪里?"""
    return not re.sub(r"[\W_]+", "", _HOLLOW.sub("", without_interrogatives))

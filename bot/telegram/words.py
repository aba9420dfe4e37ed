"""The bot's own words, in Chinese and in English; what articles say is never translated."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """Everything the bot says itself; `{…}` is filled in with `str.format`.

    Attributes:
        commands: command and description, in the order of Telegram's menu.
        title_quotes: what stands around a title.
        between: what stands between byline, source and date.
    """

    language: str
    commands: tuple[tuple[str, str], ...]
    title_quotes: tuple[str, str]
    between: str
    start: str
    help: str
    help_adding: str
    ask_usage: str
    begun_anew: str
    read_as: str
    as_asked: str
    not_text: str
    untitled: str
    possibly: str
    ask_otherwise: str
    possible: str
    nearest_button: str
    nearest_heading: str
    nearest_none: str
    previous: str
    next: str
    back_to_quote: str
    open_page: str
    paragraph_of: str
    source_changed: str
    source_gone: str
    it_was_quoted: str
    answer_gone: str
    not_yours: str
    old_button: str
    thanks_useful: str
    thanks_not_useful: str
    status_articles: str
    status_empty: str
    status_model: str
    status_healthy: str
    status_problem: str
    sources_heading: str
    sources_matching: str
    sources_none: str
    sources_none_matching: str
    newer: str
    older: str
    added: str
    added_more: str
    added_nothing_new: str
    added_nothing: str
    added_faults: str
    adding_not_allowed: str
    adding_in_private: str
    adding_too_large: str
    adding_empty: str
    adding_unreadable: str
    take_back: str
    taken_back: str
    taken_back_before: str
    take_back_not_yours: str
    inline_empty: str
    inline_nothing: str
    inline_asked: str
    inline_open: str
    question_empty: str
    question_too_long: str
    not_ready: str
    failed: str


CHINESE = Words(
    language="zh",
    commands=(
        ("ask", "提问，例如：/ask 获奖的是谁？"),
        ("new", "换个话题，重新开始"),
        ("sources", "看看收录了哪些文章"),
        ("status", "收录情况"),
        ("help", "使用说明"),
        ("start", "开始"),
    ),
    title_quotes=("《", "》"),
    between=" · ",
    start="您好！我根据收录的文章回答问题，并给出原文出处。\n\n直接把问题发给我就行。看 /help 了解更多。",
    help=(
        "怎么用\n"
        "· 直接发问题，我用文章里的原话回答。\n"
        "· 点答案下面的出处，可以看那句话所在的段落，前后翻页。\n"
        "· 可以接着追问，比如“那2023年呢？”；回复某条答案，就接着那一条问。换话题用 /new。\n"
        "· 问题写错了？改一下原消息，答案会跟着更新。\n"
        "· 文章里没有的，我会直说没有。\n"
        "\n"
        "在群里\n"
        "· 用 /ask 加问题、@{bot} 加问题，或回复我的消息。其他消息我不理会。\n"
        "· 如果 @{bot} 没有反应，是隐私模式收不到提及：请群主在 @BotFather 用 /setprivacy 关闭，"
        "再把我移出群重新加入，或设我为管理员。/ask 和回复不受影响。\n"
        "\n"
        "在任何聊天里\n"
        "· 输入 @{bot} 加问题，选一张答案卡片发送（需在 @BotFather 用 /setinline 开启）。\n"
        "\n"
        "命令\n{commands}"
    ),
    help_adding="\n\n您可以添加文章：私下发给我一个文件（txt、md、html、pdf、docx、jsonl），或直接粘贴几段正文。"
    "加错了可以撤回。",
    ask_usage="请在 /ask 后面写上问题，例如：\n/ask 获奖的是谁？",
    begun_anew="好的，换个话题。下一个问题单独回答，不再接着前面的。",
    read_as="理解为：{question}",
    as_asked="不接上文，按原话回答",
    not_text="我只看得懂文字，请把问题打出来。",
    untitled="无标题",
    possibly="可能：{answer}",
    ask_otherwise="改问：{question}",
    possible="不能肯定，可能是下面这一句，请点开原文核对：",
    nearest_button="最接近的段落（{count}）",
    nearest_heading="不是答案：只是与问题最接近的段落",
    nearest_none="没有接近的段落。",
    previous="‹ 上一段",
    next="下一段 ›",
    back_to_quote="回到引文",
    open_page="在网页上看全文",
    paragraph_of="第 {number} 段，共 {count} 段",
    source_changed="这篇文章后来改过，引文已不在原处。",
    source_gone="这篇文章已不在收录之中。",
    it_was_quoted="当时引用的是：",
    answer_gone="这条答案的记录已经没有了，请重新提问。",
    not_yours="这是别人私下问的，无法查看。",
    old_button="这个按钮已失效，请重新提问。",
    thanks_useful="谢谢，已记下：有用。",
    thanks_not_useful="谢谢，已记下：没帮上忙。",
    status_articles="已收录 {articles} 篇文章，{passages} 个段落。",
    status_empty="还没有收录文章。",
    status_model="检索模型：{model}",
    status_healthy="索引正常。",
    status_problem="索引有问题：{problem}",
    sources_heading="收录的文章 {numbers}（共 {total} 篇）",
    sources_matching="含“{query}”的文章 {numbers}（共 {total} 篇）",
    sources_none="还没有收录文章。",
    sources_none_matching="没有含“{query}”的文章。",
    newer="‹ 前几篇",
    older="后几篇 ›",
    added="已收录 {count} 篇文章：",
    added_more="……还有 {count} 篇",
    added_nothing_new="这些文章原来就有，没有新增：",
    added_nothing="里面没有找到文章。",
    added_faults="没能读出的部分：",
    adding_not_allowed=(
        "只有管理员指定的人可以添加文章。您的 Telegram 编号是 {user}，可以请管理员加入 BYLINE_TELEGRAM_ALLOWED。"
    ),
    adding_in_private="请私下把文件发给我，群里不收。",
    adding_too_large="文件有 {size_mb:.0f} MB，这里最多收 {max_mb:.0f} MB。大文件请在服务器上用 byline index 收录。",
    adding_empty="这个文件是空的。",
    adding_unreadable="读不了这个文件：{reason}",
    take_back="撤回",
    taken_back="已撤回，{count} 篇文章不再收录。",
    taken_back_before="之前已经撤回了。",
    take_back_not_yours="只有添加的人可以撤回。",
    inline_empty="输入问题，从文章里找答案",
    inline_nothing="文章里没有找到答案",
    inline_asked="问：{question}",
    inline_open="看出处 [{number}]",
    question_empty="请用文字写下问题。",
    question_too_long="问题太长了（{length} 字），请缩短到 {limit} 字以内。",
    not_ready="文章库暂时用不了，请稍后再问。",
    failed="出了点问题，这次没能完成，请再试一次。如果还是不行，请把编号 {reference} 告诉管理员。",
)

ENGLISH = Words(
    language="en",
    commands=(
        ("ask", "Ask a question: /ask Who won the prize?"),
        ("new", "Begin a new conversation"),
        ("sources", "See which articles are here"),
        ("status", "What is indexed"),
        ("help", "How this works"),
        ("start", "Begin"),
    ),
    title_quotes=("“", "”"),
    between=" · ",
    start=(
        "Hello! I answer from a collection of articles and show the sentence each answer stands on.\n\n"
        "Just send me a question. /help has more."
    ),
    help=(
        "How it works\n"
        "· Send a question; I answer in the articles' own words.\n"
        "· Tap a source under the answer to read the paragraph around it, and leaf back and forth.\n"
        "· Ask on: “and the year before?” is read with what you asked before; reply to an answer to go on with that "
        "one. "
        "/new changes the subject.\n"
        "· A slip in the question? Edit your message and the answer changes with it.\n"
        "· If the articles do not say, I tell you so.\n"
        "\n"
        "In groups\n"
        "· Use /ask and a question, @{bot} and a question, or reply to me. I ignore everything else.\n"
        "· If @{bot} gets no reaction, privacy mode keeps mentions from me: turn it off with /setprivacy at @BotFather "
        "and add me again, or make me an administrator. /ask and replies work either way.\n"
        "\n"
        "In any chat\n"
        "· Type @{bot} and a question and pick an answer card (switched on with /setinline at @BotFather).\n"
        "\n"
        "Commands\n{commands}"
    ),
    help_adding=(
        "\n\nYou can add articles: send me a file in private (txt, md, html, pdf, docx, jsonl) "
        "or paste a few paragraphs. What was added can be taken back."
    ),
    ask_usage="Write the question after /ask, for example:\n/ask Who won the prize?",
    begun_anew="All right, a new conversation. Your next question is read by itself.",
    read_as="Read as: {question}",
    as_asked="Answer it as I asked it",
    not_text="I can only read text. Please type your question.",
    untitled="Untitled",
    possibly="Possibly: {answer}",
    ask_otherwise="Ask instead: {question}",
    possible="Not sure. It may be this sentence; open the source and check:",
    nearest_button="Nearest passages ({count})",
    nearest_heading="Not an answer: only the passages nearest to the question",
    nearest_none="There are no passages near it.",
    previous="‹ Previous",
    next="Next ›",
    back_to_quote="Back to the quote",
    open_page="Whole article on the web",
    paragraph_of="Paragraph {number} of {count}",
    source_changed="This article has changed since; the quote is no longer where it was.",
    source_gone="This article is no longer in the collection.",
    it_was_quoted="What was quoted:",
    answer_gone="There is no record of this answer any more. Please ask again.",
    not_yours="Somebody asked this in private; it cannot be shown to you.",
    old_button="This button no longer works. Please ask again.",
    thanks_useful="Thank you, noted as useful.",
    thanks_not_useful="Thank you, noted as not useful.",
    status_articles="{articles} articles are indexed, in {passages} passages.",
    status_empty="No articles are indexed yet.",
    status_model="Search model: {model}",
    status_healthy="The index is in order.",
    status_problem="Something is wrong with the index: {problem}",
    sources_heading="Articles {numbers} of {total}",
    sources_matching="Articles with “{query}”: {numbers} of {total}",
    sources_none="No articles are indexed yet.",
    sources_none_matching="No article has “{query}” in it.",
    newer="‹ Back",
    older="More ›",
    added="Articles added: {count}",
    added_more="… and {count} more",
    added_nothing_new="Nothing new; these articles were here already:",
    added_nothing="I found no article in it.",
    added_faults="Components that could not be read:",
    adding_not_allowed=(
        "Only people named by the administrator can add articles. Your Telegram id is {user}; "
        "the administrator can put it into BYLINE_TELEGRAM_ALLOWED."
    ),
    adding_in_private="Please send me files in private, not in a group.",
    adding_too_large=(
        "The file has {size_mb:.0f} MB; I can take {max_mb:.0f} MB here. Larger files: byline index, on the server."
    ),
    adding_empty="This file is empty.",
    adding_unreadable="I cannot read this file: {reason}",
    take_back="Take back",
    taken_back="Taken back. Articles removed: {count}",
    taken_back_before="It was taken back before.",
    take_back_not_yours="Only the person who added it can take it back.",
    inline_empty="Type a question to answer it from the articles",
    inline_nothing="The articles do not say",
    inline_asked="Question: {question}",
    inline_open="Open source [{number}]",
    question_empty="Please put the question in words.",
    question_too_long="The question is too long ({length} characters). Please use at most {limit}.",
    not_ready="The articles cannot be reached at the moment. Please ask again later.",
    failed=(
        "Something went wrong and I could not finish. Please try again. "
        "If it keeps happening, tell the administrator this number: {reference}"
    ),
)


def words_for(language_code: str | None, text: str = "") -> Words:
    """Choose the language of a user's Telegram; where Telegram does not say, that of what they wrote."""
    if language_code:
        return CHINESE if language_code.lower().startswith("zh") else ENGLISH
    return CHINESE if any("\u4e00" <= character <= "\u9fff" for character in text) else ENGLISH

"""What a question is about, in its own words, and how far these words name one thing."""

from __future__ import annotations

import re

from byline.retrieval.answers.coverage import DocumentFrequencies, coverage, known_weights
from byline.retrieval.conversation.substitution import is_period
from byline.retrieval.text.folding import TERM, UNSPACED, terms
from byline.retrieval.text.question import without_interrogatives

# Where the words that ask begin: what stands before them names the subject, if it names anything.
_ASKING = re.compile(
    r"为什么|為什麼|为何|為何|怎么|怎麼|怎样|怎樣|如何|什么|什麼|多少|多[大长長高远遠久重快深宽]|哪|几(?!乎)|幾(?!乎)"
    r"|谁|誰|是否|是不是|有没有|有沒有|"
    r"能不能|会不会|會不會|可不可以|[吗嗎]\W*$",
)
_ASKING_EN = re.compile(
    r"^\W*(?:(?:can|could|would) you (?:please )?(?:tell me|explain|say)?|please|tell me|i want to know)?\W*"
    r"(?:(?:what|which|who|whom|whose|when|where|why|how)(?: (?:many|much|long|old|far|often))?"
    r"|is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)\b"
    r"(?:\s+(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|the|a|an|there|be))*\s*",
    re.I,
)
# What hangs at the end of a subject when the words that ask are cut off: 死了(多少), 有(几), 是(谁), 于(哪天).
_HANGING = re.compile(
    r"(?:[,，、\s]|一共|总共|總共|共有?|大约|大概|约|已经|已|目前|现在|分别|都|又|还|还有|有|是|为|在|于|於|到|被|由"
    r"|从|向|给|給|让|将|要|会|能|可以|"
    r"的|了|[死送来花去写拿得占卖用骑签住走建修开派捐给发出办买]了?|达到?|造成|导致|提高|下降|签|说|超过|来自|位于"
    r"|定在|叫|属于|最|呢|说|請問)+$"
)
_LEADING = re.compile(r"^(?:请问|請問|那么|那|关于|關於|在|是|[,，\s])+")
_RARE_SHARE = 0.004  # of all passages: a word in more of them names no one thing; 60 conversations, tests/benchmarks
_RARE_AT_LEAST = 4
_RARE_CHARACTERS = 4
_MEASURE = re.compile(r"多(?:大|长|長|高|远|遠|久|重|快|深|宽|厚|少)")
_PARTICLES = re.compile(
    r"[的了是有在被把给和与跟就都也还又会能要让将从到对于为之其]|一共|总共|分别|最后|现在|目前|具体|大概|\b(?:it|he"
    r"|she|they|this|that|and|or|can|you|your|my|me|"
    r"we|our|be|has|have|with|at|from|about|there|please|tell|more|any|some|i)\b",
    re.I,
)


def subject_of(question: str) -> str:
    """Give the part of a question that names what it is about, as it is written.

    In Chinese what stands before the words that ask, or, where these come first, what stands after them; in English
    what is left without the words that ask. Empty where nothing is left.
    """
    if not re.search(f"[{UNSPACED}]", question):
        return _ASKING_EN.sub("", question).strip(" ?？!.,")
    asking = _ASKING.search(question)
    if asking is None:
        return _LEADING.sub("", question).strip(" ?？!！。.,，呢")
    before = _LEADING.sub("", _HANGING.sub("", question[: asking.start()]))
    if (len(terms(before)) >= 2 or len(before) >= 3) and not is_period(before):
        return before.strip(" ，,、")
    after = without_interrogatives(question[asking.start() :])
    after = re.sub(r"^[位个個家些名种種是了的\s]+", "", after.strip(" ?？!！。."))
    return f"{before}{after}".strip(" ，,、的")


def content_words(question: str) -> list[str]:
    """Cut the words that name things out of a question: no interrogatives, no particles, no measures."""
    bare = _PARTICLES.sub(" ", without_interrogatives(_MEASURE.sub(" ", question)))
    return [match.group() for match in TERM.finditer(bare) if not match.group().isdigit()]


def names_something(question: str, document_frequencies: DocumentFrequencies, passages: int) -> bool:
    """Tell whether a question names one thing by itself: a name of three characters, or two rarer words.

    Pairs of characters across the edge of two words are rare too. So a character counts as rare only where every pair
    it stands in is.

    Args:
        question: as asked.
        document_frequencies: in how many passages each term stands.
        passages: of the archive.
    """
    limit = max(_RARE_AT_LEAST, _RARE_SHARE * passages)
    characters = 0
    for word in content_words(question):
        if re.search(f"[{UNSPACED}]", word) is None:
            counts = document_frequencies(terms(word))
            if len(word) > 1 and all(count <= limit for count in counts.values()):
                characters += 3
            continue
        if len(word) < 2:
            continue
        pairs = [terms(word[i : i + 2])[0] for i in range(len(word) - 1)]
        counts = document_frequencies(pairs)
        rare = [counts[pair] <= limit for pair in pairs]
        characters += sum(all(rare[max(0, i - 1) : i + 1]) for i in range(len(word)))
    return characters >= _RARE_CHARACTERS


def spoken_of(question: str, text: str, document_frequencies: DocumentFrequencies) -> float:
    """Tell what share of a question's words stands in a text, rarer ones counting more; 1 for one without words."""
    wanted = known_weights(" ".join(content_words(question)), document_frequencies)
    return coverage(text, wanted) if wanted else 1.0

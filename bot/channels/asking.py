"""Tells a question for the documentation from what people say to each other (pure).

It goes by the form alone, for documentation may be about anything: whether the pages answer is found out by
searching them.
"""

import re
from collections.abc import Sequence

READ_CHARS = 4_000
"""Of a message; longer ones are pasted logs."""
WORDS = 3
"""A question has so many, or is written in a script without spaces."""
MARK = re.compile(r"[?？؟]")
CODE = re.compile(r"https?://\S+|```.*?(?:```|$)|`[^`\n]*`", re.S)
"""What is no prose, and stands for a word."""
SENTENCES = re.compile(r"(?<=[.!?؟])\s+|(?<=[。！？])|\n+")
SPACELESS = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]{6,}")
ASKING_SPACELESS = re.compile(
    r"如何|怎么|怎樣|怎样|什么|什麼|为何|哪|吗|嗎|どう|なぜ|ですか|ますか|อย่างไร|ไหม"
)

_LEAD = (
    r"(?:^|[,;:]\s*)(?:(?:hi|hey|hello|so|and|but|also|or|ok(?:ay)?|lol|well|anyway|btw|please|pls|all|guys|team"
    r"|folks|everyone)\b[\s,]*){0,4}"
)
_YOU = r"(?:you|u|ya|y'?all|he|she)"
_ANYONE = r"(?:any|some|every)(?:one|body)"
_IS_ANYONE = rf"(?:is |are )?{_ANYONE}(?: else)?(?: is| are)?"
_ARE_YOU = rf"are {_YOU} (?:(?:guys|all|still|also|really) )*"
_VERB = r"(?:is|are|was|were|do|does|did|can|could|should|would|will|has|have|to|exist|means?)"


def _begins(*ways: str) -> re.Pattern[str]:
    return re.compile(rf"{_LEAD}(?:{'|'.join(ways)})", re.I)


TO_PEOPLE = _begins(
    r"who(?:'s| is| are)? (?:wants?|up|in|else|coming|joining|going|hungry|around|free|ready|bringing)\b",
    r"who(?:'s| is| are)? (?:taking|playing|won|broke|that|this|cares|knows)\b",
    rf"how(?:'s|'re| is| are) (?:{_YOU}(?! (?:supposed|meant))|{_ANYONE})\b",
    r"how(?:'s|'re| is| are) (?:it|things|life|everything)(?: going|(?: today)?\W*$)",
    r"how (?:was|were) your\b|(?:how|where|when) did you\b|how about\b",
    rf"what(?:'s| is| are| r)? (?:up\b|for (?:lunch|dinner)|{_YOU}\b|your (?:name|plans?|opinion))",
    r"what(?:'s| is) (?:new|going on|happening)\W*$|what do you think\b|what time\b|why not\b",
    rf"where (?:is|are|were) {_YOU}\b",
    rf"when (?:are|will|is) {_YOU}(?: be)? (?:back|coming|free|there|home|done)\b",
    rf"(?:has|have|did) {_ANYONE} (?:seen|got|found|taken) (?:my|our|his|her)\b",
    rf"{_IS_ANYONE} (?:up|in|wants?|free|around|awake|coming|going|joining)\b",
    rf"{_IS_ANYONE} (?:hungry|interested|bored|here|there|online|home|ready)\b",
    rf"(?:can|could) (?:we|{_ANYONE}) (?:please )?(?:talk|meet|move|review|cover|join|bring|take|look)\b",
    rf"{_ARE_YOU}(?:there|ok|okay|alright|coming|around|free|sure|home)\b",
    rf"{_ARE_YOU}(?:kidding|serious|joking|ready|done|busy|awake|going)\b",
    rf"{_ARE_YOU}(?:joining|in|at|on|up|feeling|doing)\b",
    r"are we (?:still|there|going|meeting|having|all|on|done)\b|will you (?:be|come|join)\b",
    r"did you (?:guys|all|see|hear|get|like|have|eat|watch|sleep|enjoy|manage|forget)\b",
    r"did you (?:finish|merge|fix|break)\b|(?:can|could|would) you believe\b",
    r"(?:do|would) you (?:(?:guys|all) )?(?:want|fancy|like|mind|remember|care)\b",
    r"sh(?:all|ould) we (?:go|meet|move|order|grab|celebrate|postpone|reschedule|call it)\b",
    r"(?:is|are|was) (?:it|that|this|you) (?:ok(?:ay)?|fine|alright|cool|good)(?: (?:with|for|by) \w+)?\W*$",
    r"(?:do|does) (?:that|this|it) (?:make sense|work for|suit)\b|sounds? good\b|ok(?:ay)?\W*$",
    r"makes? sense\b|guess (?:what|who)\b|is it just me\b|really\W*$|tell me about it\b",
    r"(?:\w+ ){1,2}any(?:one|body)\W*$",
)
"""Questions that no page answers: who wants coffee, how are you, is that ok."""

UNMARKED = _begins(
    rf"(?:how|what|why|where|when|who) {_VERB}\b|what's (?:the|a|an)\b",
    r"how (?:many|much|long|often|big|large|fast|far|come|exactly|well)\b",
    rf"(?:what|which)(?! (?:i|we|you|he|she|they|it|an?)\b)(?: [\w/.-]+){{1,3}} {_VERB}\b",
    rf"(?:can|could|should|would) (?:i|we|it|they|this|the|{_ANYONE})\b",
    r"(?:can|could|would) you (?:please|explain|tell|show|help|point|give|describe|recommend)\b",
    rf"(?:may|must|do) (?:i|we|you|they|{_ANYONE})\b|does \w+ \w+|(?:has|have|did) {_ANYONE}\b",
    r"(?:is|are) (?:there|the|these|it (?:possible|ok|okay|safe|necessary|required|better))\b",
    rf"{_ANYONE} (?:else )?(?:knows?|have|has|had|seen|tried|using|can|got|facing|getting)\b",
    r"any (?:idea|chance|way|docs?|documentation|example|suggestion|pointer|hint|advice|guide|tutorial)s?\b",
    r"help me\b|(?:i )?need (?:some )?help\b|help needed\b|explain (?!yourself)|show me\b|tell me\b",
    r"i (?:need|want|would like) to (?:know|understand|find out)\b",
    r"i(?:'m| am| was)? wonder(?:ing)? (?:how|if|whether|why|what|which|where)\b",
)
"""How a question begins that people write without a mark; one word is not enough for that."""

_BREAKS = (
    r"\w*errors?|\w*exceptions?|traceback|crash(?:es|ed|ing)?|fail(?:s|ed|ing|ure)?|time[sd]? ?out|timeouts?"
    r"|oom|stuck|hangs?|refused|denied|unable to|not (?:found|loaded)"
)
TROUBLE = re.compile(rf"\b(?:{_BREAKS})\b", re.I)
SIGNS = re.compile(
    rf"\b(?:{_BREAKS}|cannot|can't|can not|(?:does|do|did|is|are|was)(?: not|n't)|won't|trying to"
    r"|when|while|after|since|if)\b",
    re.I,
)
REPORTS = re.compile(
    r"(?:^|\n|[.!,]\s) *(?:i|i'm|we|my|our|errors?|exception|unable|getting|can(?:'t|not))\b"
    r"|\b\w+(?:Error|Exception)\b|\w\(\)|\b(?:code|errno)[=:]",
    re.I,
)
"""Who writes so tells of a trouble of their own; with what it has to do with, that asks for help."""


def asks(text: str) -> bool:
    """Whether a message nobody addressed to the bot is a question that documentation may answer."""
    prose = CODE.sub(" it ", text.replace("’", "'"))[:READ_CHARS]
    return _asked(SENTENCES.split(prose)) or _reported(prose)


def _asked(sentences: Sequence[str]) -> bool:
    return any(_is_question(" ".join(sentence.split())) for sentence in sentences)


def _is_question(sentence: str) -> bool:
    if SPACELESS.search(sentence):
        return bool(MARK.search(sentence) or ASKING_SPACELESS.search(sentence))
    if len(re.findall(r"\w+", sentence)) < WORDS or TO_PEOPLE.search(sentence):
        return False
    return bool(MARK.search(sentence) or UNMARKED.search(sentence))


def _reported(prose: str) -> bool:
    return bool(REPORTS.search(prose) and TROUBLE.search(prose)) and len(SIGNS.findall(prose)) > 1

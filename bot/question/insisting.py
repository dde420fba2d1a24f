"""Tells "try harder" and "are you sure?" from questions: they ask the last question again (pure)."""

import re
from dataclasses import replace

from bot.model import Question

_LONGEST = 80
_SAID = (
    r"(?:try|think|look|search|check) (?:again|harder|deeper|it again|once more|(?:some )?more)"
    r"(?: (?:and )?harder)?",
    r"(?:can|could) you (?:try|check|look) (?:again|harder)|have another (?:try|look|go)",
    r"double[- ]?check(?: (?:it|that|this))?|(?:is|are) that (?:really )?(?:right|true|correct)|really",
    r"(?:are|r) you (?:really |quite |so )?(?:sure|certain)(?: (?:about|of) (?:that|this|it))?",
    # The same in German, Spanish, Portuguese, French, Italian, Russian, Chinese.
    r"(?:versuch|probier)e?(?:['’]?s| es)? (?:noch ?mal|noch einmal)|bist du (?:dir )?(?:da )?sicher",
    r"(?:inténtalo|intenta) (?:de nuevo|otra vez)|estás segur[oa]",
    r"tent[ea] (?:de novo|novamente)|(?:você )?tem certeza",
    r"r[ée]essa(?:ye|ie)z?|(?:es-tu|tu es|vous êtes|êtes-vous) s[ûu]re?s?|riprova|sei sicur[oa]",
    r"попробуй(?:те)? (?:ещё|еще) раз|(?:ты|вы) уверен[аы]?|再试一次|你?确定吗",
)
_BEFORE = r"(?:(?:please|pls|hm+|no|well|ok(?:ay)?|but|bitte|por favor)[,. ]+)?"
_AFTER = r"(?:[, ]+(?:please|pls|again|though|bitte|por favor))?"
_AGAIN = re.compile(f"{_BEFORE}(?:{'|'.join(_SAID)}){_AFTER}", re.IGNORECASE)


def asked_again(question: Question) -> Question:
    """For "try harder" or "are you sure?": the last question of the conversation, to be thought about hard.

    Any other question, and one without a question before it, as it is.
    """
    if not insists(question.text):
        return question
    turns = question.history
    before = [at for at, turn in enumerate(turns) if turn.speaker == "user" and not insists(turn.text)]
    if not before:
        return question
    last = before[-1]
    return replace(question, text=turns[last].text, history=turns[:last], effort="high")


def insists(text: str) -> bool:
    """Whether ``text`` asks for more effort on what was asked before, and for nothing else."""
    return len(text) <= _LONGEST and bool(_AGAIN.fullmatch(text.strip(" \t\n?!.…¿¡？！。")))

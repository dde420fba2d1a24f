"""Tells English questions from others, by their letters and their commonest words."""

import re
import unicodedata

from bot.question.english import is_word

_WORD = re.compile(r"(?<![\w-])[^\W\d_]+(?:['’][^\W\d_]+)?(?![\w-])")
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|\"[^\"\n]*\"|(?<!\w)'[^'\n]*'", re.DOTALL)
_ENGLISH_WORDS = (
    "a am an and any are as at be because been but by can cannot could did do does doesn't don't for from "
    "get had has have how i i'm if in into is it it's its just like my need no not of on one only or our "
    "out should so some than that the their them then there they this to up use using want was we what "
    "when where which while who why will with without would you your"
)
_OTHER_WORDS = (
    # Spanish, Portuguese, Italian, French, German, Dutch.
    "al aunque como cómo con cuál cuáles cuándo cuánto cuántos cuántas cuanto de del dónde el ella en es "
    "esta este esto está están hay hago la las le les lo los más mi mis muy para pero por porque puedo puede "
    "qué que quiero se ser si sí sin sobre su sus también tengo tiene un una uno usar y ya "
    "ao aos às até com da das dos ele ela em esse essa isso está eu foi mais meu minha na nas não no nos num "
    "numa o os ou para pela pelo posso preciso qual quais quando quantos quantas são sem ser seu sua tem "
    "tenho um uma você "
    "che chi ci come cosa cui da dal dalla dei del della delle devo di dove è gli ho il in io le lo loro ma "
    "mio mia nel nella non ogni per perché più poi posso può qual quale quali quando quanto quanti senza si "
    "sono su sul sulla tra un una uno "
    "au aux avec ce cette ces c'est comment dans des du elle est et être fait il ils j'ai je la le les leur "
    "mais mon ma mes ne nous où ou par pas peut peux plus pour pourquoi puis quand que quel quelle quels qui "
    "quoi sans se ses son sont sur une vous y "
    "aber als auch auf aus bei bin das dass dem den der des die du ein eine einem einen einer er es für gibt "
    "hat habe ich im ist kann keine man mein meine mich mir mit muss nach nicht noch nur oder sich sie sind "
    "über um und unter vom von vor wann warum was welche welchen welcher wenn werden wie wir wird wo zu zum "
    "zur zwischen "
    "aan bij dat dit een het hoe ik kan maar met mijn naar niet nog ook op te uit van voor waar waarom wat "
    "welke worden zijn"
)
_ENGLISH = frozenset(_ENGLISH_WORDS.split())
_OTHERS = frozenset(_OTHER_WORDS.split()) - _ENGLISH - {"die", "me", "no", "o", "per"}
_FOREIGN_SHARE = 0.3


def is_english(text: str) -> bool:
    """Whether a question seems to be English; yes where it holds too few common words to tell.

    Quoted text and code do not count: error texts are English in questions of every language.
    """
    words = _words(text)
    letters = "".join(words)
    if letters and sum(map(_is_foreign, letters)) > _FOREIGN_SHARE * len(letters):
        return False
    english = sum(word in _ENGLISH for word in words)
    others = sum(word in _OTHERS for word in words) + sum(not word.isascii() for word in words)
    others += text.count("¿") + text.count("¡")
    if others == english > 0:
        # As many of each: "Was ..." is German, "... in a die" is English. The other words tell.
        return sum(word in _ENGLISH or is_word(word) for word in words) * 2 >= len(words)
    return others <= english


def tells(text: str) -> bool:
    """Whether ``text`` holds common words, or letters, of some language, so that :func:`is_english` knows."""
    return any(is_common(word) or not word.isascii() for word in _words(text))


def is_common(word: str) -> bool:
    """Whether ``word`` is one of the commonest of a language that this module knows."""
    return word.lower() in _ENGLISH or word.lower() in _OTHERS


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(_CODE.sub(" ", text))]


def _is_foreign(letter: str) -> bool:
    return not letter.isascii() and not unicodedata.name(letter, "").startswith("LATIN")

"""Takes what identifies a person out of a text: addresses, phone, card and account numbers (pure)."""

import re
from ipaddress import ip_address

# Every pattern is bounded and none can match one text in two ways: a hostile text costs linear time.
_EMAIL = re.compile(
    r"(?<![\w.+/-])(?!git@)[\w.+-]{1,64}@(?:[^\W_](?:[\w-]{0,62})\.){1,8}[^\W\d_]{2,24}(?![\w-])"
)
_CARD = re.compile(
    r"(?<![\w.-])(?:"
    r"(?:4\d|5[0-8]|2[2-7]|35|6\d)\d\d(?P<gap>[ -]?)\d{4}(?P=gap)\d{4}(?P=gap)\d{4}"
    r"|3[47]\d\d(?P<amex>[ -]?)\d{6}(?P=amex)\d{5}"
    r"|3[068]\d\d(?P<diners>[ -]?)\d{6}(?P=diners)\d{4}"
    r")(?![\w-]|[.,]\d)"
)
"""The lengths and first digits that cards have: keys and times in microseconds have others."""
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d\d(?: ?[A-Z\d]{4}){2,7}(?: ?[A-Z\d]{1,3})?(?!\w)")
_IBAN_SHORTEST = 15
_IP4 = re.compile(r"(?<![\w.-])(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\d)")
_IP6 = re.compile(r"(?<![\w:.])[23][\da-fA-F]{3}:[\da-fA-F:]{2,34}(?![\w:])")
_VERSION_BEFORE = re.compile(r"(?i)(?:\bv|version|release|build|driver|==|[~^<>]=?)\s?\Z")
_PART_OF_VERSION = 31
"""Four numbers up to this one are a version such as 2.4.10.1 rather than an address."""
_ABROAD = re.compile(r"(?<![\w+.])\+[1-9](?:[ ./()-]{0,2}\d){7,14}(?![\w-]|[.,]\d)")
_AT_HOME = re.compile(
    r"(?i)((?<![a-z])(?:phone|telephone|telefon|téléphone|teléfono|tel|mobile|mobil|handy|cell ?phone|fax"
    r"|whats ?app|call me|reach me|ring me)(?: (?:number|nummer|no|nr|at|on|is)){0,2}\.?:?\s{0,3})"
    r"(\(?\d(?:[ ./()-]{0,2}\d){6,14})(?![\w-]|[.,]\d)"
)
_AMERICAN = re.compile(r"(?<![\w.(-])(?:\(\d{3}\) ?|\d{3}-)\d{3}-\d{4}(?![\w-])")


def anonymous(text: str) -> str:
    """``text`` with ``[email]``, ``[phone]``, ``[card]``, ``[iban]`` and ``[ip]`` where these stand.

    Only what is surely one counts: cards and accounts have true check digits, addresses of machines are
    public ones. Versions, ports, keys, times and numbers of rows stay.
    """
    text = _EMAIL.sub("[email]", text)
    text = _IBAN.sub(_iban, text)
    text = _CARD.sub(lambda found: "[card]" if _is_card(found[0]) else found[0], text)
    text = _IP4.sub(_ip, _IP6.sub(_ip, text))
    text = _ABROAD.sub(lambda found: "[phone]" if _is_phone(found[0]) else found[0], text)
    return _AMERICAN.sub("[phone]", _AT_HOME.sub(r"\1[phone]", text))


def _is_card(number: str) -> bool:
    """Whether the check digit is right (Luhn)."""
    digits = [int(char) for char in reversed(number) if char.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _iban(found: re.Match[str]) -> str:
    """The account masked, with the words in capitals behind it that the pattern took for a part of it."""
    text = found[0]
    ends = [len(text), *(at for at in range(len(text) - 1, _IBAN_SHORTEST - 1, -1) if text[at] == " ")]
    for end in ends:
        if _is_iban(text[:end].replace(" ", "")):
            return "[iban]" + text[end:]
    return text


def _is_iban(number: str) -> bool:
    """Whether the check digits are right (ISO 7064, modulo 97)."""
    figures = "".join(str(int(char, 36)) for char in number[4:] + number[:4])
    return len(number) >= _IBAN_SHORTEST and int(figures) % 97 == 1


def _ip(found: re.Match[str]) -> str:
    text = found[0]
    try:
        public = ip_address(text).is_global
    except ValueError:
        return text
    version = ":" not in text and all(int(part) <= _PART_OF_VERSION for part in text.split("."))
    before = found.string[max(0, found.start() - 12) : found.start()]
    return "[ip]" if public and not version and not _VERSION_BEFORE.search(before) else text


def _is_phone(text: str) -> bool:
    """Whether the digits stand in groups as those of a phone number do, and are more than one repeated."""
    country, *groups = re.findall(r"\d+", text)
    digits = country + "".join(groups)
    if len(set(digits[1:])) == 1 or len(digits) < (8 if groups else 10):
        return False
    return all(len(group) > 1 for group in groups[1:])

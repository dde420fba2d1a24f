"""What identifies a person, in what people write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.question.personal import anonymous


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("mail ann.smith+x@example.co.uk, please", "mail [email], please"),
        ("<mailto:ann@example.org|ann@example.org>.", "<mailto:[email]|[email]>."),
        ("münchen@bücher.de", "[email]"),
        ("phone +49 170 1234567.", "phone [phone]."),
        ("+14155552671 or +1 (415) 555-2671", "[phone] or [phone]"),
        ("+33 1.23.45.67.89", "[phone]"),
        ("(415) 555-2671, 415-555-2671", "[phone], [phone]"),
        ("call me at 0170/1234567, Tel.: 030 1234567", "call me at [phone], Tel.: [phone]"),
        ("card 4111 1111 1111 1111, 5500-0000-0000-0004", "card [card], [card]"),
        ("378282246310005 and 30569309025904", "[card] and [card]"),
        ("IBAN DE89 3704 0044 0532 0130 00 THANKS", "IBAN [iban] THANKS"),
        ("BE68 5390 0754 7034 HELP, GB29NWBK60161331926819", "[iban] HELP, [iban]"),
        ("client 54.12.33.9:19530, host=54.12.33.9", "client [ip]:19530, host=[ip]"),
        ("from [2a00:1450:4001:81b::200e]:80", "from [[ip]]:80"),
    ],
)
def test_what_identifies_a_person_is_masked(text: str, shown: str) -> None:
    assert anonymous(text) == shown
    assert anonymous(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1, 0.0.0.0, 10.2.3.4, 192.168.1.5, 169.254.169.254, ::1, fe80::1, 2001:db8::1",
        "version 2.4.10.1, v54.1.2.3, pkg==54.3.2.1, 120.0.6099.109, OID 1.3.6.1.4.1.311",
        "2026-11-21T10:00:00+02:00 at 12:30:45, 2026:10:11:12",
        "id 449573298475823943 at 1700000000000 or 1700000000000000",
        "4111 1111 1111 1112 has a wrong check digit, DE00 3704 0044 0532 0130 00 too",
        "1000000000 rows, +1000000000 more, vector +1.5 2.3 4.5 6.7 8.9, [0.4111111111111111, 4.1]",
        "git@github.com:org/repo.git, postgres://user@db.example.com/x, npm i a@1.2.3, @ann",
        "std::vector<dead::beef>, sha256:3f2b8a1c9d0e4f5a6b7c8d9e0f1a2b3c, 0x4111111111111111",
        "error 1100 code=65535 port 19530, call 5000000 times, mobile app 4.2.1, phone home 12",
        "123e4567-e89b-12d3-a456-426614174000",
    ],
)
def test_what_a_support_team_needs_to_read_stays(text: str) -> None:
    assert anonymous(text) == text


@given(st.text(alphabet="0123456789 +-.:@aAB()/", max_size=200))
def test_any_text_is_masked_once_and_for_all(text: str) -> None:
    assert anonymous(anonymous(text)) == anonymous(text)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "text", ["a@", "a.", "@a.", "4 ", "4", "AB12", "AB12 ", "1.", "2222:", "+1 ", "phone 1"]
)
def test_a_hostile_text_takes_no_more_than_a_moment(text: str) -> None:
    assert anonymous(text * (100_000 // len(text)))

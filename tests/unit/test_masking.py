"""Secrets in what people write."""

import time

import pytest

from bot.question.masking import masked

RANDOM = "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3z"


@pytest.mark.parametrize(
    ("secret", "kind"),
    [
        ("xox" + "b-123456789012-abcdefABCDEF", "Slack token"),
        ("xapp" + "-1-A012-345-abcdef0123", "Slack token"),
        ("gh" + "p_" + RANDOM, "GitHub token"),
        ("github_pat_" + RANDOM, "GitHub token"),
        ("AK" + "IAIOSFODNN7EXAMPLE", "cloud access key"),
        ("AIza" + RANDOM, "cloud API key"),
        ("sk-" + RANDOM, "API key"),
        ("sk-proj-" + RANDOM, "API key"),
        ("hf_" + RANDOM, "access token"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N", "signed token"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nabc\n-----END RSA PRIVATE KEY-----", "private key"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz cut off", "private key"),
        ("https://hooks.slack.com/services/T0/B0/abcdef123456", "Slack webhook"),
    ],
)
def test_a_secret_is_masked_wherever_it_stands(secret: str, kind: str) -> None:
    text, found = masked(f"Why does it fail with {secret}")
    assert text == "Why does it fail with ***"
    assert found == (kind,)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("uri postgres://me:s3cr3t-pw@db/x fails", "uri postgres://***@db/x fails"),
        ("password=Tr0ub4dor3x and then", "password=*** and then"),
        ('api_key: "9f8e7d6c5b4a39281"', 'api_key: "***"'),
        ("Authorization: Bearer abc.DEF-123456789012345", "Authorization: Bearer ***"),
    ],
)
def test_the_name_beside_a_secret_stays(text: str, shown: str) -> None:
    assert masked(text)[0] == shown
    assert masked(text)[1]


@pytest.mark.parametrize(
    "text",
    [
        "how do I set token=root:Milvus",
        "MINIO_ACCESS_KEY: minioadmin",
        "password=your_password1",
        "client = MilvusClient(uri='http://localhost:19530', token='root:Milvus')",
        "what is a primary key: can it be VARCHAR?",
        "max_length is 65535, task-based, risk-averse, sk-learn",
        "git commit 3f2b8a1c9d0e4f5a6b7c8d9e0f1a2b3c4d5e6f70 broke it",
        "",
    ],
)
def test_what_documentation_prints_is_no_secret(text: str) -> None:
    assert masked(text) == (text, ())


def test_each_kind_is_named_once_and_masking_twice_changes_nothing() -> None:
    text, found = masked(f"sk-{RANDOM} sk-{RANDOM}x gh" + f"p_{RANDOM}")
    assert found == ("GitHub token", "API key")
    assert masked(text) == (text, ())


@pytest.mark.parametrize("text", ["-" * 40_000, "eyJ" * 10_000, "password=" * 5_000, "://a:" * 8_000])
def test_hostile_texts_take_no_more_than_a_moment(text: str) -> None:
    start = time.process_time()
    masked(text)
    # No measurement: a pattern that goes back and forth would take minutes.
    assert time.process_time() - start < 10

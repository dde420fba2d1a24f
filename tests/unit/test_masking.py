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
    ("text", "shown"),
    [
        ("my api key is 8f14e45fceea167a5a36dedd4bea2543", "my api key is ***"),
        ("secret key: zX93kd02KslQ81mf", "secret key: ***"),
        ("access key AKIDz8krbsJ5yKBZQpn74WFk fails", "access key *** fails"),
        ("token 3f2a9d0c1b4e5f60718293a4b5c6d7e8f9012345.", "token ***."),
        ("curl -u root:Kx83jfQp92 http://db", "curl -u root:*** http://db"),
        ("password 'Summer2024x'", "password '***'"),
        ("password for the staging admin is Kx83jfQp92 ok", "password for the staging admin is *** ok"),
        ("pw: Kx83jfQ", "pw: ***"),
        ("Passwort: Kx83jfQp92", "Passwort: ***"),
        ("contraseña: Kx83jfQp92", "contraseña: ***"),
        ("mot de passe : Kx83jfQp92", "mot de passe : ***"),
        ("密码：Kx83jfQp92，谢谢", "密码：***，谢谢"),
        ("我的密码是Kx83jfQp92", "我的密码是***"),
        ("password=hunter2... help", "password=*** help"),
        ("password is S3cretPassw0rd99", "password is ***"),
        ("password=4yourEyesOnly77", "password=***"),
        ("password: Milvus2024, pwd=admin1234", "password: ***, pwd=***"),
        ("token=" + RANDOM * 100, "token=***"),
    ],
)
def test_the_usual_words_for_a_secret_are_understood(text: str, shown: str) -> None:
    assert masked(text) == (shown, ("password or key",))
    assert masked(shown) == (shown, ())


@pytest.mark.parametrize(
    "text",
    [
        "how do I set token=root:Milvus",
        "curl -u root:Milvus and docker run -u 1000:1000",
        "password: P@ssw0rd, password=password123, secret key: YOUR_SECRET_KEY_1",
        "password: ${PASS_1} or password=$PASS1 or api_key=os.environ['KEY1']",
        "password: SCRAM-SHA-256, token: /run/secrets/token1",
        "token text-embedding-ada-002, token limit 32768x, token 'bert_base_12'",
        "primary key 1234567890abcdef12, password of the user is too short",
        "password=<your-password-1>, wJalrXUtnFEMI/secret key: wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
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


@pytest.mark.parametrize(
    "text",
    [
        "-" * 100_000,
        "eyJ" * 33_000,
        "password=" * 11_000,
        "password " * 11_000,
        "password for a b " * 6_000,
        "password of " + "a" * 100_000,
        "secret" + " " * 100_000,
        "密码是" * 33_000,
        "-u a:" * 20_000,
        "-u " + "a" * 100_000,
        "token " + "a1" * 50_000 + "-",
        "://a:" * 20_000,
    ],
)
def test_hostile_texts_take_no_more_than_a_moment(text: str) -> None:
    start = time.process_time()
    masked(text)
    # No measurement: a pattern that goes back and forth would take minutes.
    assert time.process_time() - start < 10

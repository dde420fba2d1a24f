"""What a push is understood as, and which sources it concerns."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from adapters.web.pushes import FORM, Push, Tracked, concerned, read_push, repository_at

REPOSITORY = {
    "full_name": "Milvus-IO/milvus-docs",
    "clone_url": "https://github.com/Milvus-IO/milvus-docs.git",
    "ssh_url": "git@github.com:Milvus-IO/milvus-docs.git",
    "html_url": "https://github.com/Milvus-IO/milvus-docs",
    "default_branch": "master",
}
DOCS = "milvus-io/milvus-docs"
NEWEST = Tracked(name="newest", repository=DOCS, ref="")
PINNED = Tracked(name="2.6", repository=DOCS, ref="v2.6.x")
OTHER = Tracked(name="other", repository="acme/handbook", ref="")
TRACKED = (NEWEST, PINNED, OTHER)


def pushed(ref: str = "refs/heads/master", **more: Any) -> Push:
    push = read_push(json.dumps({"ref": ref, "repository": REPOSITORY, **more}).encode(), "application/json")
    assert push is not None
    return push


@pytest.mark.parametrize("form", [FORM, f"{FORM}; charset=utf-8", FORM.upper()])
def test_githubs_form_says_the_same_as_its_json(form):
    payload = json.dumps({"ref": "refs/heads/master", "repository": REPOSITORY})
    assert read_push(urlencode({"payload": payload}).encode(), form) == pushed()


@pytest.mark.parametrize(
    ("body", "form"),
    [
        (b"", "application/json"),
        (b"[]", "application/json"),
        (b"null", "application/json"),
        (b"{}", "application/json"),
        (b'{"ref": 5}', "application/json"),
        (b'{"ref": ""}', "application/json"),
        (b"[" * 100_000, "application/json"),
        (b"payload=", FORM),
        (b"payload=%7B", FORM),
        (b"other=1", FORM),
        (b"", FORM),
        (b"\xff=\xff", FORM),
        (b'{"ref": "refs/heads/main"}', FORM),
        (b"payload=%7B%22ref%22%3A%22refs%2Fheads%2Fmain%22%7D", "application/json"),
    ],
)
def test_what_tells_of_no_push_is_not_understood(body, form):
    assert read_push(body, form) is None


def test_a_repository_that_is_described_oddly_is_of_no_name():
    for odd in (
        "text",
        5,
        None,
        [],
        {"full_name": 5, "clone_url": ["x"], "html_url": "https://[", "ssh_url": ""},
    ):
        assert pushed(repository=odd).repositories == frozenset()


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://github.com/milvus-io/milvus-docs.git", DOCS),
        ("https://user:token@github.com/Milvus-IO/Milvus-Docs/", DOCS),
        ("git@github.com:milvus-io/milvus-docs.git", DOCS),
        ("github-work:milvus-io/milvus-docs.git", DOCS),
        ("ssh://git@github.com:22/milvus-io/milvus-docs", DOCS),
        ("/srv/git/milvus-docs.git", ""),
        ("../milvus-docs.git", ""),
        ("docs.bundle", ""),
        ("https://[", ""),
        ("", ""),
    ],
)
def test_all_addresses_of_a_repository_have_one_name(address, name):
    assert repository_at(address) == name


@pytest.mark.parametrize(
    ("push", "sources"),
    [
        (pushed(), ("newest",)),
        (pushed("refs/heads/v2.6.x"), ("2.6",)),
        (pushed("refs/tags/v2.6.x"), ("2.6",)),
        (pushed("refs/heads/feature-x"), ()),
        (pushed("refs/tags/master"), ()),
        (pushed("refs/heads/main"), ()),
        (pushed(deleted=True), ()),
        (pushed(repository={"full_name": "acme/handbook"}, ref="refs/heads/main"), ("other",)),
        (pushed(repository={"full_name": "acme/handbook"}, ref="refs/heads/any"), ("other",)),
        (pushed(repository={"full_name": "acme/handbook"}, ref="refs/tags/any"), ()),
        (pushed(repository={"full_name": "acme/website"}), ()),
        (pushed(repository={}, ref="refs/tags/v2.6.x"), ("2.6",)),
    ],
)
def test_a_push_concerns_the_sources_at_its_repository_and_branch(push, sources):
    assert concerned(push, TRACKED, ()) == sources


def test_sources_that_are_no_repositories_are_read_anew_after_any_push_elsewhere():
    elsewhere = pushed(repository={"full_name": "acme/website"})
    assert concerned(elsewhere, TRACKED, ("site",)) == ("site",)
    assert concerned(pushed(), TRACKED, ("site",)) == ("newest",)
    assert concerned(pushed("refs/heads/feature-x"), TRACKED, ("site",)) == ()
    assert concerned(pushed("refs/tags/v3", repository={}), TRACKED, ("site",)) == ("site",)
    assert concerned(pushed(repository={}, ref="refs/heads/main"), TRACKED, ("site",)) == (
        "newest",
        "other",
        "site",
    )
    assert concerned(pushed(deleted=True), TRACKED, ("site",)) == ()

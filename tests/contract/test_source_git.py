"""Git repositories: refs, refreshes, broken clones, hostile addresses, servers on this machine."""

import base64
import fcntl
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from adapters.sources import git_address, web_guard
from adapters.sources.git import GitSource
from adapters.sources.git_program import GitError, run_git
from adapters.sources.location import source_at
from adapters.sources.tree import Reading
from indexer.errors import PageUnreadable, SourceUnavailable
from indexer.ports import Source


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=Test", "-c", "user.email=test@localhost", "-c", "init.defaultBranch=main")
    command = ["git", "-C", str(folder), *identity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


class Upstream:
    """A repository that others clone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        git(folder, "init", "-q")

    def commit(self, text: str, path: str = "a.md") -> str:
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_text(text)
        git(self.folder, "add", "-A")
        git(self.folder, "commit", "-q", "-m", text)
        return git(self.folder, "rev-parse", "HEAD")


@pytest.fixture(autouse=True)
def plain_git(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)


@pytest.fixture
def upstream(tmp_path: Path) -> Upstream:
    repository = Upstream(tmp_path / "upstream")
    repository.commit("first")
    return repository


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def source(
    location: Path | str, cache: Path, *, ref: str = "", root: str = "", timeout: float = 60.0
) -> GitSource:
    reading = Reading(root=root, timeout_seconds=timeout, allow_private=True)
    return GitSource(str(location), ref=ref, cache_dir=cache, reading=reading)


def page(opened: GitSource, path: str = "a.md") -> str:
    with opened.open() as tree:
        return tree.read(path)


def refusal(opened: Source) -> str:
    with pytest.raises(SourceUnavailable) as caught, opened.open():
        pass
    return str(caught.value)


def clone_in(cache: Path) -> Path:
    [folder] = [path for path in cache.iterdir() if path.is_dir()]
    return folder


def test_a_repository_whose_pages_are_too_many_bytes_is_refused_until_its_root_holds_fewer(
    upstream: Upstream, cache: Path
) -> None:
    upstream.commit("x" * 3000, "old/a.md")
    upstream.commit("x" * 500, "new/b.md")
    reading = Reading(max_total_bytes=2000, root=".")
    large = GitSource(str(upstream.folder), ref="", cache_dir=cache, reading=reading)
    for _ in ("made", "refreshed"):
        said = refusal(large)
        assert "its pages are 3.5 kB, and at most 2.0 kB are read. Name a folder within it" in said
    small = Reading(max_total_bytes=2000, root="new")
    assert page(GitSource(str(upstream.folder), ref="", cache_dir=cache, reading=small), "b.md") == "x" * 500


# Refs


def test_without_a_ref_the_default_branch_is_read_and_its_commit_is_the_revision(
    upstream: Upstream, cache: Path
) -> None:
    commit = upstream.commit("second")
    with source(upstream.folder, cache).open() as tree:
        assert (tree.read("a.md"), tree.revision) == ("second", commit)


def test_a_ref_may_be_a_branch_a_tag_an_annotated_tag_or_a_commit(upstream: Upstream, cache: Path) -> None:
    first = git(upstream.folder, "rev-parse", "HEAD")
    git(upstream.folder, "tag", "light")
    git(upstream.folder, "tag", "-a", "heavy", "-m", "tag")
    git(upstream.folder, "branch", "old/branch")
    upstream.commit("second")
    for ref in ("light", "heavy", "old/branch", "refs/tags/light", first, first[:8], first.upper()):
        for _ in ("made", "refreshed"):
            with source(upstream.folder, cache, ref=ref).open() as tree:
                assert (tree.read("a.md"), tree.revision) == ("first", first), ref


def test_two_refs_of_one_repository_are_open_at_the_same_time(upstream: Upstream, cache: Path) -> None:
    git(upstream.folder, "branch", "old")
    upstream.commit("second")
    with (
        source(upstream.folder, cache, ref="old").open() as old,
        source(upstream.folder, cache, ref="main").open() as new,
    ):
        assert (old.read("a.md"), new.read("a.md")) == ("first", "second")


@pytest.mark.parametrize(
    ("ref", "reason"),
    [("mian", r"no branch, tag or commit 'mian'.*'main'"), ("abcdef0", "no commit 'abcdef0'")],
)
def test_a_ref_that_does_not_exist_is_refused(upstream: Upstream, cache: Path, ref: str, reason: str) -> None:
    with pytest.raises(SourceUnavailable, match=reason), source(upstream.folder, cache, ref=ref).open():
        pass


# Refreshes


def test_a_new_commit_is_seen_the_next_time(upstream: Upstream, cache: Path) -> None:
    docs = source(upstream.folder, cache)
    assert page(docs) == "first"
    upstream.commit("second")
    assert page(docs) == "second"


def test_a_branch_whose_history_was_rewritten_is_followed(upstream: Upstream, cache: Path) -> None:
    docs = source(upstream.folder, cache)
    upstream.commit("mistake", "mistake.md")
    page(docs)
    git(upstream.folder, "reset", "-q", "--hard", "HEAD~1")
    upstream.commit("rewritten")
    with docs.open() as tree:
        assert (list(tree.paths()), tree.read("a.md")) == (["a.md"], "rewritten")


def test_a_moved_tag_is_followed(upstream: Upstream, cache: Path) -> None:
    git(upstream.folder, "tag", "latest")
    docs = source(upstream.folder, cache, ref="latest")
    page(docs)
    upstream.commit("second")
    git(upstream.folder, "tag", "-f", "latest")
    assert page(docs) == "second"


def test_what_was_changed_in_the_clone_is_undone(upstream: Upstream, cache: Path) -> None:
    docs = source(upstream.folder, cache)
    page(docs)
    (clone_in(cache) / "a.md").write_text("edited by hand")
    (clone_in(cache) / "new.md").write_text("added by hand")
    with docs.open() as tree:
        assert (list(tree.paths()), tree.read("a.md")) == (["a.md"], "first")


def test_a_refresh_that_fails_raises_though_an_old_clone_is_there(upstream: Upstream, cache: Path) -> None:
    docs = source(upstream.folder, cache)
    page(docs)
    upstream.folder.rename(upstream.folder.with_name("moved"))
    assert "is not a git repository. Check the address." in refusal(docs)


def test_a_branch_that_was_deleted_raises_though_an_old_clone_is_there(
    upstream: Upstream, cache: Path
) -> None:
    git(upstream.folder, "branch", "docs")
    docs = source(upstream.folder, cache, ref="docs")
    page(docs)
    git(upstream.folder, "branch", "-D", "docs")
    assert "no branch, tag or commit 'docs'" in refusal(docs)


# Clones that a killed run or a bad disk left behind


def cut_to_head_alone(folder: Path) -> None:
    shutil.rmtree(folder / ".git")
    (folder / ".git").mkdir()
    (folder / ".git" / "HEAD").write_text("ref: refs/heads/main\n")


def lock_the_index(folder: Path) -> None:
    (folder / ".git" / "index.lock").touch()


def lock_the_history(folder: Path) -> None:
    (folder / ".git" / "shallow.lock").touch()


def break_the_index(folder: Path) -> None:
    (folder / ".git" / "index").write_bytes(b"nonsense")


def lose_the_objects(folder: Path) -> None:
    for path in (folder / ".git" / "objects").rglob("*"):
        if path.is_file():
            path.unlink()


def cut_the_objects_in_half(folder: Path) -> None:
    for path in (folder / ".git" / "objects").rglob("*"):
        if path.is_file():
            path.chmod(0o644)
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def break_the_current_ref(folder: Path) -> None:
    (folder / ".git" / "refs" / "docent" / "current").write_text("nonsense\n")


def break_the_configuration(folder: Path) -> None:
    (folder / ".git" / "config").write_text("[core\n")


def leave_a_file_in_its_place(folder: Path) -> None:
    folder.rename(folder.with_name("away"))
    folder.write_text("not a folder")


@pytest.mark.parametrize("changed", [False, True], ids=["nothing new", "a new commit"])
@pytest.mark.parametrize(
    "damage",
    [
        cut_to_head_alone,
        lock_the_index,
        lock_the_history,
        break_the_index,
        lose_the_objects,
        cut_the_objects_in_half,
        break_the_current_ref,
        break_the_configuration,
        leave_a_file_in_its_place,
    ],
)
def test_a_broken_clone_is_made_anew(upstream: Upstream, cache: Path, damage: object, changed: bool) -> None:
    docs = source(upstream.folder, cache)
    page(docs)
    assert callable(damage)
    damage(clone_in(cache))
    if changed:
        upstream.commit("second")
    assert page(docs) == ("second" if changed else "first")


@pytest.mark.parametrize("leftover", [".git", ".git/objects/pack", ".git/refs/heads"])
def test_a_clone_that_was_killed_at_its_start_is_finished(
    upstream: Upstream, cache: Path, leftover: str
) -> None:
    docs = source(upstream.folder, cache)
    page(docs)
    folder = clone_in(cache)
    shutil.rmtree(folder)
    (folder / leftover).mkdir(parents=True)
    assert page(docs) == "first"


def test_a_broken_clone_within_another_repository_leaves_that_one_alone(
    upstream: Upstream, tmp_path: Path
) -> None:
    project = Upstream(tmp_path / "project")
    project.commit("committed", "code.py")
    (project.folder / "code.py").write_text("work of a day")
    docs = source(upstream.folder, project.folder / "data")
    page(docs)
    cut_to_head_alone(clone_in(project.folder / "data"))
    assert page(docs) == "first"
    assert (project.folder / "code.py").read_text() == "work of a day"


def test_a_clone_in_use_by_another_run_is_a_clear_sentence(upstream: Upstream, cache: Path) -> None:
    docs = source(upstream.folder, cache)
    page(docs)
    [lock] = cache.glob("*.lock")
    with open(lock) as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert "is in use by another run. Try again" in refusal(docs)
    assert page(docs) == "first", "the lock's file alone keeps nobody out"


def test_a_cache_folder_that_cannot_be_made_is_a_clear_sentence(upstream: Upstream, cache: Path) -> None:
    cache.write_text("a file")
    assert "cache' cannot be written" in refusal(source(upstream.folder, cache))


# Repositories that cannot be read


def test_an_empty_repository_is_a_clear_sentence(tmp_path: Path, cache: Path) -> None:
    assert "is empty: it has no commit yet" in refusal(source(Upstream(tmp_path / "new").folder, cache))


def test_a_default_branch_without_a_commit_names_those_that_have_one(upstream: Upstream, cache: Path) -> None:
    git(upstream.folder, "branch", "other")
    git(upstream.folder, "symbolic-ref", "HEAD", "refs/heads/unborn")
    assert "no default branch. Set ref to one that it has, such as 'main', 'other'" in refusal(
        source(upstream.folder, cache)
    )
    assert page(source(upstream.folder, cache, ref="main")) == "first"


@pytest.mark.parametrize("location", ["/no/such/repository", "/tmp"])
def test_an_address_without_a_repository_is_a_clear_sentence(cache: Path, location: str) -> None:
    assert "is not a git repository. Check the address." in refusal(source(location, cache))
    assert not cache.exists()


def test_a_path_without_a_repository_names_the_nearest(
    upstream: Upstream, tmp_path: Path, cache: Path
) -> None:
    upstream.folder.rename(tmp_path / "docs.git")
    assert f"Did you mean '{tmp_path / 'docs.git'}'" in refusal(source(tmp_path / "dcos.git", cache))


def test_a_bare_repository_is_read_as_a_repository(upstream: Upstream, tmp_path: Path, cache: Path) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(upstream.folder), str(tmp_path / "bare"))
    with source_at(str(tmp_path / "bare"), cache_dir=cache).open() as tree:
        assert tree.read("a.md") == "first"


@pytest.mark.parametrize(
    ("location", "ref"), [("--upload-pack=touch evil", ""), ("", "--upload-pack=evil"), ("", "-f")]
)
def test_locations_and_refs_that_look_like_options_are_refused(
    upstream: Upstream, cache: Path, location: str, ref: str
) -> None:
    assert "cannot begin with '-'" in refusal(source(location or upstream.folder, cache, ref=ref))


@pytest.mark.parametrize("location", ["file:///srv/docs.git", "FILE:///srv/docs.git"])
def test_file_addresses_are_refused_with_what_to_give_instead(cache: Path, location: str) -> None:
    assert "give the folder itself, such as '/srv/docs.git'" in refusal(source_at(location, cache_dir=cache))


@pytest.mark.parametrize("location", ["ext::sh -c 'touch evil'", "fd::17"])
def test_addresses_that_start_programs_are_refused(cache: Path, location: str) -> None:
    assert "uses a protocol that is not allowed" in refusal(source(location, cache))


def test_without_git_the_sentence_says_to_install_it(
    upstream: Upstream, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    assert "The git program cannot be started: install git" in refusal(source(upstream.folder, cache))


# What a repository must not do here


def test_links_that_leave_the_checkout_are_not_read(upstream: Upstream, cache: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("secret")
    (upstream.folder / "out.md").symlink_to(tmp_path / "secret.md")
    (upstream.folder / "up.md").symlink_to("../../secret.md")
    (upstream.folder / "git.md").symlink_to(".git/config")
    (upstream.folder / "in.md").symlink_to("a.md")
    upstream.commit("second")
    with source(upstream.folder, cache).open() as tree:
        assert tree.read("in.md") == "second"
        for path in {*tree.paths()} - {"a.md", "in.md"}:
            with pytest.raises(PageUnreadable, match="leads out of the documentation"):
                tree.read(path)


def test_only_pages_are_checked_out(upstream: Upstream, cache: Path) -> None:
    upstream.commit("large", "images/a.png")
    upstream.commit("second", "zh/b.md")
    upstream.commit("third", "en/b.md")
    assert page(source(upstream.folder, cache, root="en"), "b.md") == "third"
    files = {path.relative_to(clone_in(cache)).as_posix() for path in clone_in(cache).rglob("*")}
    assert {name for name in files if not name.startswith(".git")} == {"en", "en/b.md"}


def test_where_the_server_can_files_that_are_no_pages_are_not_even_fetched(
    upstream: Upstream, cache: Path
) -> None:
    git(upstream.folder, "config", "uploadpack.allowFilter", "true")
    upstream.commit("large", "images/a.png")
    image = git(upstream.folder, "rev-parse", "HEAD:images/a.png")
    assert page(source(upstream.folder, cache)) == "first"
    assert f"{image} blob" not in git(clone_in(cache), "cat-file", "--batch-all-objects", "--batch-check")


def test_hooks_of_the_users_template_do_not_run(
    upstream: Upstream, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooks = tmp_path / "template" / "hooks"
    hooks.mkdir(parents=True)
    for name in ("post-checkout", "reference-transaction", "post-index-change"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
        (hooks / name).chmod(0o755)
    (tmp_path / "gitconfig").write_text(f"[init]\ntemplateDir={hooks.parent}\n[core]\nhooksPath={hooks}\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    assert page(source(upstream.folder, cache)) == "first"
    assert not (tmp_path / "ran").exists()


def test_run_from_a_git_hook_it_does_not_touch_that_hooks_repository(
    upstream: Upstream, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Upstream(tmp_path / "project")
    commit = project.commit("committed", "code.py")
    monkeypatch.setenv("GIT_DIR", str(project.folder / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(project.folder / ".git" / "index"))
    assert page(source(upstream.folder, cache)) == "first"
    monkeypatch.undo()
    assert git(project.folder, "rev-parse", "HEAD") == commit
    assert git(project.folder, "status", "--porcelain") == ""


# Bundles


@pytest.fixture
def bundle(upstream: Upstream, tmp_path: Path) -> Path:
    upstream.commit("second")
    git(upstream.folder, "bundle", "create", "-q", str(tmp_path / "docs.bundle"), "--all")
    return tmp_path / "docs.bundle"


def test_a_bundle_is_read_at_any_of_its_commits(upstream: Upstream, bundle: Path, cache: Path) -> None:
    with source_at(str(bundle), cache_dir=cache).open() as tree:
        assert (tree.read("a.md"), tree.revision) == ("second", git(upstream.folder, "rev-parse", "HEAD"))
    for length in (40, 8):
        first = git(upstream.folder, "rev-parse", "HEAD~1")[:length]
        assert page(source(bundle, cache, ref=first)) == "first"


def test_a_bundle_that_was_replaced_is_read_anew(upstream: Upstream, bundle: Path, cache: Path) -> None:
    page(source(bundle, cache))
    upstream.commit("third")
    git(upstream.folder, "bundle", "create", "-q", str(bundle), "--all")
    assert page(source(bundle, cache)) == "third"


@pytest.mark.parametrize("kept", [0, 10, -20])
def test_a_bundle_that_is_cut_off_is_a_clear_sentence(bundle: Path, cache: Path, kept: int) -> None:
    bundle.write_bytes(bundle.read_bytes()[:kept])
    assert "is not a complete git bundle. Write it anew" in refusal(source(bundle, cache))


def test_a_bundle_that_builds_on_commits_it_lacks_is_a_clear_sentence(
    upstream: Upstream, tmp_path: Path, cache: Path
) -> None:
    upstream.commit("second")
    git(upstream.folder, "bundle", "create", "-q", str(tmp_path / "part.bundle"), "HEAD~1..main")
    assert "is not a complete git bundle" in refusal(source(tmp_path / "part.bundle", cache))


def test_a_clone_of_a_bundle_is_read_as_a_folder(bundle: Path, tmp_path: Path, cache: Path) -> None:
    git(tmp_path, "clone", "-q", str(bundle), str(tmp_path / "clone"))
    with source_at(str(tmp_path / "clone"), cache_dir=cache).open() as tree:
        assert (list(tree.paths()), tree.revision) == (["a.md"], git(tmp_path / "clone", "rev-parse", "HEAD"))


# Servers


@pytest.fixture
def web(upstream: Upstream) -> Iterator[str]:
    """The repository as plain files behind a web server: no shallow clones, no filters."""
    git(upstream.folder, "update-server-info")

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    yield from served(partial(Quiet, directory=str(upstream.folder / ".git")))


@pytest.fixture
def guarded() -> Iterator[str]:
    """A web server that asks everybody for a password."""

    class Guard(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="docs"')
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    yield from served(Guard)


def served(handler: object) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)  # type: ignore[arg-type]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_repository_behind_a_plain_web_server_is_read_and_refreshed(
    web: str, upstream: Upstream, cache: Path
) -> None:
    docs = source(f"http://{web}/", cache)
    assert page(docs) == "first"
    upstream.commit("second")
    git(upstream.folder, "update-server-info")
    assert page(docs) == "second"


def test_a_token_in_the_address_is_not_stored_with_the_clone(web: str, cache: Path) -> None:
    assert page(source(f"http://user:s3cret@{web}/", cache)) == "first"
    stored = [path for path in cache.rglob("*") if path.is_file()]
    assert stored
    assert [path for path in stored if b"s3cret" in path.read_bytes()] == []


@pytest.mark.parametrize("user", ["", "user:s3cret@"])
def test_a_server_that_wants_credentials_is_a_clear_sentence_without_those_given(
    guarded: str, cache: Path, user: str
) -> None:
    said = refusal(source(f"http://{user}{guarded}/docs.git", cache))
    assert "wants credentials, or there is no such repository" in said
    assert "s3cret" not in said


def test_a_web_server_without_the_repository_is_a_clear_sentence(web: str, cache: Path) -> None:
    assert "is not a git repository. Check the address." in refusal(source(f"http://{web}/other.git", cache))


def test_a_server_that_is_not_there_is_a_clear_sentence(cache: Path) -> None:
    for scheme in ("git", "http"):
        assert "cannot be reached" in refusal(source(f"{scheme}://127.0.0.1:9/docs.git", cache))


def test_a_server_that_never_answers_is_given_up(cache: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"git://127.0.0.1:{silent.getsockname()[1]}/docs.git"
        assert "did not finish within 0.3 seconds" in refusal(source(address, cache, timeout=0.3))


def test_an_internal_address_is_refused_unless_it_is_allowed(web: str, cache: Path) -> None:
    for scheme in ("http", "git"):
        with pytest.raises(SourceUnavailable, match="set allow_private = true"):
            page(GitSource(f"{scheme}://{web}/", ref="", cache_dir=cache, reading=Reading()))
    assert page(source(f"http://{web}/", cache)) == "first"


@pytest.mark.parametrize(
    "location",
    [
        "ssh://git@HOST:PORT/x.git",
        "ssh://HOST:PORT/x.git",
        "ssh://git@[HOST]:PORT/x.git",
        "ssh://[git@HOST:PORT]/x.git",
        "ssh://git@127.0.0.%31:PORT/x.git",
        "ssh://HOST:PORT%2f@git.invalid/x.git",
        "ssh://one@two@HOST:PORT/x.git",
        "git+ssh://git@HOST:PORT/x.git",
        "ssh://localhost:PORT/x.git",
        "ssh://2130706433:PORT/x.git",
        "ssh://[::1]:PORT/x.git",
        "[git@HOST:PORT]:x.git",
        "git@[HOST:PORT]:x.git",
        "http://127.0.0.%31:PORT/x.git",
        "http://%6cocalhost:PORT/x.git",
        "git://127.0.0.%31:PORT/x.git",
    ],
)
def test_no_spelling_of_an_internal_host_is_reached_by_git(location: str, cache: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        address = location.replace("HOST", "127.0.0.1").replace("PORT", str(listening.getsockname()[1]))
        with pytest.raises(SourceUnavailable, match=r"set allow_private = true|names no host"):
            page(GitSource(address, ref="", cache_dir=cache, reading=Reading()))
        with pytest.raises(BlockingIOError):
            listening.accept()


def test_an_internal_host_is_refused_in_the_short_form_of_ssh_unless_it_is_allowed() -> None:
    for location in ("git@127.0.0.1:x.git", "127.0.0.1:x.git", "git@[::1]:x.git", "git@localhost:a/b.git"):
        with pytest.raises(SourceUnavailable, match="set allow_private = true"):
            git_address.remote_at(location, allow_private=False)
        assert git_address.remote_at(location, allow_private=True).url == location


def test_public_hosts_and_names_of_a_ssh_configuration_are_left_to_ssh() -> None:
    for location in (
        "git@8.8.8.8:team/docs.git",
        "ssh://git@8.8.8.8:22/team/docs.git",
        "git@work-alias.invalid:team/docs.git",
        "ssh://git@[2606:2800:220:1::1]/docs",
    ):
        assert git_address.remote_at(location, allow_private=False).url == location


def test_git_goes_to_the_address_that_was_checked_whatever_the_name_means_later(
    web: str, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(git_address, "refuse_internal", lambda host: ("127.0.0.1",))
    unknown = f"http://docs.invalid:{web.partition(':')[2]}/"
    assert page(GitSource(unknown, ref="", cache_dir=cache, reading=Reading())) == "first"


@pytest.fixture
def moved(web: str) -> Iterator[str]:
    """A web server that sends everybody on to the repository."""

    class Sender(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(301)
            self.send_header("Location", f"http://{web}{self.path.removeprefix('/old')}")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    yield from served(Sender)


def test_a_redirect_to_an_internal_address_is_refused(
    moved: str, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(git_address, "refuse_internal", lambda host: ("127.0.0.1",))
    remote = source(f"http://{moved}/old/", cache)
    with pytest.raises(SourceUnavailable, match="is an address of an internal network"):
        page(GitSource(f"http://{moved}/old/", ref="", cache_dir=cache, reading=Reading()))
    assert page(remote) == "first", "allowed, git follows it"


def test_a_redirect_to_a_public_address_is_followed_after_it_was_checked(
    moved: str, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []

    def as_public(host: str) -> tuple[str, ...]:
        checked.append(host)
        return ("127.0.0.1",)

    monkeypatch.setattr(git_address, "refuse_internal", as_public)
    monkeypatch.setattr(web_guard, "refuse_internal", as_public)
    monkeypatch.setattr(web_guard, "refuse", lambda address, host: None)
    assert page(GitSource(f"http://{moved}/old/", ref="", cache_dir=cache, reading=Reading())) == "first"
    assert len(checked) == 4, "the address, both steps of the redirect, and where it led"


def test_a_password_reaches_git_where_no_list_of_processes_shows_it(
    upstream: Upstream, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote = git_address.remote_at("https://user:s3cr%40t@docs.invalid/x.git", allow_private=True)
    assert remote.url == "https://docs.invalid/x.git"
    assert "s3cr" not in repr(remote)
    token = base64.b64encode(b"user:s3cr@t").decode()
    assert remote.config == {"http.extraHeader": f"Authorization: Basic {token}"}
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "docs.mine")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "kept")
    listed = run_git("config", "--list", timeout=10, config=remote.config).splitlines()
    assert {"docs.mine=kept", f"http.extraheader=Authorization: Basic {token}"} <= set(listed)


def test_a_repository_with_a_password_is_read_with_it(upstream: Upstream, cache: Path) -> None:
    git(upstream.folder, "update-server-info")
    token = base64.b64encode(b"user:right").decode()

    class Door(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.headers.get("Authorization") == f"Basic {token}":
                super().do_GET()
                return
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="docs"')
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    for door in served(partial(Door, directory=str(upstream.folder / ".git"))):
        assert page(source(f"http://user:right@{door}/", cache)) == "first"
        assert "wants credentials" in refusal(source(f"http://user:wrong@{door}/", cache))


def test_a_repository_that_was_emptied_raises_though_an_old_clone_is_there(
    upstream: Upstream, cache: Path
) -> None:
    docs = source(upstream.folder, cache)
    page(docs)
    (upstream.folder / "a.md").unlink()
    upstream.commit("all gone", "notes.txt")
    assert "no Markdown pages" in refusal(docs)
    shutil.rmtree(upstream.folder / ".git")
    git(upstream.folder, "init", "-q")
    assert "is empty: it has no commit yet" in refusal(docs)


def test_a_new_commit_brings_only_what_is_new(upstream: Upstream, cache: Path) -> None:
    for number in range(50):
        (upstream.folder / f"{number}.md").write_text(f"page {number}\n" * 100)
    upstream.commit("many")
    git(upstream.folder, "config", "uploadpack.allowFilter", "true")
    docs = source(upstream.folder, cache)
    page(docs)
    before = packed(cache)
    upstream.commit("changed", "7.md")
    assert page(docs, "7.md") == "changed"
    assert packed(cache) - before == 3, "a commit, a folder and a page"


def packed(cache: Path) -> int:
    listed = git(clone_in(cache), "cat-file", "--batch-all-objects", "--batch-check")
    return len(set(listed.splitlines()))


def test_a_disk_that_is_full_in_the_middle_of_a_checkout_is_said() -> None:
    error = GitError("error: unable to write file en/a.md\nfatal: Could not reset index file.")
    assert "cannot be stored: the disk is full" in str(error.unavailable("docs.bundle"))

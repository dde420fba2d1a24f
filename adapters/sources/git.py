"""A git repository, or a bundle of one, as a source of documentation."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from adapters.sources.address import is_git, masked
from adapters.sources.checkout import Checkout
from adapters.sources.directory import FileTree
from adapters.sources.git_address import Remote, moved_to, remote_at
from adapters.sources.git_program import GitError, run_git
from adapters.sources.held import held
from adapters.sources.refs import Wanted, choose_ref, parse_refs
from adapters.sources.tree import Reading, choose_root, in_words, is_listed, missing, unwritable
from indexer.errors import SourceUnavailable
from indexer.ports import Tree


class GitSource:
    """Keeps a clone below ``cache_dir`` and brings it up to date each time it is opened."""

    def __init__(self, location: str, *, ref: str, cache_dir: Path, reading: Reading) -> None:
        """``ref`` is a branch, a tag or a commit; empty: the repository's default branch."""
        self._location = location
        self._address = masked(location)
        self._ref = ref
        self._cache_dir = cache_dir
        self._reading = reading

    @contextmanager
    def open(self) -> Iterator[Tree]:
        """The ref's pages as they are upstream now. Raises SourceUnavailable."""
        remote, refs = self._listed(self._remote())
        wanted = choose_ref(refs, self._ref, self._address)
        folder = self._cache_dir.absolute() / self._key()
        with held(folder.with_suffix(".lock"), f"The git repository '{self._address}'"):
            checkout = Checkout(folder, remote, timeout=self._reading.timeout_seconds)
            commit, root = self._refreshed(checkout, wanted)
            pages = Path(os.path.realpath(folder / root))
            tree = FileTree(pages, max_page_bytes=self._reading.max_page_bytes, revision=commit)
            self._refuse_large(tree.size())
            yield tree

    def _refuse_large(self, size: int) -> None:
        if size > (most := self._reading.max_total_bytes):
            raise SourceUnavailable(
                f"'{self._address}' is refused: its pages are {in_words(size)}, and at most {in_words(most)} "
                "are read. Name a folder within it as its root."
            )

    def _remote(self) -> Remote:
        if self._location.startswith("-") or self._ref.startswith("-") or "\0" in self._ref:
            raise SourceUnavailable("A git address or ref cannot begin with '-' or hold a NUL.")
        path = Path(self._location).expanduser() if self._location.startswith("~") else Path(self._location)
        if os.path.exists(path):
            return Remote(url=str(path.absolute()))
        if "://" not in self._location and "@" not in self._location and is_git(self._location):
            raise missing(path, "git repository or bundle")
        return remote_at(self._location, allow_private=self._reading.allow_private)

    def _key(self) -> str:
        # With ref and root, two sources of one repository do not undo each other's checkout.
        parts = "\0".join((self._location, self._ref, self._reading.root))
        return hashlib.sha256(parts.encode("utf-8", "surrogateescape")).hexdigest()[:16]

    def _listed(self, remote: Remote) -> tuple[Remote, dict[str, str]]:
        """The refs upstream, and where they were found: the address itself or where it redirects to."""
        try:
            return remote, self._refs_of(remote)
        except GitError as error:
            moved = moved_to(remote, self._reading.timeout_seconds) if error.redirected() else None
            if moved is None:
                raise error.unavailable(self._address) from error
        try:
            return moved, self._refs_of(moved)
        except GitError as error:
            raise error.unavailable(self._address) from error

    def _refs_of(self, remote: Remote) -> dict[str, str]:
        patterns = ("HEAD", "refs/heads/*", "refs/tags/*", *([self._ref] if "/" in self._ref else []))
        seconds = self._reading.timeout_seconds
        return parse_refs(
            run_git("ls-remote", "--", remote.url, *patterns, timeout=seconds, config=remote.config)
        )

    def _refreshed(self, checkout: Checkout, wanted: Wanted) -> tuple[str, str]:
        """Commit and root. A clone that a killed run or a bad disk left broken is made anew, once."""
        try:
            return self._update(checkout, wanted)
        except GitError as error:
            if error.trouble():
                raise error.unavailable(self._address) from error
        except OSError as error:
            raise unwritable(self._cache_dir, error) from error
        try:
            checkout.discard()
            return self._update(checkout, wanted)
        except GitError as error:
            raise error.unavailable(self._address) from error
        except OSError as error:
            raise unwritable(self._cache_dir, error) from error

    def _update(self, checkout: Checkout, wanted: Wanted) -> tuple[str, str]:
        commit = checkout.fetch(wanted)
        paths = [path for path in checkout.paths() if is_listed(path)]
        root = choose_root(paths, self._reading, f"'{self._address}'")
        checkout.show(root)
        return commit, root

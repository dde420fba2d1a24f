"""A working copy of one commit, kept between runs: only the newest commit, only the pages."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

from adapters.sources.git_address import Remote
from adapters.sources.git_program import GitError, run_git
from adapters.sources.refs import Wanted
from adapters.sources.tree import PAGE_SUFFIXES, VARIABLES
from indexer.errors import SourceUnavailable

_CURRENT = "refs/docent/current"
# Files come when they are checked out, where the server can do that; it sends them at once where not.
_FILTER = "--filter=blob:none"


class Checkout:
    """A clone in ``folder``; methods raise GitError, and SourceUnavailable where git cannot run."""

    def __init__(self, folder: Path, remote: Remote, *, timeout: float) -> None:
        self.folder = folder
        self._timeout = timeout
        # A bundle holds what it holds; made to leave something out, git would look for the rest forever.
        self._is_bundle = os.path.isfile(remote.url)
        self._config = remote.config
        self._options = (
            # Named outright: were the clone broken, git would look for a repository in the folders
            # above, and reset that one.
            f"--git-dir={folder / '.git'}",
            f"--work-tree={folder}",
            # Given with each call, never stored: it may hold a name.
            *("-c", f"remote.origin.url={remote.url}"),
            *("-c", "core.sparseCheckout=true", "-c", "core.sparseCheckoutCone=false"),
        )

    def fetch(self, wanted: Wanted) -> str:
        """Bring the commit here and return its id; no download where it is here already."""
        run_git("init", "--quiet", "--template=", "--", str(self.folder), timeout=self._timeout)
        if not self._id(_CURRENT).startswith(wanted.id):
            if wanted.name:
                self._fetch_newest(wanted.name)
            else:
                self._fetch_commit(wanted.id)
        return self._git("rev-parse", "--verify", f"{_CURRENT}^{{commit}}").strip()

    def paths(self) -> list[str]:
        """All files of the commit, whether they are checked out or not."""
        return self._git("ls-tree", "-r", "-z", "--name-only", _CURRENT).split("\0")[:-1]

    def show(self, root: str) -> None:
        """Make the folder hold exactly the commit's pages below ``root``."""
        prefix = "".join(f"\\{char}" if char in "*?[]\\" else char for char in f"/{root}/" if root)
        names = [f"*{_any_case(suffix)}" for suffix in PAGE_SUFFIXES] + [VARIABLES]
        patterns = [f"{prefix or '/'}**/{name}\n" for name in names]
        info = self.folder / ".git" / "info"
        info.mkdir(exist_ok=True)
        (info / "sparse-checkout").write_text("".join(patterns), encoding="utf-8", errors="surrogateescape")
        self._git("reset", "--quiet", "--hard", _CURRENT)
        self._git("clean", "--quiet", "-ffdx")

    def discard(self) -> None:
        """Remove the folder, whatever it is."""
        if self.folder.is_dir() and not self.folder.is_symlink():
            shutil.rmtree(self.folder)
        else:
            self.folder.unlink(missing_ok=True)

    def _fetch_newest(self, name: str) -> None:
        fetch = ("fetch", "--quiet", "--force", "--no-tags")
        ref = ("origin", f"+{name}:{_CURRENT}")
        if self._is_bundle:
            self._git(*fetch, *ref)
            return
        try:
            self._git(*fetch, _FILTER, "--depth=1", *ref)
        except GitError as error:
            if "does not support shallow" not in str(error):
                raise
            # Plain files behind a web server: the whole history, or nothing. Git must forget the filter
            # as well, or it goes round in circles for objects that it believes to be left out.
            self._git("config", "--remove-section", "remote.origin")
            self._git(*fetch, *ref)

    def _fetch_commit(self, id: str) -> None:
        with suppress(GitError):  # many servers give a commit away when it is asked for by its full id
            self._fetch_newest(id)
            return
        everything = ("+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*")
        narrow = () if self._is_bundle else (_FILTER, "--depth=2147483647")  # undoes an earlier --depth=1
        self._git("fetch", "--quiet", "--force", *narrow, "origin", *everything)
        if not (commit := self._id(f"{id}^{{commit}}")):
            raise SourceUnavailable(
                f"The git repository has no commit '{id}', or its short form is not unique."
            )
        self._git("update-ref", _CURRENT, commit)

    def _id(self, name: str) -> str:
        try:
            return self._git("rev-parse", "--verify", "--quiet", name).strip()
        except GitError:
            return ""

    def _git(self, *arguments: str) -> str:
        return run_git(*self._options, *arguments, timeout=self._timeout, config=self._config)


def _any_case(suffix: str) -> str:
    return "".join(f"[{char}{char.upper()}]" if char.isalpha() else char for char in suffix)

"""Turns the messages of a thread into the conversation before a question (pure)."""

from collections.abc import Sequence

from bot.channels.posts import Entry, Post
from bot.model import Turn

POSTS = 30


def turns(thread: Sequence[Post], entries: Sequence[Entry], entry: Entry) -> tuple[Turn, ...]:
    """What was said before ``entry`` was asked, oldest first, at most the latest 30 messages.

    Docent's own posts are its own turns, with the answer as it was written instead of as it was posted;
    everybody else's are the users'.
    """
    answers: dict[str, str] = dict.fromkeys(entry.reply.split(), "")
    for known in entries:
        if known.answer and known.ref != entry.ref:
            # A long answer stands in several messages, and is one turn.
            first, *others = known.reply.split() or [""]
            answers |= {first: known.answer.text, **dict.fromkeys(others, "")}
    said = [
        Turn(speaker="bot" if post.by == "self" else "user", text=answers.get(post.id, post.text))
        for post in _before(thread, entry)
    ]
    return tuple(turn for turn in said if turn.text.strip())[-POSTS:]


def remembered(entries: Sequence[Entry], entry: Entry) -> tuple[Turn, ...]:
    """The same from the ledger alone, where the platform does not give the thread."""
    said: list[Turn] = []
    for known in entries:
        if known.at < entry.at and known.ref != entry.ref:
            said.append(Turn(speaker="user", text=known.text))
            said += [Turn(speaker="bot", text=known.answer.text)] if known.answer else []
    return tuple(said[-POSTS:])


def orphan(thread: Sequence[Post], entries: Sequence[Entry], entry: Entry) -> str:
    """The id of a message of ours that was begun for ``entry`` by a process that died before noting it."""
    known = {id for other in entries for id in other.reply.split()}
    later = [other.message for other in entries if other.at > entry.at]
    after = False
    for post in thread:
        if post.id in later:
            break
        if after and post.by == "self" and post.id not in known:
            return post.id
        after = after or post.id == entry.message
    return ""


def _before(thread: Sequence[Post], entry: Entry) -> Sequence[Post]:
    ids = [post.id for post in thread]
    if entry.message in ids:
        return thread[: ids.index(entry.message)]
    return [post for post in thread if post.at < entry.at]

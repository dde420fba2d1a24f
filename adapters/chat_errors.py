"""Turns what an OpenAI-compatible server refuses or fails at into sentences with a next step."""

import difflib
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adapters.reachability import is_certificate_problem
from bot.errors import ModelRefused, ModelUnavailable

if TYPE_CHECKING:
    import openai

# How servers speak of the fields that a request can do without; Ollama calls reasoning "thinking".
_FIELD_WORDS = {
    "reasoning_effort": re.compile(r"reasoning|\bthink", re.I),
    "response_format": re.compile(r"response.?format|schema|grammar|structured|guided", re.I),
    "max_tokens": re.compile(r"max_tokens", re.I),
    "temperature": re.compile(r"temperature", re.I),
    "tools": re.compile(r"\btools?\b|\btool.?(call|choice|use)|function.?call", re.I),
}
_NOT_TAKEN = re.compile(
    r"unknown|unrecogni[sz]ed|unsupported|unexpected|extra|not (supported|permitted)|can handle", re.I
)
_A_FIELD = re.compile(r"param|field|argument|input|propert", re.I)
_TOO_LONG = re.compile(r"context.?(length|size|window)|prompt is too long|too many tokens", re.I)
# Where servers put their own words; the rest of an error may repeat the prompt.
_WORDY_KEYS = ("error", "message", "msg", "param", "loc", "code", "type", "detail")
_MAX_NAMES = 5
# Statuses of our own, for what servers say with others.
_NO_KEY, _LONG = 4010, 4130
_STATUSES: dict[int, tuple[type[ModelUnavailable], str, str]] = {
    _NO_KEY: (ModelRefused, "{where} asks for a key.", "Set LLM_API_KEY."),
    401: (ModelRefused, "{where} does not accept the key.", "Check LLM_API_KEY."),
    402: (ModelRefused, "{where} says that the key's credit is used up.", "Top it up there."),
    403: (ModelRefused, "{where} does not let this key use {model}.", "Check LLM_API_KEY."),
    429: (ModelUnavailable, "{where} is busy: it takes no more requests now.", "{wait}"),
    _LONG: (
        ModelRefused,
        "The question and its passages are longer than {model} can read.",
        "Lower answers.context_chars, or start the server with a longer context.",
    ),
    400: (ModelRefused, "{where} did not take the request (HTTP {code}).", "Its own log says why."),
    500: (ModelUnavailable, "{where} failed (HTTP {code}).", "Please try again; its own log says why."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """What a sentence about a model server may name."""

    url: str
    """Without credentials."""
    model: str
    has_key: bool
    seconds: float
    max_tokens: int


def unreachable(server: Server, why: str = "") -> ModelUnavailable:
    """Nobody accepts a connection; ``why`` in a few words, where it is known."""
    return ModelUnavailable(
        f"No model server answers at {server.url}{': ' + why if why else ''}.",
        "Start one (Ollama, vLLM, LM Studio and llama.cpp all work), or set llm.base_url to yours.",
    )


def bad_address() -> ModelRefused:
    """``llm.base_url`` cannot be an address; it is not repeated, since it may hold a password."""
    return ModelRefused("llm.base_url is not a web address.", "Write it like http://localhost:11434/v1.")


def not_this_protocol(server: Server) -> ModelRefused:
    """Something answers, but it is no chat server, or not at this path."""
    return ModelRefused(
        f"There is no OpenAI-compatible chat server at {server.url}.",
        "Check llm.base_url: it usually ends in /v1.",
    )


def unknown_model(server: Server, names: Sequence[str]) -> ModelRefused:
    """The server knows models, but not this one; the nearest names are offered first."""
    near = difflib.get_close_matches(server.model, names, n=_MAX_NAMES, cutoff=0.0)
    known = ", ".join("".join(filter(str.isprintable, name))[:80] for name in near)
    more = len(names) - len(near)
    advice = (
        f"Set llm.model to one it has: {known}{f' and {more} more' if more else ''}."
        if known
        else ("It has no model at all: load one there first.")
    )
    return ModelRefused(f"The model server at {server.url} has no model {server.model}.", advice)


def nothing_said(server: Server, finish: str, content_type: str) -> ModelUnavailable:
    """The stream held no answer; ``finish`` is the server's reason for its end, empty for none."""
    if content_type.startswith("text/html"):
        return not_this_protocol(server)
    if finish == "length":
        return ModelUnavailable(
            f"{server.model} answered nothing: its reasoning took all of its {server.max_tokens} tokens.",
            "Raise llm.max_tokens, or lower llm.reasoning_effort.",
        )
    if finish == "content_filter":
        return ModelRefused(f"{server.model} answered nothing: its server's content filter stopped it.")
    return ModelUnavailable(f"{server.model} answered nothing.", "Please try again.")


def no_object(server: Server) -> ModelRefused:
    """Asked twice, the model gave no JSON object that fits."""
    return ModelRefused(
        f"{server.model} did not reply in the form it was asked for.",
        "A larger model keeps to it more often.",
    )


def translate(error: Exception, server: Server, *, midway: bool = False) -> ModelUnavailable:
    """The error people and logs see for any of the client's; ``midway`` where text came before it."""
    import openai

    match error:
        case TimeoutError() | openai.APITimeoutError():
            return _late(server, midway)
        case openai.APIStatusError():
            return _status(error.status_code, server, words(error), _retry_after(error))
        case openai.APIConnectionError():
            return _no_connection(error, server)
        case openai.APIError() if (code := _code(error.body)) >= 400:
            return _status(code, server, words(error))
        case UnicodeEncodeError():
            return ModelRefused("LLM_API_KEY holds characters that no key has.", "Copy the key again.")
        case _:
            return _broken(server, midway=midway)


def _no_connection(error: Exception, server: Server) -> ModelUnavailable:
    if is_certificate_problem(error):
        return ModelUnavailable(
            f"The certificate of the model server at {server.url} is not trusted.",
            "Check llm.base_url, or point SSL_CERT_FILE at your own authority's certificate.",
        )
    return unreachable(server)


def from_data(body: Any, server: Server) -> ModelUnavailable:
    """The error for a reply without an answer's form; ``body`` is the error in it, if there is one."""
    if body is None:
        return not_this_protocol(server)
    if (code := _code(body)) >= 400:
        return _status(code, server, " ".join(_strings(body)))
    return _broken(server, midway=False)


def _broken(server: Server, *, midway: bool) -> ModelUnavailable:
    when = "in the middle of its answer" if midway else "before its first word"
    reason = f"The model server at {server.url} broke off {when}."
    return ModelUnavailable(reason, "Please try again; its own log says why.")


def _late(server: Server, midway: bool) -> ModelUnavailable:
    what = (
        "stopped in the middle of its answer and said nothing more for" if midway else "did not answer within"
    )
    return ModelUnavailable(
        f"{server.model} at {server.url} {what} {server.seconds:g} seconds.",
        "Please try again: a model that is still being loaded needs longer.",
    )


def _status(code: int, server: Server, said: str, retry_after: str = "") -> ModelUnavailable:
    if code in {400, 413, 422} and _TOO_LONG.search(said):
        code = _LONG
    if code in {404, 405}:
        return not_this_protocol(server)
    if code in {408, 504}:
        return _late(server, midway=False)
    if code == 401 and not server.has_key:
        code = _NO_KEY
    kind, reason, advice = _STATUSES.get(code) or _STATUSES[500 if code >= 500 else 400]
    names = {"where": f"The model server at {server.url}", "model": server.model, "code": code}
    return kind(reason.format(**names), advice.format(wait=_wait(retry_after)))


def _retry_after(error: "openai.APIStatusError") -> str:
    return str(error.response.headers.get("retry-after", ""))


def _wait(seconds: str) -> str:
    return f"Try again in {int(seconds)} seconds." if seconds.isdecimal() else "Try again in a moment."


def concerns_model(error: "openai.APIStatusError", model: str) -> bool:
    """Whether the server may have meant that it has no such model."""
    text = words(error)
    return error.status_code == 404 or (error.status_code in {400, 422} and "model" in text and model in text)


def refused_fields(error: "openai.APIStatusError", sent: Collection[str]) -> frozenset[str]:
    """Those of the optional fields ``sent`` that the server does not take; empty where it is not that."""
    text = words(error)
    # llama.cpp without templates says 500 to tools.
    refusing = error.status_code in {400, 404, 422, 501} or (error.status_code == 500 and "tools" in sent)
    if not refusing or _TOO_LONG.search(text):
        return frozenset()
    named = frozenset(field for field in sent if _FIELD_WORDS[field].search(text))
    if error.status_code == 500:
        return named & {"tools"}
    if not named and _NOT_TAKEN.search(text) and _A_FIELD.search(text):
        # What is not always sent is the likelier one.
        return frozenset({"tools"} if "tools" in sent else sent)
    return named


def words(error: "openai.APIError") -> str:
    """What the server itself said, for decisions only: nobody is shown it."""
    return " ".join(_strings(error.body))


def _strings(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for key in _WORDY_KEYS:
                yield from _strings(value.get(key))
        case list():
            for item in value:
                yield from _strings(item)


def _code(body: Any) -> int:
    """The HTTP status inside an error that came as data; 0 where there is none."""
    code = body.get("code") if isinstance(body, dict) else None
    return int(code) if isinstance(code, int | str) and str(code).isdecimal() else 0

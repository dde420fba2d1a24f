"""Says what is wrong with a token, and what to do about it."""

from collections.abc import Iterator
from contextlib import contextmanager

from adapters.slack.chat import SlackRefused
from bot.errors import SurfaceUnavailable

ADVICE = {
    "invalid_auth": "the token is wrong; copy it anew from the app's page",
    "not_authed": "the token is missing",
    "token_revoked": "the app was removed from the workspace; install it again",
    "token_expired": "the token has expired; switch token rotation off, or install the app again",
    "account_inactive": "the workspace or the bot was deactivated",
    "not_allowed_token_type": "this is another kind of token: the bot has xoxb-, the app xapp-",
    "missing_scope": "it lacks the scope connections:write",
}
BOT_TOKEN, APP_TOKEN = "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"
"""Where the tokens are looked for: names, no secrets."""


def advised(token: str, error: SurfaceUnavailable) -> str:
    """What became of a call with the token of that name."""
    code = error.code if isinstance(error, SlackRefused) else ""
    return f"{token}: {ADVICE.get(code, error.reason)}"


@contextmanager
def holding(token: str) -> Iterator[None]:
    """Within, a refusal that is the token's fault names it and says what to do."""
    try:
        yield
    except SlackRefused as error:
        if error.code not in ADVICE:
            raise
        raise SurfaceUnavailable(advised(token, error)) from error

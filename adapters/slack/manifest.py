"""The app manifest that makes a Slack app out of nothing (pure)."""

from typing import Any

from adapters.slack.blocks import ASK
from adapters.slack.card import TRIAGE

SCOPES = (
    "app_mentions:read",
    "assistant:write",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "mpim:history",
    "reactions:write",
    "users:read",
)
"""What the bot may do; ``docent doctor`` names the ones that an installed app lacks."""

NEEDED_FOR = {
    "app_mentions:read": "mentions",
    "assistant:write": "the assistant pane and the status line",
    "channels:history": "follow-ups without a mention in public channels",
    "channels:read": "the message shortcut",
    "chat:write": "answers",
    "commands": "/docent and the message shortcut",
    "groups:history": "follow-ups without a mention in private channels",
    "groups:read": "the message shortcut in private channels",
    "im:history": "direct messages",
    "im:read": "direct messages",
    "im:write": "direct messages",
    "mpim:history": "group messages",
    "reactions:write": "marks on messages",
    "users:read": "telling who is an admin",
}
EVENTS = (
    "app_mention",
    "assistant_thread_context_changed",
    "assistant_thread_started",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
)


def manifest(*, name: str = "Docent", address: str = "") -> dict[str, Any]:
    """The manifest for Socket Mode; with ``address``, our public https address, for HTTP."""
    url = f"{address.rstrip('/')}/slack/events" if address else ""
    hook = {"request_url": url} if url else {}
    reached = {"url": url} if url else {}
    return {
        "display_information": {
            "name": name,
            "description": "Answers questions from the documentation, with sources",
            "background_color": "#1f2933",
        },
        "features": {
            "app_home": {"home_tab_enabled": False, "messages_tab_enabled": True},
            "bot_user": {"display_name": name, "always_online": True},
            "assistant_view": {"assistant_description": "Answers from the documentation, with sources"},
            "slash_commands": [
                {
                    "command": "/docent",
                    "description": "Ask the documentation; only you see the answer",
                    "usage_hint": "[question | help | forget me | triage | pause | resume | reindex]",
                    "should_escape": True,
                    **reached,
                }
            ],
            "shortcuts": _shortcuts(name),
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {"bot_events": list(EVENTS), **hook},
            "interactivity": {"is_enabled": True, **hook},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not url,
            "token_rotation_enabled": False,
        },
    }


def _shortcuts(name: str) -> list[dict[str, str]]:
    return [
        {
            "name": f"Ask {name} about this",
            "type": "message",
            "callback_id": ASK,
            "description": "Answers somebody's message from the documentation",
        },
        {
            "name": "Triage this",
            "type": "message",
            "callback_id": TRIAGE,
            "description": "Puts a message on the support team's list",
        },
    ]

"""The body of a message that an app sends: refused as Discord refuses it, then put into a message."""

from collections.abc import Mapping
from typing import Any

from discordd import components, pinging
from discordd.guild import Guild
from discordd.records import COMPONENTS_V2, EPHEMERAL, SUPPRESS_EMBEDS, Fields, Message
from discordd.refusal import Refused, at_most, invalid

CONTENT, EMBEDS_WHOLE = 2000, 6000
FILE_BYTES = 10 * 2**20
SETTABLE = SUPPRESS_EMBEDS | COMPONENTS_V2 | 1 << 12
LIMITS = {"title": 256, "description": 4096}


def check(body: Mapping[str, Any], files: tuple[Fields, ...] = (), flags: int = 0) -> None:
    """Refuses what Discord refuses in a new message or in an edit."""
    v2 = bool((int(body.get("flags") or 0) | flags) & COMPONENTS_V2)
    if v2 and (body.get("content") or body.get("embeds")):
        message = "The 'content' and 'embeds' fields cannot be used when using MessageFlags.IS_COMPONENTS_V2"
        raise invalid("content", "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", message)
    at_most(body.get("content"), CONTENT, "content")
    at_most(str(body.get("nonce") or ""), 25, "nonce")
    embeds(body.get("embeds") or [])
    components.check(body.get("components") or [], v2=v2)
    if any(file["size"] > FILE_BYTES for file in files):
        raise Refused(400, 40005)


def filled(body: Mapping[str, Any], files: tuple[Fields, ...] = ()) -> bool:
    """Whether a new message has anything in it."""
    keys = ("embeds", "components", "sticker_ids", "poll")
    return bool(str(body.get("content") or "").strip() or files or any(body.get(key) for key in keys))


def embeds(given: list[Fields]) -> None:
    at_most(given, 10, "embeds")
    for index, embed in enumerate(given):
        _embed(embed, f"embeds/{index}")
    if sum(map(_length, given)) > EMBEDS_WHOLE:
        message = f"Embed size exceeds maximum size of {EMBEDS_WHOLE}"
        raise invalid("embeds", "MAX_EMBED_SIZE_EXCEEDED", message)


def _embed(embed: Mapping[str, Any], where: str) -> None:
    for key, limit in LIMITS.items():
        at_most(embed.get(key), limit, f"{where}/{key}")
    at_most((embed.get("footer") or {}).get("text"), 2048, f"{where}/footer/text")
    at_most((embed.get("author") or {}).get("name"), 256, f"{where}/author/name")
    fields = embed.get("fields") or []
    at_most(fields, 25, f"{where}/fields")
    for number, each in enumerate(fields):
        for key, limit in (("name", 256), ("value", 1024)):
            at = f"{where}/fields/{number}/{key}"
            if not each.get(key):
                raise invalid(at, "BASE_TYPE_REQUIRED", "This field is required")
            at_most(each[key], limit, at)
    for key in ("url", "thumbnail", "image"):
        address = embed.get(key) if key == "url" else (embed.get(key) or {}).get("url")
        if address and not str(address).startswith(("http://", "https://", "attachment://")):
            message = "Scheme must be one of ('http', 'https')."
            raise invalid(f"{where}/{key}", "URL_TYPE_INVALID_SCHEME", message)


def _length(embed: Mapping[str, Any]) -> int:
    parts = [embed.get("title"), embed.get("description")]
    parts += [(embed.get("footer") or {}).get("text"), (embed.get("author") or {}).get("name")]
    for each in embed.get("fields") or []:
        parts += [each.get("name"), each.get("value")]
    return sum(len(part or "") for part in parts)


def put(
    guild: Guild, message: Message, body: Mapping[str, Any], files: tuple[Fields, ...], *, edit: bool
) -> None:
    """Gives a message what a body says; what an edit leaves out stays."""
    if "content" in body:
        message.content = str(body["content"] or "").strip()
    if "embeds" in body:
        message.embeds = [{"type": "rich", **embed} for embed in body["embeds"] or []]
    if "components" in body:
        message.components = list(body["components"] or [])
    if edit and "attachments" in body:
        wanted = {str(each.get("id")) for each in body["attachments"] or []}
        message.attachments = [each for each in message.attachments if each["id"] in wanted]
    message.attachments += [attached(guild, message.channel, file) for file in files]
    if "flags" in body:
        free = SETTABLE if not edit else SUPPRESS_EMBEDS | COMPONENTS_V2
        message.flags = (message.flags & ~(free & ~COMPONENTS_V2)) | (int(body["flags"] or 0) & free)
    if message.flags & SUPPRESS_EMBEDS:
        message.embeds = [] if edit else message.embeds
    if "content" in body or "components" in body or not edit:
        pinging.mention(guild, message, pinging.allowed(body.get("allowed_mentions")))
        if not message.flags & EPHEMERAL:
            pinging.ping(guild, message, "edit" if edit else "send")


def attached(guild: Guild, channel: int, file: Fields) -> Fields:
    """A file as an attachment of a message."""
    number = guild.snowflake()
    url = f"https://cdn.discordapp.com/attachments/{channel}/{number}/{file['filename']}"
    return {"id": str(number), "url": url, "proxy_url": url, **file}

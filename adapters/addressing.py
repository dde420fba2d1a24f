"""Takes the bot's own mention out of a question, and the blanks and commas it leaves."""

MENTION = "\x00"
"""Stands for a mention of the bot; no message holds this character itself."""


def unaddressed(text: str) -> str:
    """``text`` without its ``MENTION`` marks: "MENTION, how do I ..." becomes "how do I ..."."""
    whole, *parts = text.split(MENTION)
    done = [whole.rstrip(" \t")]
    for part in parts:
        words = part.rstrip(" \t").lstrip(" \t" if any(done) else " \t\n,:;")
        if not words.strip():
            continue
        tight = words.startswith(("\n", ",", ".", "?", "!", ":", ";", ")")) or done[-1].endswith(("\n", "("))
        done.append(words if tight or not any(done) else f" {words}")
    return "".join(done).strip()

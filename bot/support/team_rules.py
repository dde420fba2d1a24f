"""What a support team has agreed on: when it is called, who looks, and when somebody is reminded (pure)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from bot.channels.posts import Entry
from bot.support.handoffs import HandOff, Reason
from bot.support.hours import Hours, Window, due, is_quiet, local

EVERY_REASON: frozenset[Reason] = frozenset({"asked", "uncertain_twice", "thumbs_down", "urgent"})
ALWAYS = Hours()
PRIVATE = frozenset({"command", "direct"})
"""What people ask in private reaches the team only if they say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Who should look at what; an empty field fits everything."""

    who: tuple[str, ...]
    """People and groups by their ids."""
    category: str = ""
    component: str = ""
    hours: Window | None = None
    """By the team's clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamRules:
    """The team's agreement."""

    channels: Mapping[str, str] = field(default_factory=dict)
    """The team's channel on each platform; a platform without one uses another's."""
    on: Collection[Reason] = EVERY_REASON
    members: Collection[str] = ()
    """Who may press a card's buttons beside the members of the team's channel."""
    routes: Sequence[Route] = ()
    """The first that fits counts."""
    hours: Hours = ALWAYS
    remind_after: float = 0.0
    """Seconds outside the quiet hours; 0 for never. So is the next."""
    escalate_after: float = 0.0
    escalate_to: tuple[str, ...] = ()
    cards_per_minute: int = 20

    def room_for(self, platform: str) -> tuple[str, str]:
        """The platform and the channel where the team reads of questions on ``platform``; empty for none."""
        for name in (platform, *sorted(self.channels)):
            if channel := self.channels.get(name, ""):
                return name, channel
        return "", ""


def lookers(rules: TeamRules, hand_off: HandOff, now: float) -> tuple[str, ...]:
    """Who should look at it; in quiet hours nobody is called but for what is critical."""
    if is_quiet(now, rules.hours) and hand_off.severity != "critical":
        return ()
    clock = local(now, rules.hours).time()
    for route in rules.routes:
        fits = _fits(route.category, hand_off.category) and _fits(route.component, hand_off.component)
        if fits and (route.hours is None or route.hours.holds(clock)):
            return route.who
    return ()


def _fits(wanted: str, found: str) -> bool:
    return not wanted or wanted.casefold() == found.casefold()


def first_reminder(rules: TeamRules, since: float) -> float | None:
    """When somebody is reminded of what they have since then, or have asked details for."""
    return due(since, rules.remind_after, rules.hours) if rules.remind_after else None


def first_due(rules: TeamRules, asked_at: float) -> float | None:
    """When the team hears again of what nobody claims: a reminder, or at once an escalation."""
    times = (first_reminder(rules, asked_at), _escalation(rules, asked_at))
    return min((at for at in times if at is not None), default=None)


def escalates(rules: TeamRules, hand_off: HandOff, now: float) -> bool:
    """Whether it is escalated now, rather than called to mind; what somebody owns never is."""
    at = _escalation(rules, hand_off.asked_at)
    return hand_off.state == "open" and not hand_off.escalated_at and at is not None and at <= now


def next_reminder(rules: TeamRules, hand_off: HandOff, now: float) -> float | None:
    """When it is escalated after a reminder at ``now``; what somebody owns is not escalated."""
    at = _escalation(rules, hand_off.asked_at)
    if hand_off.state != "open" or hand_off.escalated_at or at is None:
        return None
    return due(max(now, at), 0.0, rules.hours)


def _escalation(rules: TeamRules, asked_at: float) -> float | None:
    if not (rules.escalate_after and rules.escalate_to):
        return None
    return due(asked_at, rules.escalate_after, rules.hours)


def unsure(entry: Entry) -> bool:
    """Whether its answer may not have helped."""
    answer = entry.answer
    return answer is not None and (answer.uncertain or answer.kind == "not_covered")


def needs_team(entry: Entry, thread: Sequence[Entry], severity: str, on: Collection[Reason]) -> Reason | None:
    """Why the team is called after an answer, though nobody asked for it; None where it is not.

    ``thread`` holds the questions of the thread with ``entry`` among them.
    """
    if entry.via in PRIVATE:
        return None
    if "urgent" in on and severity == "critical":
        return "urgent"
    twice = sum(unsure(other) for other in thread) > 1
    return "uncertain_twice" if "uncertain_twice" in on and unsure(entry) and twice else None

"""Puts the support team's parts together, once a process, for all platforms."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.channels.ports import Ledger
from bot.support.board import Board
from bot.support.desk import Desk, Relearn
from bot.support.handing import SupportTeam
from bot.support.handoff_ports import HandOffs, Threads, Triager
from bot.support.likeness import Likeness
from bot.support.reminding import Reminders
from bot.support.team_rules import TeamRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """What surfaces give to do (``team``, ``desk``); what runs beside them (``reminders``, ``likeness``)."""

    board: Board
    team: SupportTeam
    desk: Desk
    reminders: Reminders
    likeness: Likeness


def support(  # noqa: PLR0913 - its collaborators, each named
    *,
    ledger: Ledger,
    hand_offs: HandOffs,
    rules: TeamRules,
    clock: Callable[[], float],
    triager: Triager | None = None,
    relearn: Relearn | None = None,
    threads: Threads | None = None,
    pages: str = "",
) -> Support:
    """One board, and all that work with it. Without a ``triager`` cards have no category; without
    ``relearn`` what the team approves is found after the next indexing run; without ``threads`` similar ones
    are found by words alone; without ``pages``, the address of the team's pages, cards link to none."""
    likeness = Likeness(hand_offs=hand_offs, threads=threads)
    board = Board(hand_offs=hand_offs, rules=rules, clock=clock, likeness=likeness, pages=pages)
    return Support(
        board=board,
        team=SupportTeam(
            ledger=ledger, hand_offs=hand_offs, board=board, rules=rules, clock=clock, triager=triager
        ),
        desk=Desk(hand_offs=hand_offs, board=board, rules=rules, clock=clock, relearn=relearn),
        reminders=Reminders(hand_offs=hand_offs, board=board, rules=rules, clock=clock),
        likeness=likeness,
    )

"""Application commands: registered at large or for the guild, and the data of one that somebody uses."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from discordd.asked import Asked
from discordd.guild import Guild
from discordd.records import APP, GUILD, Fields
from discordd.refusal import Refused, at_most, between, invalid

SLASH, USER_MENU, MESSAGE_MENU = 1, 2, 3
NAME = re.compile(r"^[-_'\w]{1,32}$")
DAILY = 200
SUB, GROUP = 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """One time that an app registered commands."""

    scope: str
    """``global`` or ``guild``."""
    names: tuple[str, ...]
    created: int
    """How many of them were new, which counts against 200 a day."""


@dataclass(slots=True)
class Commands:
    """The commands of the app, by scope and then by type and name."""

    guild: Guild
    known: dict[str, dict[tuple[int, str], Fields]] = field(
        default_factory=lambda: {"global": {}, "guild": {}}
    )
    registrations: list[Registration] = field(default_factory=list)

    @property
    def registered(self) -> list[Fields]:
        """All commands as they stand."""
        return [command for scope in self.known.values() for command in scope.values()]

    def listed(self, guild: Guild, asked: Asked) -> list[Fields]:
        return list(self.known[_scope(asked)].values())

    def overwrite(self, guild: Guild, asked: Asked) -> list[Fields]:
        """Replaces all commands of a scope."""
        given = asked.body
        if not isinstance(given, list):
            raise Refused(400, 50035, errors={"_errors": [{"code": "BASE_TYPE_BAD_TYPE"}]})
        at_most([each for each in given if each.get("type", 1) == SLASH], 100, "")
        return self._register(_scope(asked), given, whole=True)

    def create(self, guild: Guild, asked: Asked) -> Fields:
        return self._register(_scope(asked), [asked.fields], whole=False)[0]

    def delete(self, guild: Guild, asked: Asked) -> None:
        scope = self.known[_scope(asked)]
        for key, command in scope.items():
            if command["id"] == asked.args["command"]:
                del scope[key]
                return
        raise Refused(404, 10063)

    def _register(self, name: str, given: list[Fields], *, whole: bool) -> list[Fields]:
        for index, command in enumerate(given):
            _check(command, f"{index}")
        scope = self.known[name]
        keys = [(int(each.get("type", 1)), str(each["name"])) for each in given]
        if len(set(keys)) < len(keys):
            message = "Application command names must be unique"
            raise invalid("", "APPLICATION_COMMANDS_DUPLICATE_NAME", message)
        new = sum(1 for key in keys if key not in scope)
        if sum(done.created for done in self.registrations if done.scope == name) + new > DAILY:
            raise Refused(400, 30034)
        made = {key: self._made(name, key, command) for key, command in zip(keys, given, strict=True)}
        self.known[name] = made if whole else {**scope, **made}
        names = tuple(called for _, called in keys)
        self.registrations.append(Registration(scope=name, names=names, created=new))
        self.guild.changes.note()
        return list(made.values())

    def _made(self, scope: str, key: tuple[int, str], command: Fields) -> Fields:
        old = self.known[scope].get(key, {})
        number = old.get("id") or str(self.guild.snowflake())
        fixed: Fields = {"id": number, "application_id": str(APP), "version": str(self.guild.snowflake())}
        if scope == "guild":
            fixed["guild_id"] = str(GUILD)
        usual: Fields = {"description": "", "default_member_permissions": None, "nsfw": False, "type": 1}
        return {**usual, **command, **fixed}

    def find(self, kind: int, name: str) -> Fields:
        """A command that people can use here; the guild's before one at large."""
        for scope in ("guild", "global"):
            if (kind, name) in self.known[scope]:
                return self.known[scope][kind, name]
        raise AssertionError(f"no command {name!r} is registered; there are {self._names()}")

    def _names(self) -> list[str]:
        return [str(command["name"]) for command in self.registered]


def _scope(asked: Asked) -> str:
    return "guild" if "guild" in asked.args else "global"


def _check(command: Mapping[str, Any], where: str) -> None:
    name, slash = str(command.get("name", "")), command.get("type", 1) == SLASH
    if slash and (not NAME.match(name) or name != name.lower()):
        raise invalid(f"{where}/name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
    between(name, 1, 32, f"{where}/name")
    if not slash:
        if command.get("description"):
            message = "Context menu commands cannot have description"
            raise invalid(f"{where}/description", "APPLICATION_COMMANDS_CONTEXT_MENU", message)
        return
    between(command.get("description"), 1, 100, f"{where}/description")
    options = command.get("options") or []
    at_most(options, 25, f"{where}/options")
    needed = [bool(option.get("required")) for option in options]
    if needed != sorted(needed, reverse=True):
        message = "Required options must be placed before non-required options"
        raise invalid(f"{where}/options", "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message)
    for index, option in enumerate(options):
        _check({**option, "type": SLASH}, f"{where}/options/{index}")


def used(command: Fields, path: list[str], values: Mapping[str, Any]) -> list[Fields]:
    """The options of a command that somebody uses; ``path`` names its group and sub-command."""
    options = command.get("options") or []
    if path:
        step = next((each for each in options if each["name"] == path[0]), None)
        assert step is not None, f"no sub-command {path[0]}"
        assert step["type"] in (SUB, GROUP), f"{path[0]} is no sub-command"
        inner = used(step, path[1:], values)
        return [{"type": step["type"], "name": step["name"], "options": inner}]
    known = {option["name"]: option for option in options}
    assert set(values) <= set(known), f"no options {set(values) - set(known)}"
    missing = [name for name, option in known.items() if option.get("required") and name not in values]
    assert not missing, f"required: {missing}"
    return [{"type": known[name]["type"], "name": name, "value": value} for name, value in values.items()]

"""Wires the webhook by which repositories set off indexing runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from adapters.scheduler import IndexSchedule
from adapters.sources.location import kind_of
from adapters.web.hook import PATH, PushHook
from adapters.web.port import Doors
from adapters.web.pushes import Tracked, concerned, repository_at
from config.sections import DocsSource
from config.settings import Settings


@contextmanager
def hearing(settings: Settings, schedule: IndexSchedule, doors: Doors) -> Iterator[None]:
    """Within, pushes set off runs of the sources that they concern, where a secret for them is set."""
    secret = settings.secrets.webhook_secret.get_secret_value()
    if not secret:
        yield
        return
    tracked = [one for table in settings.docs if (one := _tracked(table))]
    known = {one.name for one in tracked}
    others = [table.name for table in settings.docs if table.name not in known]
    hook = PushHook(secret, schedule.run_now, partial(concerned, tracked=tracked, others=others))
    with doors.open(PATH, hook.answer):
        yield


def _tracked(table: DocsSource) -> Tracked | None:
    """A repository somewhere else; None for other sources, and for one on this machine."""
    if (table.kind or kind_of(table.location)) != "git" or not (place := repository_at(table.location)):
        return None
    return Tracked(name=table.name, repository=place, ref=table.ref)

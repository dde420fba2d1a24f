"""The one error of a configuration that cannot be used."""

from collections.abc import Sequence


class ConfigurationError(Exception):
    """The configuration cannot be used. ``str()`` is sentences for the operator, one a line."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)
        """Every problem that was found, not only the first."""

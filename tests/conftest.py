"""What every test shares: the fakes on the path, and no network beyond this machine."""

import socket
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).parent))
SHARED = Path(__file__).parents[2] / "shared"
# How long an example takes says how busy the machine is, and nothing about the code; and the same code gets
# the same examples, so that a change is judged by what it changes; `--hypothesis-profile=default` looks
# further.
settings.register_profile(
    "any machine", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")
LOCAL = ("127.0.0.1", "::1", "localhost", "0.0.0.0")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the real Milvus documentation; tests that need it skip in a clone elsewhere."""
    if not SHARED.is_dir():
        pytest.skip("../shared with the Milvus documentation is not here")
    return SHARED


@pytest.fixture(autouse=True)
def only_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that reaches for another machine fails instead of depending on it."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in LOCAL:
            raise AssertionError(f"a test tried to reach {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's own configuration must not change what a test sees."""
    import os

    for name in [name for name in os.environ if name.startswith("DOCENT_")]:
        monkeypatch.delenv(name)

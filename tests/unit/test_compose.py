"""The files that run Docent in containers name only what there is."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from config.loading import FILE_VARIABLE, read_overrides
from config.sections import SECRET_NAMES
from config.settings import known_keys, load_settings

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
_DEFAULT = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")


def environment() -> dict[str, str]:
    """What Docent's container is given where ``.env`` says nothing."""
    given = SERVICES["docent"]["environment"]
    return {name: _DEFAULT.sub(lambda found: found[2] or "", value) for name, value in given.items()}


def test_every_environment_key_of_docent_is_a_known_key() -> None:
    assert read_overrides(environment(), known_keys(), SECRET_NAMES).problems == []
    comments = [line for line in (ROOT / "compose.yaml").read_text().splitlines() if line.startswith("#")]
    named = {name: "x" for line in comments for name in re.findall(r"\b(DOCENT_\w+)=", line)}
    assert len(named) == 2
    assert read_overrides(named, known_keys(), SECRET_NAMES).problems == []


def test_a_variable_that_is_read_from_outside_keeps_its_name() -> None:
    for name, value in SERVICES["docent"]["environment"].items():
        for outside, _ in _DEFAULT.findall(value):
            assert outside in (name, FILE_VARIABLE)


def test_the_settings_of_the_container_are_valid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load_settings(ROOT / "docent.toml", environment())
    assert settings.milvus.uri == "http://milvus:19530"
    assert (settings.web.enabled, settings.web.host, settings.web.port) == (True, "0.0.0.0", 8080)
    assert settings.llm.base_url == ""


def test_images_are_pinned_and_what_runs_is_watched() -> None:
    for name, service in SERVICES.items():
        if "build" not in service:
            tag = service["image"].rpartition(":")[2]
            assert re.search(r"\d", tag), name
        assert "healthcheck" in service or service["restart"] == "no", name


def test_services_depend_on_services_and_keep_their_data_in_named_volumes() -> None:
    for service in SERVICES.values():
        for other, how in service.get("depends_on", {}).items():
            assert "healthcheck" in SERVICES[other]
            assert how["condition"] == "service_healthy"
            always = set(SERVICES[other].get("profiles", ())) <= set(service.get("profiles", ()))
            assert how.get("required", True) is always
        named = [one.partition(":")[0] for one in service.get("volumes", ()) if one[0] not in "./"]
        assert set(named) <= set(COMPOSE["volumes"])
    used = {one.partition(":")[0] for service in SERVICES.values() for one in service.get("volumes", ())}
    assert set(COMPOSE["volumes"]) <= used


def test_nothing_listens_beyond_this_machine() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", ())]
    assert published == ["127.0.0.1:8080:8080"]


def test_the_image_is_made_of_what_there_is_and_of_nothing_else() -> None:
    copied = [
        name for line in re.findall(r"^COPY (.+) \S+$", DOCKERFILE, re.MULTILINE) for name in line.split()
    ]
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert all((ROOT / name).exists() for name in copied)
    assert {f"!{name}" for name in copied} <= set(ignored)
    assert ignored[1] == "*"
    assert not {"!.env", "!data", "!.git"} & set(ignored)


def test_the_container_runs_as_an_ordinary_user() -> None:
    lines = DOCKERFILE.splitlines()
    assert lines.index("USER docent") < lines.index('CMD ["docent", "serve"]')
    assert re.search(r"^FROM python:3\.\d+-slim$", DOCKERFILE, re.MULTILINE)

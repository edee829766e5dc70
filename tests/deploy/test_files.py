"""The files for deployment name commands that exist, and fit together. None is built or started."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import typer

from poem_kg.cli.main import app
from poem_kg.limits import DEFAULT_LIMITS
from poem_kg.server.app import Access
from tests.server.running import STOP_SECONDS

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
NAME = "poem-kg.example.org"


def text(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


def options(arguments: list[str]) -> dict[str, Any]:
    """What `poem-kg serve` makes of its arguments; an option that it does not have is an error."""
    serve = typer.main.get_command(app).commands["serve"]  # type: ignore[attr-defined]
    with serve.make_context("serve", list(arguments)) as context:
        found: dict[str, Any] = context.params
        return found


@cache
def image() -> dict[str, list[str]]:
    """Instruction of the Dockerfile to its arguments, in their order."""
    joined = re.sub(r"\\\n", " ", text("Dockerfile"))
    found: dict[str, list[str]] = defaultdict(list)
    for line in joined.splitlines():
        if line and not line.startswith("#"):
            instruction, _, rest = line.partition(" ")
            found[instruction].append(rest.strip())
    return found


@cache
def unit() -> dict[str, list[str]]:
    """Key of the unit to its values."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in text("poem-kg.service").splitlines():
        if "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found[key].append(value)
    return found


def unit_options() -> dict[str, Any]:
    program, subcommand, *arguments = shlex.split(unit()["ExecStart"][0])
    assert program.endswith("/poem-kg") and subcommand == "serve"
    return options(arguments)


def proxy(directive: str) -> list[str]:
    """The values of a directive of nginx.conf."""
    return re.findall(rf"^\s*{directive}\s+([^;]*);", text("nginx.conf"), flags=re.MULTILINE)


# The image


def test_the_image_starts_a_command_that_exists() -> None:
    program, subcommand, *arguments = json.loads(image()["ENTRYPOINT"][0])

    given = options([*arguments, *json.loads(image()["CMD"][0])])

    assert (program.rsplit("/", 1)[-1], subcommand) == ("poem-kg", "serve")
    assert (given["host"], given["port"]) == ("0.0.0.0", 8000)
    assert image()["EXPOSE"] == [str(given["port"])]


def test_the_image_asks_its_own_health_at_a_name_that_the_service_answers_to() -> None:
    (check,) = image()["HEALTHCHECK"]
    (url,) = re.findall(r"http://[^'\"]+", check)
    parts = urlsplit(url)

    assert (parts.port, parts.path) == (8000, "/health")
    assert parts.hostname in Access().hosts
    compile(json.loads(check[check.index("[") :])[2], "healthcheck", "exec")


def test_the_image_runs_as_nobody_in_particular_and_holds_no_secret() -> None:
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", image()["USER"][0])
    assert "ARG" not in image()
    assert not re.search(r"(?i)secret|token|password", text("Dockerfile"))
    assert {line.split()[0] for line in image()["FROM"]} == {"python:3.11-slim"}


def test_the_image_is_made_of_all_that_the_wheel_is_made_of() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    needed = {
        "hatch_build.py",
        "package-lock.json",
        "package.json",
        "pyproject.toml",
        project["project"]["readme"],
        *project["project"]["license-files"],
        *project["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"],
    }

    lines = text("Dockerfile.dockerignore").splitlines()

    assert "*" in lines
    assert {line[1:] for line in lines if line.startswith("!")} == needed
    assert all((ROOT / name).exists() for name in needed)


# The unit


def test_the_unit_starts_a_command_that_exists() -> None:
    given = unit_options()

    assert given["host"] == "127.0.0.1"
    assert given["allow_host"] == [NAME]
    assert urlsplit(given["public_url"]).hostname == NAME


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("CapabilityBoundingSet", ""),
        ("DynamicUser", "yes"),
        ("KillMode", "mixed"),
        ("LimitCORE", "0"),
        ("NoNewPrivileges", "yes"),
        ("OOMPolicy", "continue"),
        ("PrivateTmp", "yes"),
        ("ProtectHome", "yes"),
        ("ProtectSystem", "strict"),
        ("RestrictNamespaces", "yes"),
        ("SystemCallArchitectures", "native"),
    ],
)
def test_the_unit_is_closed(key: str, value: str) -> None:
    assert unit()[key] == [value]


def test_the_unit_leaves_what_workers_need() -> None:
    assert unit()["SystemCallFilter"] == ["@system-service", "~@privileged"]
    assert set(unit()["RestrictAddressFamilies"][0].split()) == {"AF_INET", "AF_INET6", "AF_UNIX"}
    memory = int(unit()["MemoryMax"][0].removesuffix("G")) * 1024**3
    assert memory >= unit_options()["workers"] * DEFAULT_LIMITS.memory_bytes
    assert int(unit()["TimeoutStopSec"][0]) >= STOP_SECONDS


def test_the_unit_has_no_way_to_the_network() -> None:
    assert unit()["IPAddressDeny"] == ["any"]
    assert unit()["IPAddressAllow"] == ["localhost"]


# The proxy


def test_the_proxy_reaches_the_service_by_the_name_that_it_answers_to() -> None:
    given = unit_options()

    assert f"{given['host']}:{given['port']}" in proxy("server")
    assert proxy("server_name") == [NAME]
    assert "Host $host" in proxy("proxy_set_header")


def test_a_body_that_the_service_takes_stays_in_memory_at_the_proxy() -> None:
    (most,) = proxy("client_max_body_size")

    assert int(most.removesuffix("m")) * 1024**2 >= DEFAULT_LIMITS.body_bytes
    assert proxy("client_body_buffer_size") == [most]
    assert proxy("proxy_max_temp_file_size") == ["0"]


def test_the_log_of_the_proxy_names_no_address_path_or_query() -> None:
    (told,) = proxy("log_format")
    variables = set(re.findall(r"\$\w+", told))

    assert variables == {
        "$time_iso8601", "$request_id", "$request_method", "$status", "$body_bytes_sent",
        "$request_time",
    }  # fmt: skip
    assert all(log.endswith(" poem_kg") for log in proxy("access_log"))
    assert all(log.endswith(" crit") for log in proxy("error_log"))


def test_the_proxy_waits_longer_than_a_call_may_take() -> None:
    (wait,) = proxy("proxy_read_timeout")

    assert int(wait.removesuffix("s")) > DEFAULT_LIMITS.seconds + 5
    assert proxy("limit_req") and proxy("limit_conn")
    assert {*proxy("limit_req_status"), *proxy("limit_conn_status")} == {"429"}


# The page


def test_the_page_tells_of_every_file_and_that_the_suite_builds_none() -> None:
    page = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")

    for path in DEPLOY.rglob("*"):
        if path.is_file():
            told = path.relative_to(ROOT).as_posix()
            assert told in page or path.parent.relative_to(ROOT).as_posix() + "/" in page, told
    assert "The suite builds and starts none of them" in page
    table = "".join(line for line in page.splitlines() if line.startswith("| `"))
    keys = set(re.findall(r"`([A-Z][A-Za-z]+)(?:=[^`]*)?`", table))
    assert len(keys) > 8
    assert keys <= set(unit())


def test_the_command_of_the_page_is_one_of_ours() -> None:
    page = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    (run,) = re.findall(r"^docker run (?:.*\\\n)*.*$", page, flags=re.MULTILINE)

    words = shlex.split(run.replace("\\\n", " "))
    given = options(words[words.index("poem-kg") + 1 :])

    assert given["public_url"] == f"https://{NAME}/"
    assert given["allow_host"] == ["localhost"]

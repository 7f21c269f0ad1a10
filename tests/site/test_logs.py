"""The program's log says what happened where, and never what people wrote."""

from __future__ import annotations

import io
import json
import logging
import logging.config
from collections.abc import Iterator
from typing import Any

import faulty_urls
import pytest
from django.conf import settings as site
from django.test import Client
from faulty_urls import SEED

from xinglin.apps.ui.logs import OMITTED, PlainLines, configuration

PATHS = sorted(
    {str(pattern.pattern) for pattern in faulty_urls.urlpatterns if "faulty" in str(pattern.pattern)}
)


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the log holds at the level DEBUG, through the formatter of the site."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(PlainLines())
    root = logging.getLogger()
    before = {name: logging.getLogger(name).level for name in ("", "django", "asyncio")}
    for name in before:
        logging.getLogger(name).setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize("path", PATHS)
def test_errors_leave_no_content(path: str, settings: Any, written: io.StringIO) -> None:
    settings.ROOT_URLCONF = "faulty_urls"
    client = Client(raise_request_exception=False)
    address = "/" + path.replace("<str:text>", SEED)
    client.get(address, {} if SEED in address else {"name": SEED})
    text = written.getvalue()
    assert SEED not in text
    if "template" not in path:
        assert any(line["level"] in ("ERROR", "WARNING") for line in lines(written))


def test_a_failure_can_be_found(settings: Any, written: io.StringIO) -> None:
    settings.ROOT_URLCONF = "faulty_urls"
    response = Client(raise_request_exception=False).get("/faulty/chained", {"name": SEED})
    line = next(line for line in lines(written) if line["level"] == "ERROR")
    assert line["request"] == response["X-Request-Id"]
    assert (line["method"], line["route"], line["status"]) == ("GET", "faulty/chained", 500)
    assert [one["class"] for one in line["error"]] == ["builtins.RuntimeError", "builtins.ValueError"]
    assert line["error"][0]["places"][-1].endswith(" chained")


def test_a_database_error_names_its_constraint(settings: Any, written: io.StringIO) -> None:
    settings.ROOT_URLCONF = "faulty_urls"
    Client().get("/faulty/logged", {"name": SEED})
    ours, *others = (line for line in lines(written) if line["logger"] in ("xinglin.test", "somebody.else"))
    assert ours["message"] == "could not save"
    assert ours["error"][-1]["state"] in ("SQLITE_CONSTRAINT_UNIQUE", "23505")
    assert [line["message"] for line in others] == [OMITTED, "could not save %s"]
    assert ours["request"]


@pytest.mark.parametrize("host", [SEED.encode().decode("latin-1"), "evil.example"])
def test_a_wrong_host_name(host: str, written: io.StringIO) -> None:
    Client(raise_request_exception=False).get("/", headers={"host": host})
    assert host not in written.getvalue()


def test_statements_are_not_written_with_their_values(settings: Any, written: io.StringIO) -> None:
    settings.DEBUG = True
    settings.ROOT_URLCONF = "faulty_urls"
    Client(raise_request_exception=False).get("/faulty/taken-twice", {"name": SEED})
    assert "django.db.backends" in written.getvalue()
    assert SEED not in written.getvalue()


@pytest.mark.any_database
def test_the_site_uses_it() -> None:
    assert configuration() == site.LOGGING
    config = logging.config.DictConfigurator(configuration("DEBUG")).config
    assert config["root"]["handlers"] == ["lines"]
    assert all(not logger["handlers"] for logger in config["loggers"].values())


@pytest.mark.any_database
def test_django_has_no_handlers_of_its_own() -> None:
    for name in ("django", "django.server", "django.request", "django.security", "django.db.backends"):
        logger = logging.getLogger(name)
        assert logger.handlers == []
        assert logger.propagate

"""The program's log for whoever runs it: what happened where, never what people wrote.

One JSON object a line. Names, numbers and texts reach a log by three ways: values put into a message, the text of an
exception (a database names the offending value), and the address of a request. So a line holds only: the message of
our own modules, which say nothing personal; of all others the unfilled template; an exception's class and places
without its text; a request's route instead of its address.
"""

from __future__ import annotations

import json
import logging
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
"""Number of the request at work in this thread; set by `RequestIdMiddleware`."""

OUR_OWN = ("xinglin", "granian", "_granian")
"""Loggers whose messages may be written whole."""

OMITTED = "（内容略）"


class PlainLines(logging.Formatter):
    """One JSON object a line, without content."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        request = getattr(record, "request", None)
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": message(record),
            "place": f"{record.module}:{record.lineno}",
            "request": getattr(request, "request_id", "") or REQUEST_ID.get(),
            "method": str(getattr(request, "method", "") or ""),
            "route": route(request),
            "status": getattr(record, "status_code", ""),
            **error(record),
        }
        return json.dumps({key: value for key, value in line.items() if value != ""}, ensure_ascii=False)


def message(record: logging.LogRecord) -> str:
    """The message of our own modules; of others the template, and nothing if it was filled before it came here."""
    if record.name.partition(".")[0] in OUR_OWN:
        return record.getMessage()
    return record.msg if record.args and isinstance(record.msg, str) else OMITTED


def route(request: Any) -> str:
    """The pattern of the address that was asked for, e.g. ``facilities/<str:pk>``."""
    match = getattr(request, "resolver_match", None)
    return str(getattr(match, "route", "") or "")


def error(record: logging.LogRecord) -> dict[str, Any]:
    """Class and places of an exception and of its causes; for a database error the constraint, never the value."""
    failure = record.exc_info[1] if record.exc_info else None
    if failure is None:
        return {}
    return {"error": [_failure(one) for one in _causes(failure)]}


def _causes(failure: BaseException) -> list[BaseException]:
    """The exception and what led to it, outermost first; a circle ends it."""
    found: list[BaseException] = []
    after: BaseException | None = failure
    while after is not None and after not in found:
        found.append(after)
        after = after.__cause__ or (None if after.__suppress_context__ else after.__context__)
    return found


def _failure(failure: BaseException) -> dict[str, Any]:
    kind = type(failure)
    shown: dict[str, Any] = {"class": f"{kind.__module__}.{kind.__qualname__}"}
    constraint = getattr(getattr(failure, "diag", None), "constraint_name", None)
    state = getattr(failure, "sqlstate", None) or getattr(failure, "sqlite_errorname", None)
    if constraint:
        shown["constraint"] = constraint
    if state:
        shown["state"] = state
    return {**shown, "places": _places(failure.__traceback__)}


def _places(trace: TracebackType | None) -> list[str]:
    """File, line and function of every step, innermost last."""
    return [f"{step.filename}:{step.lineno} {step.name}" for step in traceback.extract_tb(trace, limit=-30)]


def configuration(level: str = "INFO") -> dict[str, Any]:
    """Django's ``LOGGING``: everything to standard error through `PlainLines`; nobody is sent mail."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"plain": {"()": "xinglin.apps.ui.logs.PlainLines"}},
        "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "plain"}},
        "root": {"handlers": ["lines"], "level": level},
        # Django gives these handlers of their own, which would write whole addresses and texts.
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": level, "propagate": True},
            # Its lines for every task say nothing without their content; a job's course stands on its page.
            "django_tasks": {"handlers": [], "level": "WARNING", "propagate": True},
        },
    }

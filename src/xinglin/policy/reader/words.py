"""The word lists of ``words.yaml`` as compiled patterns, loaded once."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from xinglin.base.yamlfile import read_yaml

_FILE = Path(__file__).with_name("words.yaml")


@cache
def words() -> dict[str, Any]:
    """The lists as they stand in the file."""
    content: dict[str, Any] = read_yaml(_FILE)
    return content


@cache
def any_of(name: str) -> re.Pattern[str]:
    """A pattern for any word of a list (or of a value that is itself an alternative)."""
    return re.compile(alternatives(name))


def alternatives(name: str) -> str:
    """The alternatives of a list, longest first, as a pattern without groups."""
    content: Any = words()
    for key in name.split("."):
        content = content[key]
    if isinstance(content, str):
        return content
    items = content if isinstance(content, list) else [word for part in content.values() for word in part]
    return "|".join(sorted((str(item) for item in items), key=len, reverse=True))

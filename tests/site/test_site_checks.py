"""What `xinglin site check` says is Chinese throughout, whoever found it, and each number is in the manual."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.core.checks import CheckMessage, Error, Warning
from django.core.checks.security import base, csrf, sessions

from xinglin.apps.installation import checks as ours
from xinglin.apps.installation.djangos import CHINESE, ENGLISH, WORDS, in_chinese

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "xinglin"
MANUAL = ROOT / "docs" / "operating.zh.md"
QUOTED = re.compile(r'"(XINGLIN_[A-Z_]+)"')
NOT_SET_BY_HAND = {"DJANGO_SETTINGS_MODULE", "XINGLIN_ANCHORS"}
"""The first is the program's own; the second is a setting made from `XINGLIN_ANCHOR`."""
ODD: tuple[dict[str, Any], ...] = (
    {},
    {"MIDDLEWARE": []},
    {"DEBUG": True, "X_FRAME_OPTIONS": "SAMEORIGIN", "ALLOWED_HOSTS": []},
    {"SECRET_KEY": "short", "SECRET_KEY_FALLBACKS": ["short"], "SECURE_CONTENT_TYPE_NOSNIFF": False},
    {"SECURE_REFERRER_POLICY": "nonsense", "SECURE_CROSS_ORIGIN_OPENER_POLICY": "nonsense"},
    {"SESSION_COOKIE_HTTPONLY": False, "CSRF_FAILURE_VIEW": "nowhere.at_all", "SECURE_REFERRER_POLICY": None},
    {"HTTPS": True, "SECURE_HSTS_SECONDS": 9, "XINGLIN_DEMO": True, "ALLOWED_HOSTS": ["*"]},
    {
        "CSP_DEFAULT_SRC": ["'self'"],
        "DEFAULT_AUTO_FIELD": "nowhere.Field",
        "FILE_UPLOAD_TEMP_DIR": "/nowhere",
    },
    {
        "TEMPLATES": [],
        "STATIC_URL": "static",
        "CACHES": {},
        "STATICFILES_DIRS": "nowhere",
    },
)


def said(one: CheckMessage) -> str:
    return f"{one.msg}\n{one.hint or ''}"


@pytest.mark.parametrize("settings_of", ODD, ids=lambda one: ",".join(one) or "as installed")
def test_no_output_holds_an_english_sentence(settings: Any, settings_of: dict[str, Any]) -> None:
    for name, value in settings_of.items():
        setattr(settings, name, value)
    found = ours.found()
    assert not settings_of or found
    for one in found:
        assert CHINESE.search(str(one.msg)), one
        assert one.hint, one
        assert not ENGLISH.search(said(one)), one


def declared(module: ModuleType) -> list[CheckMessage]:
    return [one for one in vars(module).values() if isinstance(one, CheckMessage)]


@pytest.mark.any_database
def test_every_deployment_check_of_django_has_words() -> None:
    found = {str(one.id) for module in (base, csrf, sessions) for one in declared(module)}
    found |= set(
        re.findall(r'"(security\.[EW]\d+)"', Path(str(sessions.__file__)).read_text(encoding="utf-8"))
    )
    assert len(found) > 20
    assert not found - WORDS.keys()


@pytest.mark.any_database
@pytest.mark.parametrize("level", [Error, Warning])
def test_what_has_no_words_keeps_number_level_and_names(level: Any) -> None:
    text = "The setting 'models.Thing' should be removed because ODD_SETTING replaces it entirely."
    found = in_chinese(level(text, hint="Remove it from your settings file.", id="models.E999"))
    assert (found.id, found.level) == ("models.E999", level("").level)
    assert "ODD_SETTING" in found.msg
    assert "models.Thing" in found.msg
    assert not ENGLISH.search(said(found))


@pytest.mark.any_database
def test_every_number_of_ours_is_in_the_manual() -> None:
    written = (SOURCE / "apps" / "installation" / "checks.py").read_text(encoding="utf-8")
    numbers = set(re.findall(r'"(xinglin\.[EW]\d+)"', written))
    assert len(numbers) > 10
    manual = MANUAL.read_text(encoding="utf-8")
    assert not {number for number in numbers if number not in manual}


@pytest.mark.any_database
def test_every_environment_setting_is_in_the_manual() -> None:
    """Every name that the source reads from the environment."""
    asked = re.compile(
        r'(?:environ(?:\.get|\.pop|\.setdefault)?[\[(]|envvar=|ENV = |WITHOUT_WORKER = )"([A-Z][A-Z_]+)"'
    )
    loose = re.compile(r'"([A-Z][A-Z_]+)"(?: not)? in os\.environ')
    names = {
        name
        for path in SOURCE.rglob("*.py")
        for text in [path.read_text(encoding="utf-8")]
        for name in (*asked.findall(text), *loose.findall(text))
    }
    names |= {
        name for path in SOURCE.rglob("*.py") for name in QUOTED.findall(path.read_text(encoding="utf-8"))
    }
    wanted = {"XINGLIN_HOME", "XINGLIN_ANCHOR", "XINGLIN_HOSTS", "XINGLIN_PROXIES", "DATABASE_URL"}
    assert wanted <= names
    manual = MANUAL.read_text(encoding="utf-8")
    assert not {name for name in names - NOT_SET_BY_HAND if f"`{name}`" not in manual}


@pytest.mark.any_database
def test_every_command_of_the_site_is_in_the_manual() -> None:
    from xinglin.cli.site import audit, site

    manual = MANUAL.read_text(encoding="utf-8")
    commands = [f"xinglin site {name}" for name in site.commands if name != "audit"]
    commands += [f"xinglin site audit {name}" for name in audit.commands]
    assert not [command for command in commands if command not in manual]

"""What a written name means: standard names first, then names that need care, then aliases; never a guess."""

from __future__ import annotations

import re
import unicodedata

from xinglin.knowledge.herbs.model import Ambiguous, Answer, Found, Herb, Refused, Unknown
from xinglin.knowledge.herbs.store import GenericName, Table

_PROCESSED = re.compile(
    r"^(?:麸炒|土炒|清炒|蜜炙|酒炙|醋炙|盐炙|姜炙|炒|炙|制|蜜|酒|醋|盐|姜|煅|煨|焦|燀|蒸|鲜|生|净|粉|京|川|怀|杭)"
)
_FORM = re.compile(r"(?:炭|粉|片|末|丝|段|块|霜|饮片|颗粒)$")
_FRESH = "鲜"
_RAW = "生"


def find(table: Table, text: str) -> Answer:
    """What a written name means in this table.

    The order is the reference's: standard name; then the names that need care (silently mapped, asked, or refused);
    then the national list of toxic drugs; then aliases, each of which belongs to one herb only; else unknown.
    """
    written = normal(text)
    generic = table.generic.get(written)
    herb = table.herbs.get(written)
    if herb is not None:
        return _standard(written, herb, generic)
    if generic is not None:
        return _careful(table, written, generic)
    if written in table.toxic:
        return Found(written, table.herbs[table.toxic[written].herb], raw=written.startswith(_RAW))
    alias = table.aliases.get(written)
    if alias is not None:
        return _alias(written, table.herbs[alias])
    fresh = table.herbs.get(written.removeprefix(_FRESH))
    if written.startswith(_FRESH) and fresh is not None and fresh.fresh_max is not None:
        return Found(written, fresh, fresh=True)
    return Unknown(written, _processed_from(table, written))


def near(table: Table, text: str) -> tuple[str, ...]:
    """Standard names with one character missing, too many or another, at most six: suggestions for a misspelling."""
    written = normal(text)
    hits = {name for name in table.herbs if _one_apart(written, name)}
    hits.update(name for alias, name in table.aliases.items() if _one_apart(written, alias))
    return tuple(sorted(hits))[:6]


def normal(text: str) -> str:
    """A name without width variants and blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _standard(written: str, herb: Herb, generic: GenericName | None) -> Found:
    if generic is None:
        return Found(written, herb)
    others = tuple(name for name in generic.candidates if name != herb.name)
    return Found(written, herb, note=_joined(generic), alternatives=others)


def _careful(table: Table, written: str, generic: GenericName) -> Answer:
    if generic.action == "reject":
        return Refused(written, generic.reason, generic.caution)
    if generic.action == "reject_unless_toxic":
        name = table.toxic[written].herb
        return Found(
            written, table.herbs[name], raw=True, note=_joined(generic), alternatives=generic.candidates
        )
    if generic.action == "confirm" or not generic.default:
        return Ambiguous(written, generic.candidates, generic.default, generic.reason, generic.caution)
    return Found(written, table.herbs[generic.default], note=_joined(generic))


def _alias(written: str, herb: Herb) -> Found:
    raw = herb.control == "toxic28_raw" and written.startswith(_RAW)
    fresh = herb.fresh_max is not None and written.startswith(_FRESH)
    return Found(written, herb, raw=raw, fresh=fresh)


def _joined(generic: GenericName) -> str:
    return "；".join(words for words in (generic.reason, generic.caution) if words)


def _processed_from(table: Table, written: str) -> tuple[str, ...]:
    """Herbs whose name is left when a word of processing is taken away; an unclear rest gives all it may mean."""
    rests = {_PROCESSED.sub("", written), _FORM.sub("", written), _FORM.sub("", _PROCESSED.sub("", written))}
    found: set[str] = set()
    for rest in rests - {written, ""}:
        found.update(_meanings(table, rest))
    return tuple(sorted(found))


def _meanings(table: Table, name: str) -> tuple[str, ...]:
    if name in table.herbs:
        return (name,)
    if name in table.generic:
        return table.generic[name].candidates
    return (table.aliases[name],) if name in table.aliases else ()


def _one_apart(first: str, second: str) -> bool:
    short, long = sorted((first, second), key=len)
    if len(long) - len(short) > 1 or len(long) < 3:
        return False
    ahead = next((at for at, sign in enumerate(short) if long[at] != sign), len(short))
    if len(long) == len(short):
        return short[ahead + 1 :] == long[ahead + 1 :]
    return short[ahead:] == long[ahead + 1 :]

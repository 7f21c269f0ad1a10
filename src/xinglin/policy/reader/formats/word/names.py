"""Names of WordprocessingML (ISO/IEC 29500-1, and its strict variant's twin) as lxml writes them."""

from __future__ import annotations

from lxml import etree

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"


def w(name: str) -> str:
    """A name of the main namespace."""
    return f"{{{_W}}}{name}"


def value_of(element: etree._Element, child: str) -> str:
    """``w:val`` of a child; empty when there is none."""
    found = element.find(w(child))
    return "" if found is None else found.get(w("val"), "")


def is_on(element: etree._Element | None, child: str) -> bool:
    """Whether a switch (``<w:vanish/>``) is there and not set to false."""
    found = None if element is None else element.find(w(child))
    return found is not None and found.get(w("val"), "1") not in ("0", "false", "off")


def to_transitional(root: etree._Element) -> etree._Element:
    """A strict part with the names of the usual (transitional) namespace."""
    if not root.tag.startswith(f"{{{_STRICT}}}"):
        return root
    text = etree.tostring(root).replace(_STRICT.encode(), _W.encode())
    return etree.fromstring(text)

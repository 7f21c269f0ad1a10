"""Check the lock files against pyproject.toml: all dependencies pinned, allowed, hashed, no host named."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)


def wanted() -> dict[str, list[str]]:
    """Requirements of pyproject.toml by the lock file that must hold them."""
    content = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    base = content["project"]["dependencies"]
    extras = content["project"]["optional-dependencies"]
    locks = {name: base + own for name, own in extras.items()}
    locks["dev"] += extras["site"]
    return {"base": base, **locks, **content["dependency-groups"]}


def faults(name: str, requirements: list[str]) -> list[str]:
    """What is wrong with one lock file, a sentence each."""
    path = ROOT / "requirements" / f"{name}.txt"
    if not path.exists():
        return [f"{path.name} is missing"]
    text = path.read_text(encoding="utf-8")
    pins = {canonicalize_name(package): version for package, version in PIN.findall(text)}
    found = [f"{path.name} names a host"] if "://" in text else []
    entries = re.split(r"\n(?=\S)", text)
    found += [
        f"{path.name}: no hash for {e.split()[0]}" for e in entries if PIN.match(e) and "--hash=" not in e
    ]
    for requirement in map(Requirement, requirements):
        version = pins.get(canonicalize_name(requirement.name))
        if version is None:
            found.append(f"{path.name} lacks {requirement.name}")
        elif not requirement.specifier.contains(version, prereleases=True):
            found.append(f"{path.name} pins {requirement.name} {version}, wanted {requirement.specifier}")
    return found


def main() -> int:
    """Print every fault; 0 when there is none."""
    found = [fault for name, requirements in wanted().items() for fault in faults(name, requirements)]
    for fault in found:
        print(fault, file=sys.stderr)
    if found:
        print("run `make lock`", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

"""The package walked: sizes, docstrings, shipped files, and what must not be in it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from xinglin.facts import load_contract
from xinglin.measures import load_measures
from xinglin.policy import load_documents

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "xinglin"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)
TEXTS = sorted(
    path for path in PACKAGE.rglob("*") if path.is_file() and path.suffix not in (".parquet", ".pyc", ".gz")
)
LINES, FUNCTION_LINES = 500, 80


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_is_long(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LINES


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_function_is_long(path: Path) -> None:
    functions = [
        node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    long = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in functions}
    assert {name: lines for name, lines in long.items() if lines > FUNCTION_LINES} == {}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(tree(path))


def test_every_folder_with_code_is_a_package() -> None:
    assert [name_of(path) for path in MODULES if not (path.parent / "__init__.py").exists()] == []


def test_every_definition_loads() -> None:
    files = {path.stem for path in (PACKAGE / "measures/definitions").iterdir()}
    assert files == set(load_measures().definitions)


def test_every_policy_document_loads() -> None:
    files = {path.stem for path in (PACKAGE / "policy/documents").iterdir()}
    assert files == {document.id for document in load_documents(load_measures()).documents}


def test_every_fact_table_loads() -> None:
    assert {path.suffix for path in (PACKAGE / "facts/tables").iterdir()} == {".yaml"}
    assert load_contract().tables


@pytest.mark.parametrize("path", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda path: path.name)
def test_lock_files_name_no_host(path: Path) -> None:
    """A lock made against one mirror must install from any."""
    text = path.read_text(encoding="utf-8")
    assert "http://" not in text
    assert "https://" not in text
    assert not re.search(r"^\s*(--index-url|--extra-index-url|--find-links|-i |-f )", text, re.MULTILINE)


def test_the_package_needs_nothing_beside_the_project() -> None:
    told = [
        name_of(path) for path in TEXTS if re.search(r"(?<![\w-])shared/", path.read_text(encoding="utf-8"))
    ]
    assert told == []

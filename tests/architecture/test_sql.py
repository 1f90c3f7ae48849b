"""SQL has one home: a read model's in its feature's views, the log's and the queues' with the log and the queues."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SERVICES = Path(__file__).parents[2] / "services"
HOMES = ("chassis/log/", "chassis/messaging/", "chassis/migrations/", "chassis/reading/")
STATEMENT = re.compile(
    r"\b(SELECT\s|INSERT INTO\b|UPDATE\s+\S+\s+SET\b|DELETE FROM\b|(CREATE|DROP|ALTER)\s+[A-Z]+\b"
    r"|GRANT\s|REVOKE\s|PRAGMA\s)"
)
UNNAMED = re.compile(r"\bINSERT INTO\s+\S+\s+(VALUES|SELECT)\b")
PLANTED = '''
"""What a docstring says of SELECT is no statement."""
QUERY = "SELECT elder FROM elders"
def ask(log, table):
    log.query(f"DELETE FROM {table}")
    return "Select one, or UPDATE it"
'''


def literals(source: str) -> Iterator[str]:
    """Every text in code that is no docstring; a text made of parts with `{}` for what is put in."""
    tree = ast.parse(source)
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts | said:
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)


def statements(source: str) -> list[str]:
    return [text for text in literals(source) if STATEMENT.search(text)]


def functions(source: str) -> Iterator[str]:
    return (ast.unparse(node) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef))


def sources() -> Iterator[tuple[str, str]]:
    for path in sorted(SERVICES.rglob("*.py")):
        yield path.relative_to(SERVICES).as_posix(), path.read_text(encoding="utf-8")


def is_home(name: str) -> bool:
    return name.startswith(HOMES) or name.endswith("/views.py")


def test_no_statement_stands_outside_its_home():
    astray = {
        name: found for name, source in sources() if not is_home(name) and (found := statements(source))
    }
    assert astray == {}


def test_every_insert_names_its_columns():
    unnamed = {
        name: found
        for name, source in sources()
        if (found := [text for text in literals(source) if UNNAMED.search(text)])
    }
    assert unnamed == {}


def test_every_statement_has_a_name():
    within = {
        name: found
        for name, source in sources()
        if name != "chassis/reading/table.py"  # it makes them
        and (found := [text for part in functions(source) for text in statements(part)])
    }
    assert within == {}


def test_a_statement_anywhere_is_found_and_a_docstring_is_none():
    assert statements(PLANTED) == ["SELECT elder FROM elders", "DELETE FROM {}"]


@pytest.mark.parametrize("text", ["INSERT INTO told VALUES (?, ?)", "INSERT INTO told SELECT * FROM given"])
def test_an_insert_without_columns_is_found(text: str):
    assert UNNAMED.search(text)

"""No command opens a store past the place where it is told whose data it is."""

import ast
from pathlib import Path

import services.cli

ROOM = Path(services.cli.__file__).parent


def test_only_one_file_of_the_command_line_opens_a_house():
    opening = {
        file.relative_to(ROOM).as_posix()
        for file in ROOM.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
        if node.module == "services.house.house" and any(name.name == "opened" for name in node.names)
    }
    assert opening == {"store.py"}

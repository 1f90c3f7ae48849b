"""How a command is used, and what is wrong with how it was: in Chinese first, English beside it."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from inspect import cleandoc
from typing import Any

import typer
from pydantic import ValidationError
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from services.chassis.commands.malformed import HAN, message_of, one_of
from services.cli.terminal.console import Line, Terminal, errors
from services.cli.terminal.plain import as_one_line
from services.cli.terminal.tables import listed
from services.kernel.form_labels import name_of

_LEFT = 30
_SURROGATE = re.compile("[\ud800-\udfff]")
"""Bytes of an argument that are no UTF-8 come as these."""
_NO_TEXT = "不是 UTF-8 文字 / not UTF-8 text"
_PATHS = {
    "does not exist": "没有这个文件或文件夹",
    "is a directory": "这是文件夹，应为文件",
    "is a file": "这是文件，应为文件夹",
    "is not readable": "无法读取",
    "is not writable": "无法写入",
}
_SAID: tuple[tuple[str, str], ...] = (
    (r"No such command '(.*?)'\.", "没有“{}”这个命令"),
    (r"No such option: (\S+)", "没有“{}”这个选项"),
    (r"Option '(.*?)' requires (?:an argument|\d+ arguments)\.?", "选项 {} 后面缺少内容"),
    (r"Option '(.*?)' does not take a value\.", "选项 {} 后面不要内容"),
    (r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)", "多出的内容：{}"),
    (r"Missing command\.", "缺少命令"),
    (r".* does not match the formats? '%Y-%m-%d'.*", "应为日期，如 2024-03-01"),
    (r".* does not match the formats? '%Y-%m'.*", "应为年月，如 2024-03"),
    (r".* does not match the formats? .*", "应为时刻，如 2024-03-01T08:00:00"),
    *((rf".* {words}\.", said) for words, said in _PATHS.items()),
)


class App(typer.Typer):
    """A group of commands that says how it is used in Chinese first."""

    def __init__(self, help: str, cls: type[Group] | None = None) -> None:  # noqa: A002 - as typer has it
        super().__init__(cls=cls or Group, help=help, no_args_is_help=True, add_completion=False)

    def command(self, name: str | None = None, **asked: Any) -> Callable[[Any], Any]:
        """One command more."""
        return super().command(name, cls=Leaf, **asked)


class Leaf(TyperCommand):
    """One command."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """What it does, and what it is given."""
        formatter.write(_shown(_help(self, ctx)))

    def invoke(self, ctx: Any) -> Any:
        """Runs it, unless what was typed is no text; a path may be any bytes."""
        params: list[Any] = list(self.params)
        for param in params:
            value = ctx.params.get(param.name)
            if any(_SURROGATE.search(part) for part in _texts(value)):
                raise typer.BadParameter(_NO_TEXT, ctx=ctx, param=param)
        return super().invoke(ctx)


class Group(TyperGroup):
    """Commands beneath one name; the outermost says what is wrong with how it was called."""

    def parts(self) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        """The commands beneath it by title, each with what it does."""
        yield "命令 commands", [(name, _short(one)) for name, one in self.commands.items()]

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """What there is beneath it."""
        formatter.write(_shown(_help(self, ctx)))

    def main(self, *args: Any, standalone_mode: bool = True, **extra: Any) -> Any:
        """As of a command; an error of usage ends with 2."""
        if not standalone_mode:
            return super().main(*args, standalone_mode=False, **extra)
        try:
            code = super().main(*args, standalone_mode=False, **extra)
        except TyperException as error:
            _tell(error)
            sys.exit(error.exit_code)
        except typer.Abort:
            errors.print("已中止 aborted")
            sys.exit(1)
        sys.exit(code or 0)


def _texts(value: Any) -> list[str]:
    return [part for part in (value if isinstance(value, list | tuple) else [value]) if isinstance(part, str)]


def _tell(error: TyperException) -> None:
    ctx: Any = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        typer.echo(error.message, err=True, nl=False)
        return
    errors.print(Line(("错误 error: ", "red"), said_of(error)))
    if ctx is not None:
        errors.print(f"用法 usage: {_usage(ctx.command, ctx)}")
        errors.print(f"看说明 help: {ctx.command_path} --help")


def said_of(error: TyperException) -> str:
    """What is wrong with how a command was called: which parameter, and why."""
    param: Any = getattr(error, "param", None)
    hint, ctx = getattr(error, "param_hint", None), getattr(error, "ctx", None)
    if param is None and ctx is not None:
        param = next((one for one in ctx.command.params if hint in one.opts), None)
    where = called(param) if param is not None else str(hint or "")
    if type(error).__name__ == "MissingParameter":
        return f"缺少 {where} / missing"
    text = as_one_line(_why(error))
    possible = getattr(error, "possibilities", None)
    more = f"；可能是 did you mean: {', '.join(sorted(possible))}" if possible else ""
    return f"{where}: {text}{more}" if where else f"{text}{more}"


def _why(error: TyperException) -> str:
    english = error.message
    if HAN.match(english):
        return english
    cause = error.__cause__
    if isinstance(cause, ValidationError) and cause.errors()[0]["type"] != "value_error":
        return message_of(cause.errors()[0])
    english = english.removeprefix("Value error, ")
    if found := re.fullmatch(r".* is not one of (.*)\.", english, re.DOTALL):
        return one_of(found[1])
    for pattern, said in _SAID:
        if found := re.fullmatch(pattern, english.partition(" Did you mean")[0], re.DOTALL):
            return f"{said.format(*found.groups())} / {english}"
    return f"用法有误 / {english}"


def called(param: Any) -> str:
    """经办人 --by: as the help begins, and as it is typed."""
    typed = max(param.opts, key=len) if param.param_type_name == "option" else _argument(param)
    return f"{help_of(param).split()[0].rstrip('；;：:，,')} {typed}"


def help_of(param: Any) -> str:
    """What a parameter says of itself, else the name of its field."""
    return getattr(param, "help", None) or name_of(param.name)


def _argument(param: Any) -> str:
    return str(param.metavar or param.name).upper()


def _usage(command: Any, ctx: Any) -> str:
    given = [_argument(one) for one in command.params if one.param_type_name == "argument"]
    has_options = any(one.param_type_name == "option" for one in command.params)
    parts = [ctx.command_path, *(["[OPTIONS]"] if has_options else []), *given]
    return " ".join([*parts, "COMMAND …"] if isinstance(command, TyperGroup) else parts)


def _help(command: Any, ctx: Any) -> Iterator[Any]:
    yield f"用法 usage: {_usage(command, ctx)}"
    yield ""
    for paragraph in cleandoc(command.help or "").split("\n\n"):
        yield " ".join(paragraph.split())
        yield ""
    given = [(f"  {_argument(one)}", _of(one)) for one in command.params if one.param_type_name == "argument"]
    options = [(f"  {_option(one)}", _of(one)) for one in command.params if one.param_type_name == "option"]
    yield from _part("参数 arguments", given)
    yield from _part("选项 options", [*options, ("  --help", "显示本说明 this help")])
    for title, below in command.parts() if isinstance(command, Group) else ():
        yield from _part(title, [(f"  {name}", does) for name, does in below])


def _part(title: str, rows: Sequence[tuple[str, str]]) -> Iterator[Any]:
    if rows:
        yield Line((title, "bold"))
        yield from listed(rows, most=_LEFT)
        yield ""


def _short(command: Any) -> str:
    return " ".join(" ".join(cleandoc(command.help or "").split("\n\n")[:2]).split())


def _option(param: Any) -> str:
    typed = "/".join([*param.opts, *param.secondary_opts])
    if param.is_flag:
        return typed
    return f"{typed} {_argument(param)}"


def _of(param: Any) -> str:
    """What it is, what may be chosen, what it is otherwise."""
    text = help_of(param)
    choices = [str(getattr(one, "value", one)) for one in param.type_descriptor.choices or ()]
    if choices and choices[0] not in text:
        text += f" {one_of(str(choices)).partition(' / ')[0].partition('：')[2]}"
    if param.required:
        return f"{text}（必填 required）"
    is_said = param.default not in (None, "", False, 0) and not callable(param.default)
    return f"{text}（默认 default: {_default(param.default)}）" if is_said else text


def _default(value: Any) -> str:
    return value.strftime("%Y-%m-%d") if hasattr(value, "strftime") else str(getattr(value, "value", value))


def _shown(lines: Iterator[Any]) -> str:
    terminal = Terminal()
    with terminal.capture() as captured:
        for one in lines:
            terminal.print(one)
    return captured.get()

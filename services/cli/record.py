"""`shouwang record …`: every command that a service declares, given on the command line from its declaration."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from hashlib import sha256
from inspect import Parameter, Signature
from pathlib import Path
from typing import Annotated, Any, NoReturn, cast
from uuid import uuid4

import typer
from pydantic import ValidationError
from typer.main import get_command_from_info
from typer.models import CommandInfo

from services.chassis.commands.command import Answer, Asked, Command, Outcome, commands_in
from services.chassis.commands.described import choices_of, described, title_of
from services.chassis.commands.malformed import Fault, faults_of
from services.cli.finding import meant
from services.cli.store import pasteable
from services.cli.taking import REFUSED, ask_many, house_at_work
from services.cli.terminal.console import Line, console, errors
from services.cli.terminal.plain import as_one_line
from services.cli.terminal.tables import Entry
from services.cli.terminal.usage import App, Group, Leaf
from services.history.consequences import came_of, sizes
from services.history.timeline import HistoryLine
from services.house.house import House
from services.kernel.calendar import SHANGHAI
from services.kernel.labels import chinese
from services.notify import commands as notify_commands
from services.registry.comparisons import commands as comparison_commands
from services.registry.elders import commands as elder_commands
from services.registry.figures import commands as figure_commands
from services.registry.villages import commands as village_commands
from services.risk import commands as risk_commands
from services.visits import commands as visit_commands

Body = dict[str, Any]
GROUPS: Mapping[str, tuple[type[Command], ...]] = {
    "走访、需求和问题 visits, needs and problems": commands_in(visit_commands),
    "老人、工作人员和村 elders, staff and villages": commands_in(elder_commands, village_commands),
    "定级依据 what grades rest on": commands_in(risk_commands),
    "通知 notices": commands_in(notify_commands),
    "比对和填报 comparisons and figures": commands_in(comparison_commands, figure_commands),
}
YES_OR_NO = {
    **dict.fromkeys(("是", "有", "yes", "y", "true", "1"), True),
    **dict.fromkeys(("否", "无", "没有", "no", "n", "false", "0"), False),
}
_ON = "on"
_LOT = 200
_DIGITS = 12
_SHOWN = 12
"""Of what a command brought about: with a register whose days were not turned for long, it may be hundreds."""


def _is_today(kind: type[Command]) -> bool:
    """Whether the day is today where it is left out."""
    return _ON in kind.model_fields and kind.DECLARED.is_today


def name_of_command(kind: type[Command]) -> str:
    """As it is typed."""
    return kind.NAME.replace("_", "-")


@dataclass(frozen=True)
class FieldGiven:
    """A field of a command as an option: how it is typed, what it says of itself, how what was typed is read."""

    kind: type[Command]
    name: str
    schema: Mapping[str, Any]
    models: Mapping[str, Any]

    @property
    def option(self) -> str:
        """As it is typed."""
        return f"--{self.name.replace('_', '-')}"

    @property
    def called(self) -> str:
        """走访方式 --mode."""
        return f"{title_of(self.name, self.schema)} {self.option}"

    @cached_property
    def choices(self) -> list[str]:
        """The words that may be chosen."""
        return choices_of(self.schema, self.models)

    @cached_property
    def types(self) -> set[str]:
        """The JSON types and formats that it may have."""
        parts = [self._resolved(one) for one in (self.schema, *self.schema.get("anyOf", ()))]
        parts += [self._resolved(part["items"]) for part in parts if "items" in part]
        return {str(part[key]) for part in parts for key in ("type", "format") if key in part}

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        return self.models.get(str(schema.get("$ref", "")).rpartition("/")[2], schema)

    @property
    def is_list(self) -> bool:
        """Whether it is given as often as there are things."""
        return "array" in self.types

    @property
    def may_be_none(self) -> bool:
        """Whether it is a list that must be there: given not once, it is empty."""
        return self.is_list and self.kind.model_fields[self.name].is_required()

    @property
    def metavar(self) -> str:
        """What stands for a value in the help."""
        for found, shown in (
            ("object", "JSON"),
            ("boolean", "是|否"),
            ("date", "YYYY-MM-DD"),
            ("integer", "NUMBER"),
            ("number", "NUMBER"),
        ):
            if found in self.types:
                return shown
        return "WORD" if self.choices else "TEXT"

    @property
    def help(self) -> str:
        """Its name on the form, what it means, and what it is where it is left out."""
        declared = self.kind.DECLARED
        told = f"{title_of(self.name, self.schema)}：{described(self.name, self.schema, self.models)}"
        if self.is_list:
            told += "; 可重复填写 may be repeated"
        if self.name == declared.makes:
            return f"{told}（默认 default: 自动编号 one is made）"
        if self.name == _ON and _is_today(self.kind):
            return f"{told}（默认 default: 今天 today）"
        if self.may_be_none and not self.schema.get("minItems"):
            return f"{told}（默认 default: 无 none）"
        if self.kind.model_fields[self.name].is_required():
            return f"{told}（必填 required）"
        default = self.schema.get("default")
        return f"{told}（默认 default: {self._shown(default)}）" if default not in (None, "", []) else told

    def _shown(self, value: Any) -> str:
        if isinstance(value, bool):
            return "是 yes" if value else "否 no"
        return f"{chinese(value)} {value}" if value in self.choices else str(value)

    def read(self, typed: Any) -> Any:
        """What was typed, as JSON has it; what cannot be read is left for the command to refuse."""
        if not self.is_list:
            return self._one(typed)
        found = [self._one(part) for part in typed]
        return [one for part in found for one in (part if isinstance(part, list) else [part])]

    def _one(self, typed: str) -> Any:
        if "object" in self.types:
            return _json_of(typed, self.called)
        if "boolean" in self.types:
            if (word := typed.strip().lower()) not in YES_OR_NO:
                raise typer.BadParameter(f"{self.called}: 请填 是 或 否 / yes or no")
            return YES_OR_NO[word]
        if "integer" in self.types and typed.strip().isdecimal():
            return int(typed)
        return {chinese(word): word for word in self.choices}.get(typed.strip(), typed)

    def parameter(self) -> Parameter:
        """As typer takes it."""
        annotation = list[str] if self.is_list else str
        option = typer.Option(
            self.option, help=self.help, metavar=self.metavar, autocompletion=self._completed()
        )
        return Parameter(
            self.name, Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[annotation | None, option]
        )

    def _completed(self) -> Callable[[str], list[tuple[str, str]]] | None:
        words = {word: chinese(word) for word in self.choices}
        if "boolean" in self.types:
            words = {"yes": "是", "no": "否"}

        def complete(incomplete: str) -> list[tuple[str, str]]:
            return [(word, said) for word, said in words.items() if word.startswith(incomplete)]

        return complete if words else None


@lru_cache
def fields_of_command(kind: type[Command]) -> tuple[FieldGiven, ...]:
    """Its fields, those first that must be given."""
    schema = kind.model_json_schema(mode="validation")
    models = schema.get("$defs", {})
    fields = [FieldGiven(kind, name, one, models) for name, one in schema["properties"].items()]
    return tuple(sorted(fields, key=lambda field: not kind.model_fields[field.name].is_required()))


KEY = typer.Option(
    "--key",
    metavar="TEXT",
    help="重发编号：同一编号再次登记不会重复 / the same again under the same key is recorded once"
    "（默认 default: 自动编号 one is made）",
)
BODY = typer.Option(
    "--json",
    metavar="FILE|-",
    help="内容文件：一个 JSON 对象，或每行一个；- 为标准输入；其中没有的项目用其他选项的 /"
    " one JSON object, or one a line; - is standard input; options give what it lacks",
)


def _callback(kind: type[Command]) -> Callable[..., None]:
    """What typer calls; its parameters are the command's fields."""

    def take(key: str | None, body: str | None, **typed: Any) -> None:
        given = {
            field.name: field.read(typed[field.name] if typed[field.name] is not None else [])
            for field in fields_of_command(kind)
            if typed[field.name] not in (None, []) or (body is None and field.may_be_none)
        }
        Recording(kind, key, given).run(body)

    own = [
        Parameter(
            "key",
            Parameter.KEYWORD_ONLY,
            default=None,
            annotation=Annotated[str | None, KEY],
        ),
        Parameter(
            "body",
            Parameter.KEYWORD_ONLY,
            default=None,
            annotation=Annotated[str | None, BODY],
        ),
    ]
    parameters = [*(field.parameter() for field in fields_of_command(kind)), *own]
    vars(take)["__signature__"] = Signature(parameters)
    take.__annotations__ = {one.name: one.annotation for one in parameters}
    return take


class Recording:
    """One use of `shouwang record …`."""

    def __init__(self, kind: type[Command], key: str | None, given: Body) -> None:
        self._kind = kind
        self._declared = kind.DECLARED
        self._key = key or uuid4().hex[:_DIGITS]
        self._is_key_made = key is None
        self._given = given

    def run(self, file: str | None) -> None:
        """Records one, or many from a file; ends with 1 where something was refused."""
        bodies = None if file is None else _bodies_of(file)
        if isinstance(bodies, list):
            self._many(bodies)
        else:
            self._one(bodies or {})

    def _command(self, body: Body, key: str) -> Command:
        """The command of a body; what it lacks is taken from the options, made, or today's."""
        made: Body = {}
        if self._declared.makes:
            made[self._declared.makes] = _id_of(self._declared.makes, key)
        if _is_today(self._kind):
            made[_ON] = datetime.now(SHANGHAI).date().isoformat()
        return self._kind.model_validate_json(json.dumps(made | self._given | body))

    def _asked(self, command: Command, key: str) -> Asked:
        return Asked(command, datetime.now(SHANGHAI), command.key or f"request:{key}", key, asked_as=key)

    def _one(self, body: Body) -> None:
        with house_at_work() as house:
            try:
                command = self._command(_meant(house, self._given | body), self._key)
            except ValidationError as error:
                _malformed(self._kind, error)
            after = sizes(house)
            asked = self._asked(command, self._key)
            [answer] = ask_many(house, [asked])
            house.settle()
            self._say_key()
            console.print(self._said(command, answer))
            self._say_what_came(command, came_of(house, asked, after))
        raise typer.Exit(0 if _is_done(answer) else 1)

    def _many(self, bodies: Sequence[Body | str]) -> None:
        refused = 0
        numbered = list(enumerate(bodies, 1))
        lots = [numbered[begin : begin + _LOT] for begin in range(0, len(numbered), _LOT)]
        self._say_key()
        with house_at_work() as house:
            for lot in lots:
                for number, told, is_done in self._answers(house, lot):
                    refused += not is_done
                    console.print(f"第 {number} 条: {told}")
        console.print(f"共 {len(bodies)} 条，不予受理 refused: {refused}")
        raise typer.Exit(1 if refused else 0)

    def _answers(
        self, house: House, lot: Sequence[tuple[int, Body | str]]
    ) -> Iterator[tuple[int, str, bool]]:
        """Of each: its number, what is said, whether it was taken; one that cannot be read is refused by itself."""
        asked: dict[int, Asked] = {}
        faulty: dict[int, str] = {}
        for number, body in lot:
            key = f"{self._key}:{number}"
            try:
                whole = _meant(house, self._given | _whole(body))
                asked[number] = self._asked(self._command(whole, key), key)
            except ValidationError as error:
                faulty[number] = _faults_in(self._kind, error)
            except typer.BadParameter as error:
                faulty[number] = error.message
        answers = dict(zip(asked, ask_many(house, list(asked.values())), strict=True))
        for number, _ in lot:
            if number in faulty:
                yield number, f"{REFUSED}{faulty[number]}", False
            else:
                answer = answers[number]
                yield number, self._said(asked[number].command, answer), _is_done(answer)

    def _said(self, command: Command, answer: Answer) -> str:
        """已登记 recorded: 走访登记 visit V1."""
        if not _is_done(answer):
            return f"{REFUSED}{answer.advice}"
        summary = self._declared.summary.partition(" / ")[0]
        named = self._declared.makes or self._declared.about
        whom = str(getattr(command, named, "")) if named else ""
        word = {
            Outcome.REPEAT: "此前已登记 recorded before",
            Outcome.WAITING: "已保存 kept",
        }.get(answer.outcome, "已登记 recorded")
        more = f"; {answer.advice}" if answer.advice else ""
        return as_one_line(f"{word}: {summary} {whom}{more}")

    def _say_what_came(self, command: Command, lines: Sequence[HistoryLine]) -> None:
        """What it recorded, then what that brought about."""
        left = self._declared.left
        topics = (left.topic, *left.also) if left else ()
        recorded = [line for line in lines if line.said_of[0] in topics]
        brought = [line for line in lines if line.said_of[0] not in topics]
        for line in recorded:
            _say(line)
        if brought:
            console.print(Line(("由此 and so:", "bold")))
        for line in brought[:_SHOWN]:
            _say(line)
        if len(brought) > _SHOWN:
            whom = str(getattr(command, self._declared.about, ""))
            console.print(f"  ……另有 {len(brought) - _SHOWN} 条 more; 全部 all of it:")
            console.print(f"  {pasteable('history', whom)}", soft_wrap=True)

    def _say_key(self) -> None:
        """By which it can be given again, where it was made here."""
        if self._is_key_made:
            errors.print(f"重发时加 to give it again add: --key {self._key}", style="dim", soft_wrap=True)


def _meant(house: House, body: Body) -> Body:
    """Whoever is named is taken by their id."""
    return {
        name: meant(house, name, value) if isinstance(value, str) else value for name, value in body.items()
    }


def _is_done(answer: Answer) -> bool:
    """Taken, and not refused by a rule that recorded its refusal."""
    return answer.is_taken and not answer.is_recorded


def _say(line: HistoryLine) -> None:
    console.print(Entry("", line.says.chinese, (line.says.english, "dim"), left=0))


def _id_of(field: str, key: str) -> str:
    """The same under the same key."""
    return f"{field[0].upper()}-{sha256(key.encode()).hexdigest()[:_DIGITS]}"


def _bodies_of(file: str) -> Body | list[Body | str]:
    """One body, or one a line; a line that is no JSON object stays as it is."""
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        told = f"无法读取文件，应为 UTF-8 的 JSON / cannot be read, JSON in UTF-8 is wanted: {file}"
        raise typer.BadParameter(told) from error
    try:
        whole: object = json.loads(text)
    except ValueError:
        return [_object_or_text(line) for line in text.splitlines() if line.strip()]
    if isinstance(whole, list):
        return [one if isinstance(one, dict) else json.dumps(one) for one in cast("list[Any]", whole)]
    if not isinstance(whole, dict):
        raise typer.BadParameter(f"应为 JSON 对象 / a JSON object is wanted: {file}")
    return cast("Body", whole)


def _object_or_text(line: str) -> Body | str:
    try:
        found: object = json.loads(line)
    except ValueError:
        return line
    return cast("Body", found) if isinstance(found, dict) else line


def _whole(body: Body | str) -> Body:
    if isinstance(body, str):
        raise typer.BadParameter("应为 JSON 对象 / a JSON object is wanted")
    return body


def _json_of(typed: str, called: str) -> Any:
    try:
        return json.loads(typed)
    except ValueError as error:
        raise typer.BadParameter(f"{called}: 应为 JSON / JSON is wanted: {error}") from error


def _faults_in(kind: type[Command], error: ValidationError) -> str:
    """Every fault by its option's name."""
    called = {field.name: field.called for field in fields_of_command(kind)}

    def told(fault: Fault) -> str:
        name, _, rest = fault.field.partition(".")
        where = called.get(name, fault.name)
        place = f"第 {int(rest) + 1} 项" if rest.isdecimal() else rest
        return f"{f'{where} {place}'.strip()}: {fault.message}"

    return "; ".join(told(fault) for fault in faults_of(error, kind))


def _malformed(kind: type[Command], error: ValidationError) -> NoReturn:
    raise typer.BadParameter(f"请更正 correct: {_faults_in(kind, error)}") from error


class Built(Mapping[str, Any]):
    """The commands, each built when it is asked for: most uses of `shouwang` ask for none."""

    def __init__(self, kinds: Sequence[type[Command]]) -> None:
        self._kinds = {name_of_command(kind): kind for kind in kinds}
        self._built: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._built:
            self._built[name] = _build(name, self._kinds[name])
        return self._built[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._kinds)

    def __len__(self) -> int:
        return len(self._kinds)


def _build(name: str, kind: type[Command]) -> Any:
    chinese_summary, _, english = kind.DECLARED.summary.partition(" / ")
    callback = _callback(kind)
    info = CommandInfo(name, cls=Leaf, callback=callback, help=f"{chinese_summary}\n\n{english}")
    return get_command_from_info(info, pretty_exceptions_short=False, rich_markup_mode=None)


class RecordGroup(Group):
    """`shouwang record`: its commands are the services' declarations."""

    def __init__(self, **asked: Any) -> None:
        super().__init__(**asked)
        self.commands = cast("Any", Built([kind for kinds in GROUPS.values() for kind in kinds]))

    def parts(self) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        """The commands by what they are of, each with what it does."""
        for title, kinds in GROUPS.items():
            yield title, [(name_of_command(kind), kind.DECLARED.summary) for kind in kinds]


app = App(
    "登记：一次走访、一次去世、一项需求……不经网页和 HTTP 直接登记\n\n"
    "Records a visit, a death, a need … without HTTP: every command that a service declares, by its fields",
    cls=RecordGroup,
)

"""Commands whose options come in groups.

A group is a frozen dataclass. Each field is an option: its type is annotated with `typer.Option`.
A command takes groups as its arguments, so that no command has twenty parameters, while typer sees
ordinary options.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Callable
from functools import wraps
from typing import Any, get_type_hints

import typer
from typer.core import TyperCommand, TyperGroup

from dedup.cli.plain_values import without_checker

#: The widest help text, in characters; wider lines are hard to read.
HELP_WIDTH = 100

#: Titles of arguments and options that no group names.
ARGUMENTS, OTHERS = "Arguments", "Help"


#: What pydantic, with which typer checks values, puts before a message.
CHECKER_PREFIX = "Value error, "

#: The type that typer writes after the name of an argument, such as `<list[str]>`.
ARGUMENT_TYPE = re.compile(r" <(list\[)?str\]?>$")


class UsageError(Exception):
    """The command line contradicts itself; the command ends with exit code 2."""


class _Contradiction(typer.BadParameter):
    """A UsageError as typer reports it: no single value is at fault."""

    def format_message(self) -> str:
        return self.message


def option_of(title: str, *flags: str, help: str, **more: Any) -> Any:
    """An option in the group `title`; its default is said in its help text."""
    return typer.Option(*flags, help=help, rich_help_panel=title, show_default=False, **more)


def command(*examples: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a function a command: its docstring is the help text, which ends with the examples.

    An argument of the function that is a dataclass becomes one option for each of its fields.
    """

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        parameters, groups = _flattened(function)

        @wraps(function)
        def call(**values: Any) -> None:
            grouped = {
                name: group(**{field.name: values.pop(field.name) for field in _fields(group)})
                for name, group in groups.items()
            }
            try:
                function(**grouped, **values)
            except UsageError as error:
                raise _Contradiction(str(error)) from None
            except OSError as error:  # of a path that was looked at before the work begins
                from dedup.cli.output import ERROR, say

                say(f"dedup: {error}")
                raise SystemExit(ERROR) from None

        call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        call.__annotations__ = {one.name: one.annotation for one in parameters}
        call.examples = examples  # type: ignore[attr-defined]
        return call

    return decorate


def _flattened(
    function: Callable[..., None],
) -> tuple[list[inspect.Parameter], dict[str, Callable[..., Any]]]:
    """The parameters that typer sees, and the groups by the name of their argument."""
    hints = get_type_hints(function, include_extras=True)
    parameters: list[inspect.Parameter] = []
    groups: dict[str, Callable[..., Any]] = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if not dataclasses.is_dataclass(hints[name]):
            parameters.append(
                parameter.replace(annotation=hints[name], kind=inspect.Parameter.KEYWORD_ONLY)
            )
            continue
        group = hints[name]
        groups[name] = group
        of_group = get_type_hints(group, include_extras=True)
        parameters += [
            inspect.Parameter(
                field.name,
                inspect.Parameter.KEYWORD_ONLY,
                default=_default(field),
                annotation=of_group[field.name],
            )
            for field in _fields(group)
        ]
    return parameters, groups


def _fields(group: Any) -> tuple[dataclasses.Field[Any], ...]:
    return dataclasses.fields(group)


def _default(field: dataclasses.Field[Any]) -> Any:
    missing = field.default is dataclasses.MISSING
    return inspect.Parameter.empty if missing else field.default


class Commands(TyperGroup):
    """The commands of the program or of a store."""

    def get_params(self, ctx: Any) -> list[Any]:
        """The options before the command."""
        return without_checker(self.callback, super().get_params(ctx))


class GroupedHelp(TyperCommand):
    """A command whose help shows the options in their groups, and then the examples."""

    examples: tuple[str, ...] = ()

    def get_params(self, ctx: Any) -> list[Any]:
        """The options and arguments."""
        return without_checker(self.callback, super().get_params(ctx))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Check the values; the message about a wrong one begins with the value."""
        try:
            return super().parse_args(ctx, args)
        except typer.BadParameter as error:
            error.message = error.message.removeprefix(CHECKER_PREFIX)
            raise

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """The arguments of the line of usage; optional ones are in brackets."""
        return [piece.strip("{}") for piece in super().collect_usage_pieces(ctx)]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the arguments and the groups of options in the order of the command's arguments."""
        formatter.width = min(formatter.width, HELP_WIDTH)
        for title, rows in self.sections(ctx).items():
            with formatter.section(title):
                formatter.write_dl([(first, second) for first, second, _ in rows])

    def sections(self, ctx: Any) -> dict[str, list[tuple[str, str, Any]]]:
        """Title of a group -> how each option is written, its help text, and the option itself."""
        sections: dict[str, list[tuple[str, str, Any]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is None:
                continue
            title = ARGUMENTS if parameter.param_type_name == "argument" else OTHERS
            title = getattr(parameter, "rich_help_panel", None) or title
            written, text = record
            sections.setdefault(title, []).append((ARGUMENT_TYPE.sub("", written), text, parameter))
        return sections

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the examples, each on a line of its own."""
        examples = getattr(self.callback, "examples", ())
        if examples:
            formatter.write("\nExamples:\n" + "".join(f"  {line}\n" for line in examples))

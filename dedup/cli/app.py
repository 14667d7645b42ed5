"""The commands and how one is chosen.

`COMMANDS` is the dispatch table. Each command is a module of its own that holds `DESCRIPTION` (its
help text), `EXAMPLES`, `declare(parser)`, which adds its arguments, and `run(options)`.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType
from typing import NamedTuple

from dedup.cli.parser import Parser, UsageError, suggestion


class Command(NamedTuple):
    """A command: its words on the command line, its module, and what it does in one line."""

    name: str
    module: str
    summary: str


#: All commands, in the order in which help lists them.
COMMANDS = (
    Command("report", "dedup.cli.report", "Find copies: which items are kept, which are removed."),
    Command("pairs", "dedup.cli.pairs", "List every related pair with its scores."),
    Command("explain", "dedup.cli.explain", "Explain why two items are related as they are."),
    Command("items", "dedup.cli.items", "Show what is read from the inputs."),
    Command("update", "dedup.cli.update", "Add new items to a store: the nightly job."),
    Command("find", "dedup.cli.find", "Find what a store holds that matches a text."),
    Command("store info", "dedup.cli.store.info", "Show what a store holds, and its settings."),
    Command("store check", "dedup.cli.store.check", "Check a store against its own texts."),
    Command("store forget", "dedup.cli.store.forget", "Delete items from a store for good."),
    Command("store compact", "dedup.cli.store.compact", "Give unused space of a store back."),
    Command("completion", "dedup.cli.completion", "Print a completion script for a shell."),
)

#: What every exit code means.
EXIT_CODES = (
    "Exit codes: 0 done, 1 error, 2 wrong usage, 3 done but some records were skipped "
    "(0 instead of 3 with --ok-skipped)."
)

OVERVIEW = (
    "Find the copies in a news corpus, keep one of each, and say why each of the others is removed."
)


def run_command(arguments: Sequence[str]) -> None:
    """Run the command that the arguments name. Exits with the codes of `EXIT_CODES`."""
    command, rest = choose(arguments)
    if command is None:
        return
    module = import_module(command.module)
    parser = parser_of(command, module)
    options = parser.parse(rest)
    try:
        module.run(options)
    except UsageError as error:
        parser.error(str(error))


def choose(arguments: Sequence[str]) -> tuple[Command | None, Sequence[str]]:
    """The command and its own arguments; None if help or the version was all that was asked."""
    first, second = (*arguments, "", "")[:2]
    if first in ("-h", "--help"):
        print(overview(""))
        return None, ()
    if first == "--version":
        from dedup.cli.version import describe

        print(describe())
        return None, ()
    group = f"{first} "
    if first and any(command.name.startswith(group) for command in COMMANDS):
        if second in ("-h", "--help"):
            print(overview(group))
            return None, ()
        return _named(f"{first} {second}".strip(), group, arguments[2:])
    return _named(first, "", arguments[1:])


def _named(name: str, group: str, rest: Sequence[str]) -> tuple[Command, Sequence[str]]:
    for command in COMMANDS:
        if command.name == name:
            return command, rest
    known = [command.name for command in COMMANDS if command.name.startswith(group)]
    known += [] if group else ["store"]
    if not name or name == group.strip():
        sys.stderr.write(overview(group) + "\n")
    elif name.startswith("-"):
        options = ("--help", "--version")
        _complain(f"there is no option {name}{suggestion(name, options)}", group)
    else:
        _complain(f"there is no command {name!r}{suggestion(name, known)}", group)
    sys.exit(2)


def _complain(message: str, group: str) -> None:
    prog = f"dedup {group}".strip()
    end = "" if message.endswith("?") else "."
    sys.stderr.write(f"dedup: {message}{end}\nType '{prog} --help' to see what there is.\n")


def parser_of(command: Command, module: ModuleType | None = None) -> Parser:
    """The parser of a command."""
    module = module or import_module(command.module)
    parser = Parser(f"dedup {command.name}", module.DESCRIPTION, module.EXAMPLES)
    module.declare(parser)
    return parser


def overview(group: str) -> str:
    """The help text that lists all commands, or those of a group such as `store `."""
    listed = [
        (command.name.removeprefix(group), command.summary)
        for command in COMMANDS
        if command.name.startswith(group)
    ]
    if not group:
        of_store = [name.removeprefix("store ") for name, _ in listed if name.startswith("store ")]
        rows = [row for row in listed if " " not in row[0]]
        rows.insert(-1, ("store", f"Look after a store: {', '.join(of_store)}."))
        listed = rows
    width = max(len(name) for name, _ in listed)
    lines = [
        textwrap.fill(f"{name:<{width}}  {summary}", 80, subsequent_indent=" " * (width + 2))
        for name, summary in listed
    ]
    prog = f"dedup {group}".strip()
    parts = [
        f"Usage: {prog} COMMAND ...",
        "Commands:\n" + textwrap.indent("\n".join(lines), "  "),
    ]
    if not group:
        parts.insert(1, textwrap.fill(OVERVIEW, 80))
        parts.append("Options:\n  -h, --help  Show this text.\n  --version   Show versions.")
        parts.append(textwrap.fill(EXIT_CODES, 80))
    parts.append(f"Type '{prog} COMMAND --help' for the options and examples of a command.")
    return "\n\n".join(parts)

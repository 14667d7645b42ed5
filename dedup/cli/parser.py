"""The argument parser of a command: help in groups, messages in sentences, typos named."""

from __future__ import annotations

import argparse
import difflib
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NoReturn

#: What a parsed command line is.
Options = argparse.Namespace

#: Where the explanations of options begin in help texts.
HELP_COLUMN = 26

#: The widest help text, in characters; wider lines are hard to read.
HELP_WIDTH = 100


class UsageError(Exception):
    """The command line contradicts itself; the command ends with exit code 2."""


class Parser(argparse.ArgumentParser):
    """The parser of one command.

    `description` is its help text, `examples` are command lines that follow the options. Options
    are added to groups (`add_argument_group`), so that help shows what belongs together.
    """

    def __init__(self, prog: str, description: str, examples: Iterable[str] = ()) -> None:
        super().__init__(
            prog=prog,
            description=description,
            epilog=_epilog(examples),
            formatter_class=_HelpText,
            allow_abbrev=False,
            add_help=False,
        )
        self._positionals.title = "Arguments"

    def parse(self, arguments: Sequence[str]) -> Options:
        """The options of a command line. Prints a message and exits with 2 if it is wrong."""
        self.add_argument_group("Help").add_argument(
            "-h", "--help", action="help", help="Show this text."
        )
        options, unknown = self.parse_known_intermixed_args(list(arguments))
        if unknown:
            self._refuse(unknown)
        return options

    def error(self, message: str) -> NoReturn:
        """Print a message about the command line, and exit with code 2."""
        sys.stderr.write(f"{self.prog}: {_sentence(message)}\n")
        sys.stderr.write(f"Type '{self.prog} --help' to see what it takes.\n")
        sys.exit(2)

    def arguments(self) -> Iterator[tuple[str, list[argparse.Action]]]:
        """The groups of arguments in the order of the help text: title and arguments."""
        for group in self._action_groups:
            actions = [action for action in group._group_actions if action.dest != "help"]
            if actions:
                yield group.title or "", actions

    def format_help(self) -> str:
        """The whole help text."""
        return f"Usage: {self.format_usage()}\n{super().format_help()}"

    def format_usage(self) -> str:
        """The usage line, which names the arguments and leaves the options to their groups."""
        named = [action for action in self._actions if not action.option_strings]
        required = [action for action in self._actions if action.option_strings and action.required]
        parts = [
            self.prog,
            *(_written(action) for action in named),
            *(f"{action.option_strings[-1]} {action.metavar}" for action in required),
            "[OPTIONS]",
        ]
        return " ".join(parts) + "\n"

    def _refuse(self, unknown: list[str]) -> NoReturn:
        flags = [word.partition("=")[0] for word in unknown if word.startswith("-") and word != "-"]
        if not flags:
            self.error(f"it does not know what to do with {unknown[0]!r}")
        known = [flag for action in self._actions for flag in action.option_strings]
        self.error(f"there is no option {flags[0]}{suggestion(flags[0], known)}")


def suggestion(word: str, known: Iterable[str]) -> str:
    """`; did you mean X?` if a known word is much like this one, else an empty text."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]}?" if close else ""


def _written(action: argparse.Action) -> str:
    """An argument in a usage line."""
    name = str(action.metavar or action.dest)
    name = name if action.nargs in (None, "?") else f"{name}..."
    return f"[{name}]" if action.nargs in ("?", "*") and not action.required else name


def _epilog(examples: Iterable[str]) -> str:
    lines = [f"    {line}" for line in examples]
    return "\n".join(["Examples:", *lines]) if lines else ""


def _sentence(message: str) -> str:
    """A message of argparse in the words of this program."""
    message = re.sub(r"^argument (?:-\w/)?(\S+): ", r"\1: ", message)
    message = re.sub(r"expected (one|at least one) argument$", "a value is missing", message)
    message = re.sub(r"^the following arguments are required: (.*)$", r"give \1", message)
    return message if message.endswith(("?", ".")) else message + "."


class _HelpText(argparse.RawDescriptionHelpFormatter):
    """Help at the terminal's width: paragraphs are filled, indented lines stay as they are."""

    def __init__(self, prog: str, **more: Any) -> None:
        super().__init__(prog, max_help_position=HELP_COLUMN, **more)
        self._width = min(self._width, HELP_WIDTH)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        paragraphs = re.split(r"\n\s*\n", text.strip("\n"))
        return "\n\n".join(
            paragraph
            if "\n    " in f"\n{paragraph}"
            else textwrap.fill(" ".join(paragraph.split()), width)
            for paragraph in paragraphs
        )

    def _format_usage(self, usage: Any, actions: Any, groups: Any, prefix: Any) -> str:
        return ""  # `Parser.format_help` writes a shorter one

    def _format_action_invocation(self, action: argparse.Action) -> str:
        if not action.option_strings:
            return str(action.metavar or action.dest)
        flags = ", ".join(action.option_strings)
        if action.nargs == 0 or isinstance(action, argparse.BooleanOptionalAction):
            return flags.replace(", --no-", " | --no-")
        return f"{flags} {action.metavar or action.dest.upper()}"

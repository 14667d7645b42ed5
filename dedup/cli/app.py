"""The commands and what is common to them.

`COMMANDS` is the dispatch table: the words of a command and the function that does it. A new
command is a module beside this one, with a function that `dedup.cli.groups.command` decorates, and
a line in the table.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Annotated

import typer

from dedup.cli.groups import HELP_WIDTH, Commands, GroupedHelp

#: A command: its words, module and function.
Command = tuple[str, str, str]

#: All commands in the order in which help lists them.
COMMANDS: tuple[Command, ...] = (
    ("report", "dedup.cli.report", "run_report"),
    ("pairs", "dedup.cli.pairs", "run_pairs"),
    ("show", "dedup.cli.show", "run_show"),
    ("filter", "dedup.cli.filter", "run_filter"),
    ("explain", "dedup.cli.explain", "run_explain"),
    ("evaluate", "dedup.cli.evaluate", "run_evaluate"),
    ("items", "dedup.cli.items", "run_items"),
    ("update", "dedup.cli.update", "run_update"),
    ("find", "dedup.cli.find", "run_find"),
    ("store info", "dedup.cli.store.info", "run_store_info"),
    ("store check", "dedup.cli.store.check", "run_store_check"),
    ("store backup", "dedup.cli.store.exchange", "run_store_backup"),
    ("store export", "dedup.cli.store.exchange", "run_store_export"),
    ("store import", "dedup.cli.store.exchange", "run_store_import"),
    ("store upgrade", "dedup.cli.store.upgrade", "run_store_upgrade"),
    ("store keep", "dedup.cli.store.reviews", "run_store_keep"),
    ("store remove", "dedup.cli.store.reviews", "run_store_remove"),
    ("store split", "dedup.cli.store.reviews", "run_store_split"),
    ("store forget", "dedup.cli.store.forget", "run_store_forget"),
    ("store compact", "dedup.cli.store.compact", "run_store_compact"),
)

#: What every exit code means.
EXIT_CODES = (
    "Exit codes: 0 done, 1 error, 2 wrong usage, 3 done but some records were skipped "
    "(0 instead of 3 with --ok-skipped), 4 nothing was removed because a limit was exceeded."
)

OVERVIEW = (
    "Find the copies in a news corpus, keep one of each, and say why each of the others is removed."
)

#: Settings of every command: its flags of help, and the width of help on a wide terminal.
HELP_FLAGS = {"help_option_names": ["-h", "--help"], "max_content_width": HELP_WIDTH}


def run_app() -> None:
    """Run the command that the command line names."""
    build_app(_named(sys.argv[1:]))()


def _named(arguments: list[str]) -> tuple[Command, ...]:
    """The command that the arguments name: to import and describe the others takes a while. All
    where they begin with none, for help and for messages."""
    if arguments == ["--version"]:
        return ()
    named = (one for one in COMMANDS if arguments[: len(one[0].split())] == one[0].split())
    return tuple(named) or COMMANDS


def build_app(commands: tuple[Command, ...] = COMMANDS) -> typer.Typer:
    """The application with these commands."""
    app = typer.Typer(
        name="dedup",
        cls=Commands,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings=HELP_FLAGS,
        help=OVERVIEW,
        epilog=f"Type dedup COMMAND --help for options and examples.\n\n{EXIT_CODES}",
    )
    store = typer.Typer(
        cls=Commands,
        no_args_is_help=True,
        rich_markup_mode=None,
        context_settings=HELP_FLAGS,
        help="Inspect, check, copy and change a store.",
    )
    app.callback()(_common)
    for words, module, function in commands:
        group, _, name = words.rpartition(" ")
        add = (store if group else app).command
        add(name, cls=GroupedHelp)(getattr(import_module(module), function))
    app.add_typer(store, name="store")
    return app


def _print_version(value: bool) -> None:
    if value:
        from dedup.cli.version import describe

        print(describe())
        sys.stdout.flush()
        raise typer.Exit


def _common(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_print_version,
            is_eager=True,
            help="Show the versions of the program, its index and its rules.",
        ),
    ] = False,
) -> None:
    pass

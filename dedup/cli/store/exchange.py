"""dedup store export, import, backup: copies of a store."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from dedup.cli import checks, options
from dedup.cli.groups import command


def _place(metavar: str, help: str) -> Any:
    return typer.Argument(metavar=metavar, help=help, show_default=False)


@command("dedup store export news.db news-2025-03-14/")
def run_store_export(
    of: options.StoreFile,
    folder: Annotated[str, _place("FOLDER", "The folder to write. It must not exist.")],
    format: options.SummaryFormat = options.AnswerFormat.table,
) -> None:
    """Write a store to a folder of Parquet files.

    The folder has a file for each table (items, decisions, clusters, pairs, groups and so on), and
    manifest.json with the checksums of the files. dedup store import makes the same store of it
    again. The folder is written completely or not at all.
    """
    from dedup.cli.output import errors_reported, print_summary

    with errors_reported():
        from dedup.store import Store

        with Store(of.file, create=False, wait=checks.seconds_to_wait(of.wait)) as store:
            exported = store.export(folder)
        print_summary(exported, format)


@command("dedup store import news-2025-03-14/ news.db")
def run_store_import(
    folder: Annotated[str, _place("FOLDER", "A folder that dedup store export has written.")],
    file: Annotated[str, _place("FILE", "The store to make. It must not exist.")],
    format: options.SummaryFormat = options.AnswerFormat.table,
) -> None:
    """Make a store of a folder that dedup store export has written.

    A folder with a missing or changed file is refused.
    """
    from pathlib import Path

    from dedup.cli.output import errors_reported, print_summary

    with errors_reported():
        from dedup.store import import_store
        from dedup.system.atomic import followed

        imported = import_store(Path(folder), followed(Path(file)))
        print_summary(imported, format)


@command("dedup store backup news.db backup/news-2025-03-14.db")
def run_store_backup(
    of: options.StoreFile,
    to: Annotated[str, _place("TO", "The file to write. It must not exist.")],
    format: options.SummaryFormat = options.AnswerFormat.table,
) -> None:
    """Copy a store to another file, also while a job is working on it.

    The copy is a store of one moment: without the job that is working, or with all that it has
    written. A plain copy of the file is not a backup, because a job changes the file while it is
    read, and because the last changes can stand in the log beside it.
    """
    from pathlib import Path

    from dedup.cli.output import errors_reported, print_summary

    with errors_reported():
        from dedup.errors import StoreError
        from dedup.store import back_up
        from dedup.system.atomic import followed
        from dedup.system.parallel import cores

        if not Path(of.file).is_file():
            raise StoreError(f"{of.file}: there is no such store")
        backup = back_up(followed(Path(of.file)), followed(Path(to)), cores())
        print_summary(backup, format)

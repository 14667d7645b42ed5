"""dedup store keep, remove, split: an editor's word about the items of a store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from dedup.cli import checks, options, values
from dedup.cli.groups import command


def _option(flag: str, metavar: str, help: str, **more: Any) -> Any:
    return typer.Option(
        flag,
        metavar=metavar,
        help=help,
        parser=values.readable,
        rich_help_panel="Review",
        show_default=False,
        **more,
    )


def _item(help: str) -> Any:
    return typer.Argument(metavar="ID", help=help, parser=values.readable, show_default=False)


@dataclass(frozen=True, kw_only=True)
class Reviewer:
    """Who decides, and why."""

    by: Annotated[str, _option("--by", "NAME", "Who decided this, for the history.")] = ""
    reason: Annotated[str, _option("--reason", "TEXT", "Why, for the history.")] = ""


@command("dedup store keep news.db article-17 --by 'A. Editor' --reason 'another event'")
def run_store_keep(
    of: options.StoreFile,
    id: Annotated[str, _item("The item to keep.")],
    reviewer: Reviewer,
    format: options.SummaryFormat = options.AnswerFormat.table,
) -> None:
    """Keep an item, whatever the rules say.

    If it was removed, it is kept again, and the next update writes it to its --kept file. It is
    not removed later, even if it comes with another text.
    """
    from dedup.store.reviews import Review

    _review(of, Review("keep", id, "", reviewer.by, reviewer.reason), format)


@command("dedup store remove news.db article-18 --for article-17 --by 'A. Editor'")
def run_store_remove(
    of: options.StoreFile,
    id: Annotated[str, _item("The item to remove.")],
    kept: Annotated[str, _option("--for", "ID", "The kept item because of which it is removed.")],
    reviewer: Reviewer,
    format: options.SummaryFormat = options.AnswerFormat.table,
) -> None:
    """Remove an item because of another one, which is kept.

    Items that were removed because of the first are removed because of the second, if they are
    related to it; otherwise they are kept. The decision holds for the texts as they are now.
    """
    from dedup.store.reviews import Review

    _review(of, Review("remove", id, kept, reviewer.by, reviewer.reason), format)


@command("dedup store split news.db article-17 article-18 --reason 'two different fires'")
def run_store_split(
    of: options.StoreFile,
    id: Annotated[str, _item("The first item.")],
    other: Annotated[str, _item("The second item.")],
    reviewer: Reviewer,
    format: options.SummaryFormat = options.AnswerFormat.table,
) -> None:
    """Record that two items are not copies of each other.

    Neither is removed because of the other, now or later. If one of them was, it is removed because
    of another kept item that it is related to; otherwise it is kept.
    """
    from dedup.store.reviews import Review

    _review(of, Review("split", id, other, reviewer.by, reviewer.reason), format)


def _review(of: options.StoreFile, review: Any, format: options.AnswerFormat) -> None:
    from dedup.cli.output import errors_reported, print_changes, print_summary

    with errors_reported():
        from dedup.store import Store

        with Store(of.file, create=False, wait=checks.seconds_to_wait(of.wait)) as store:
            (reviewed,) = store.review([review])
        if format is options.AnswerFormat.json:
            print_summary(reviewed, format)
        else:
            print_changes(f"recorded as run {reviewed.run}", reviewed)

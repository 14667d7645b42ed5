"""dedup explain: why two items are related as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from dedup.cli import options, values
from dedup.cli.groups import command

if TYPE_CHECKING:
    from dedup.results.explanation import Explanation
    from dedup.store.result import Recorded


@command(
    "dedup explain first.html second.html",
    "dedup explain article-17 article-94 --store news.db",
)
def run_explain(
    a: Annotated[str, typer.Argument(metavar="A", help="A file, or an id of the store.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Another file or id.")],
    store: options.StoreChoice,
    writing: options.WritingAnswer,
) -> None:
    """Explain why two items are related as they are.

    Shows the scores, the rule that decided, the passages that both share (marked in both texts),
    the numbers and names that only one of them has, and what was left out of the comparison.
    """
    form = options.format_of(writing)
    from dedup.cli.output import errors_reported, print_to, write_json

    with errors_reported():
        recorded: Recorded | None = None
        explanation: Explanation
        if store.store is not None:
            from dedup.store import Store

            options.check_output_paths([writing.output], store=store.store)
            wait = options.seconds_to_wait(store.wait)
            with Store(store.store, create=False, wait=wait) as opened:
                of_store = opened.explain(values.readable(a), values.readable(b))
            explanation, recorded = of_store, of_store.recorded
        else:
            from dedup.results.explanation import explain

            options.check_output_paths([writing.output], [a, b])
            explanation = explain(a, b)
        if form == "json":
            write_json(explanation, writing.output)
            return
        from dedup.views.explanation import print_explanation, print_recorded

        def show(file: TextIO) -> None:
            print_explanation(explanation, file)
            if recorded is not None:
                print_recorded(recorded, file)

        print_to(writing.output, show)

"""dedup explain: why two items are related as they are."""

from __future__ import annotations

from os.path import exists
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from dedup.cli import checks, options, values
from dedup.cli.groups import UsageError, command
from dedup.cli.reading import Reading

if TYPE_CHECKING:
    from dedup.results.explanation import Explanation
    from dedup.store.result import Recorded


@command(
    "dedup explain first.html second.html",
    "dedup explain article-17 article-94 crawl/",
    "dedup explain article-17 article-94 --store news.db",
    'dedup explain --text "The bridge is open." "The new bridge is open."',
)
def run_explain(
    a: Annotated[str, typer.Argument(metavar="A", help="A file, an id, or a text with --text.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Another file, id or text.")],
    reading: Reading,
    store: options.StoreChoice,
    writing: options.WritingAnswer,
    running: options.Running,
    text: Annotated[
        bool,
        typer.Option("--text", help="A and B are two texts.", rich_help_panel="Reading"),
    ] = False,
) -> None:
    """Explain why two items are related as they are.

    A and B are two files; or two ids of items among the inputs, which are then compared as dedup
    report compares them; or two ids of a store; or two texts. The answer is the scores, the rule
    that decided, the passages that both share (marked in both texts), the numbers and names that
    only one of them has, and what was not compared.
    """
    form = checks.format_of(writing)
    if (text, bool(reading.inputs), store.store is not None).count(True) > 1:
        raise UsageError("give only one of inputs, --store and --text")
    if store.store is None:
        checks.refuse(store, ("wait",), checks.OF_STORE)
    from dedup.cli.output import errors_reported, print_to, write_json

    with errors_reported():
        recorded: Recorded | None = None
        explanation: Explanation
        if store.store is not None:
            from dedup.store import Store

            checks.check_output_paths([writing.output], store=store.store)
            wait = checks.seconds_to_wait(store.wait)
            with Store(store.store, create=False, wait=wait) as opened:
                of_store = opened.explain(values.readable(a), values.readable(b))
            explanation, recorded = of_store, of_store.recorded
        else:
            explanation = _of_inputs(a, b, reading, writing, running, text)
        if form == "json":
            write_json(explanation, writing.output)
            return
        from dedup.views.explanation import print_explanation, print_recorded

        def show(file: TextIO) -> None:
            print_explanation(explanation, file)
            if recorded is not None:
                print_recorded(recorded, file)

        print_to(writing.output, show)


def _of_inputs(
    a: str,
    b: str,
    reading: Reading,
    writing: options.WritingAnswer,
    running: options.Running,
    texts: bool,
) -> Explanation:
    from dedup.api import explain
    from dedup.errors import InputError
    from dedup.system.escaping import visible

    how = reading.how()
    if texts:
        return explain(values.readable(a), values.readable(b), texts=True)
    if not reading.inputs:
        checks.check_output_paths([writing.output], [a, b])
        if not (exists(a) or exists(b)):  # a text may be too long for the name of a file
            raise InputError(
                f"{visible(a)} and {visible(b)}: no such files; give the inputs or the --store "
                "that hold items of these ids, or --text to compare two texts"
            )
        return explain(a, b)
    inputs = checks.check_paths(reading.required(), writing.output, quiet=running.quiet)
    one, other = values.readable(a), values.readable(b)
    return explain(one, other, inputs, reading=how, workers=running.workers)

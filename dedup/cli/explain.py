"""dedup explain: why two items are related as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from dedup.cli import options as shared
from dedup.cli import values
from dedup.cli.parser import Options, Parser

if TYPE_CHECKING:
    from dedup.results.explanation import Explanation
    from dedup.store.result import Recorded

DESCRIPTION = """
Explain why two items are related as they are: the scores, the rule that decided, the passages
that both share (marked in both texts), the numbers and names that only one of them has, and what
was left out of the comparison. A and B are two files, or two ids of a store.
"""

EXAMPLES = (
    "dedup explain first.html second.html",
    "dedup explain article-17 article-94 --store news.db",
)


def declare(parser: Parser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("a", metavar="A", help="A file, or an id of the store.")
    parser.add_argument("b", metavar="B", help="Another file or id.")
    shared.add_store(parser)
    shared.add_output(parser, shared.OBJECT_FORMATS)


def run(options: Options) -> None:
    """Print or write the explanation."""
    form = shared.format_of(options, shared.OBJECT_FORMATS)
    from dedup.cli.output import errors_reported, print_to, write_json

    with errors_reported():
        recorded: Recorded | None = None
        explanation: Explanation
        if options.store is not None:
            from dedup.store import Store

            shared.check_outputs([options.output], store=options.store)
            wait = shared.seconds_to_wait(options)
            with Store(options.store, create=False, wait=wait) as store:
                of_store = store.explain(values.readable(options.a), values.readable(options.b))
            explanation, recorded = of_store, of_store.recorded
        else:
            from dedup.results.explanation import explain

            shared.check_outputs([options.output], [options.a, options.b])
            explanation = explain(options.a, options.b)
        if form == "json":
            write_json(explanation, options.output)
            return
        from dedup.views.terminal import print_explanation, print_recorded

        def show(file: TextIO) -> None:
            print_explanation(explanation, file)
            if recorded is not None:
                print_recorded(recorded, file)

        print_to(options.output, show)

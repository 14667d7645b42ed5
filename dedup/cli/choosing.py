"""The options that say which items are kept and which are removed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

import typer

from dedup.cli import values
from dedup.cli.groups import UsageError


def _option(flag: str, help: str, **more: Any) -> Any:
    return typer.Option(flag, help=help, rich_help_panel="Choosing", show_default=False, **more)


class KeepChoice(StrEnum):
    """Which of several copies is kept."""

    earliest = "earliest"
    longest = "longest"
    latest = "latest"
    first = "first"


@dataclass(frozen=True, kw_only=True)
class Choosing:
    """Which items are kept and which are removed."""

    keep: Annotated[
        KeepChoice | None,
        _option(
            "--keep",
            help="Which of several copies is kept: the earliest, the longest, the latest, or the "
            "first in the order of the input. Default: earliest.",
        ),
    ] = None
    prefer: Annotated[
        str | None,
        _option(
            "--prefer",
            metavar="SOURCE,...",
            parser=values.sources,
            help="Sources whose items are kept before those of others, the most preferred first. "
            "@FILE reads them from a file, one on each line.",
        ),
    ] = None
    prefer_field: Annotated[
        str | None,
        _option(
            "--prefer-field",
            metavar="FIELD",
            help="A field of the records that holds a number. Items with a smaller number are "
            "kept before items with a greater one; items without a number come last. With "
            "--prefer, it decides only between items that --prefer treats alike.",
        ),
    ] = None
    prefer_over_length: Annotated[
        bool,
        _option(
            "--prefer-over-length",
            help="Let a preferred item take the place even of a longer one that holds all of it. "
            "Without this option both are kept.",
        ),
    ] = False
    remove: Annotated[
        str | None,
        _option(
            "--remove",
            metavar="RELATION,...",
            parser=values.relations,
            help="The relations by which an item can be removed. Default: "
            "identical,reprint,excerpt.",
        ),
    ] = None
    min_containment: Annotated[
        float | None,
        _option(
            "--min-containment",
            metavar="NUMBER",
            parser=values.number(0, 1),
            help="Remove no item by a pair whose containment is less than this. Default: 0.",
        ),
    ] = None
    min_jaccard: Annotated[
        float | None,
        _option(
            "--min-jaccard",
            metavar="NUMBER",
            parser=values.number(0, 1),
            help="Remove no item by a pair whose Jaccard similarity is less than this. Default: 0.",
        ),
    ] = None

    def asked(self) -> dict[str, Any]:
        """The settings that were given, by the names of `dedup.Settings`."""
        if self.prefer_over_length and not (self.prefer or self.prefer_field):
            raise UsageError(
                "--prefer-over-length needs a preference; give --prefer or --prefer-field"
            )
        given = {
            "keep": None if self.keep is None else self.keep.value,
            "prefer": self.prefer and tuple(self.prefer.split(",")),
            "prefer_field": self.prefer_field,
            "prefer_over_length": self.prefer_over_length or None,
            "remove": self.remove and tuple(dict.fromkeys(self.remove.split(","))),
            "min_containment": self.min_containment,
            "min_jaccard": self.min_jaccard,
        }
        return {name: value for name, value in given.items() if value}

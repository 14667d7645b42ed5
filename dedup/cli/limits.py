"""The options that say how much a run may remove on its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dedup.cli import values

if TYPE_CHECKING:
    from dedup.results.limits import Limits


def _option(flag: str, help: str, **more: Any) -> Any:
    return typer.Option(flag, help=help, rich_help_panel="Limits", show_default=False, **more)


@dataclass(frozen=True, kw_only=True)
class Limiting:
    """Beyond which limits a run removes nothing, and exits with code 4."""

    max_removed: Annotated[
        float | None,
        _option(
            "--max-removed",
            metavar="SHARE",
            parser=values.share,
            help="Remove nothing, and exit with 4, if more than this share of all items would "
            "be removed, such as 40%.",
        ),
    ] = None
    max_removed_source: Annotated[
        float | None,
        _option(
            "--max-removed-source",
            metavar="SHARE",
            parser=values.share,
            help="Remove nothing, and exit with 4, if more than this share of the items of one "
            "source would be removed. Sources with fewer than 20 items do not count.",
        ),
    ] = None
    max_cluster: Annotated[
        int | None,
        _option(
            "--max-cluster",
            metavar="NUMBER",
            parser=values.whole_number(2, 1_000_000_000),
            help="Remove nothing, and exit with 4, if a cluster would have more members than this.",
        ),
    ] = None

    def limits(self) -> Limits:
        """The limits that were given."""
        from dedup.results.limits import Limits

        return Limits(
            max_removed=self.max_removed,
            max_removed_source=self.max_removed_source,
            max_cluster=self.max_cluster,
        )

"""dedup store compact: give the space of what was deleted back to the disk."""

from __future__ import annotations

from dedup.cli import checks, options
from dedup.cli.groups import command


@command("dedup store compact news.db")
def run_store_compact(of: options.StoreFile) -> None:
    """Make the file of a store smaller after items were deleted.

    The file is written anew. The new file replaces the old one when it is complete.
    """
    from dedup.cli.output import errors_reported

    with errors_reported():
        from dedup.store import Store

        with Store(of.file, create=False, wait=checks.seconds_to_wait(of.wait)) as store:
            before, after = store.compact()
        print(f"{before:,} bytes before, {after:,} after")

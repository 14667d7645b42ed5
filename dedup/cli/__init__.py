"""The command line. Each command loads what it needs when it runs."""

from __future__ import annotations


def main() -> None:
    """Entry point of `dedup`."""
    from dedup.cli.app import run_app

    run_app()

"""The commands of a store: update, find, store info|check|forget|compact."""

from __future__ import annotations

from typing import Any


def add_commands(app: Any) -> None:
    """Add the store's commands to the application."""

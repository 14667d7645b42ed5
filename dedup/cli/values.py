"""Values of options: each is checked where it is given, and a wrong one exits with code 2."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import typer

from dedup.system.durations import UNIT_NAMES, parse_seconds


def readable(argument: str) -> str:
    """An argument that is a text. (The name of a file may be any bytes, a text may not.)"""
    return argument.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def whole_number(low: int, high: int) -> Callable[[str], int]:
    """A whole number from `low` to `high`."""

    def parse(argument: str) -> int:
        try:
            value = int(argument)
        except ValueError:
            value = low - 1
        if not low <= value <= high:
            raise typer.BadParameter(f"{argument!r} is not a whole number from {low} to {high}")
        return value

    return parse


def number(low: float, high: float) -> Callable[[str], float]:
    """A number from `low` to `high`."""

    def parse(argument: str) -> float:
        try:
            value = float(argument)
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            raise typer.BadParameter(f"{argument!r} is not a number from {low:g} to {high:g}")
        return value

    return parse


def share(argument: str) -> float:
    """A part of a whole, 0 to 1: `40%` or `0.4`."""
    text = argument.strip()
    percent = text.endswith("%")
    try:
        value = float(text.removesuffix("%")) / (100 if percent else 1)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise typer.BadParameter(f"{argument!r} is not a share such as 40% or 0.4")
    return value


def duration(unit: str, longest: str, *, zero: bool = False) -> Callable[[str], dt.timedelta]:
    """A time such as 90s, 30m, 72h, 30d or 4w; a number without a unit counts in `unit`.

    `zero`: no time at all is a time too.
    """
    most = parse_seconds(longest, unit) or 0.0

    def parse(argument: str) -> dt.timedelta:
        seconds = parse_seconds(argument, unit)
        if seconds is None or seconds > most or (not seconds and not zero):
            raise typer.BadParameter(
                f"{argument!r} is not a time of at most {longest}, such as 90s, 30m, 72h, 30d or "
                f"4w; a number without a unit counts {UNIT_NAMES[unit]}"
            )
        return dt.timedelta(seconds=seconds)

    return parse


def size(least: str) -> Callable[[str], str]:
    """A size in bytes such as 4GB or 500MB, `least` or more."""

    def parse(argument: str) -> str:
        from dedup.system.sizes import parse_size

        if parse_size(argument) < parse_size(least):
            raise typer.BadParameter(f"{argument!r} is not a size of at least {least}, such as 4GB")
        return argument

    return parse


def field_name(argument: str) -> str:
    """`text=body`, checked for its form."""
    field, equals, name = readable(argument).partition("=")
    if not equals or not field or not name:
        raise typer.BadParameter(f"{argument!r} does not have the form FIELD=NAME, as in text=body")
    return f"{field}={name}"


def relations(argument: str) -> str:
    """Relations by which an item may be removed, parted by commas."""
    from dedup.result import REMOVING

    wrong = [name for name in argument.split(",") if name not in REMOVING]
    if wrong:
        raise typer.BadParameter(f"{wrong[0]!r} is none of {', '.join(REMOVING)}")
    return argument


def sources(argument: str) -> str:
    """Sources parted by commas, or `@FILE` with one on each line."""
    text = readable(argument)
    if not text.startswith("@"):
        return text
    try:
        with open(text[1:], encoding="utf-8") as file:
            lines = [line.strip() for line in file]
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{text[1:]} cannot be read ({error})") from error
    return ",".join(line for line in lines if line)

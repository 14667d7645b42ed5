"""Where results and messages go, and with which exit code a command ends."""

from __future__ import annotations

import contextlib
import errno
import io
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from dedup.errors import DedupError, InputWarning, LimitExceeded, SettingsError
from dedup.result import Skipped
from dedup.system.atomic import write_atomic
from dedup.system.escaping import printable
from dedup.views.log_time import log_time

if TYPE_CHECKING:
    import pyarrow as pa

    from dedup.cli.reading import Reading

#: Exit codes beside 0 (done).
ERROR, USAGE, SKIPPED, ALARM = 1, 2, 3, 4

#: How many skipped records are named on stderr; the rest are counted.
SKIPS_NAMED = 20

#: Characters of a message, beyond which it is cut.
MESSAGE_WIDTH = 2000


def say(message: str) -> None:
    """Print a line on stderr, with the time unless that is a terminal.

    If stderr is closed or its disk is full, the work goes on.
    """
    with contextlib.suppress(OSError):
        line = log_time(sys.stderr) + printable(message, MESSAGE_WIDTH)
        print(line, file=sys.stderr, flush=True)


def end_with_skipped(skipped: list[Skipped], reading: Reading) -> None:
    """Name the skipped records (`tell_skipped`), and end the command with exit code 3 if there are
    any, unless `--ok-skipped` is given. Raises OutputError.
    """
    tell_skipped(skipped, reading)
    if skipped and not reading.ok_skipped:
        raise SystemExit(SKIPPED)


def tell_skipped(skipped: list[Skipped], reading: Reading) -> None:
    """Name the skipped records on stderr, and all of them in the file of `--skipped`.

    Raises OutputError.
    """
    ordered = sorted(skipped, key=lambda record: (record.input, record.line, record.reason))
    if reading.skipped is not None:
        lines = (json_line(record) for record in ordered)
        write_atomic(Path(reading.skipped), lines)
    for record in ordered[:SKIPS_NAMED]:
        say(str(record))
    if len(ordered) > SKIPS_NAMED:
        say(f"... and {len(ordered) - SKIPS_NAMED} more records skipped; --skipped FILE lists all")


def warn_of_uncut(uncut: list[Skipped]) -> None:
    """Name on stderr the kept records whose removed teasers were not taken out."""
    for record in uncut[:SKIPS_NAMED]:
        say(f"dedup: warning: {record}")
    if len(uncut) > SKIPS_NAMED:
        say(f"dedup: warning: ... and {len(uncut) - SKIPS_NAMED} more records keep their teasers")


def end_with_alarms(alarms: list[str], outcome: str) -> None:
    """Say which limits are exceeded and what was done, and end the command with exit code 4.

    Does nothing where no limit is exceeded.
    """
    if not alarms:
        return
    for alarm in alarms:
        say(f"dedup: {alarm}")
    say(f"dedup: nothing was removed: {outcome}")
    raise SystemExit(ALARM)


@contextlib.contextmanager
def errors_reported() -> Iterator[None]:
    """Turn an error of the program or of the system into one line and exit code 1.

    A wrong value of an option that only the settings or the readers notice ends with 2, as one that
    the command line notices itself.
    """
    warnings.simplefilter("always", InputWarning)
    warnings.showwarning = _say_warning
    try:
        try:
            yield
        finally:
            sys.stdout.flush()  # while a failure can still be reported
    except LimitExceeded as error:
        say(f"dedup: {error}")
        raise SystemExit(ALARM) from None
    except SettingsError as error:
        say(f"dedup: {error}")
        raise SystemExit(USAGE) from None
    except DedupError as error:
        say(f"dedup: {error}")
    except BrokenPipeError:
        pass
    except MemoryError:
        say("dedup: there is too little memory for this; give fewer inputs at once")
    except OSError as error:
        full = error.errno == errno.ENOSPC and error.filename is None
        where = (
            f" (the output's disk, or that of scratch files in {tempfile.gettempdir()}; TMPDIR "
            "names another place for them)"
        )
        say(f"dedup: {error}{where if full else ''}")
    else:
        return
    raise SystemExit(ERROR) from None


def _say_warning(message: Warning | str, category: type[Warning], *_: Any, **__: Any) -> None:
    """A warning as a line: what there is to know of an input, or what a library says."""
    say(f"dedup: {message}")


def json_line(value: Any) -> bytes:
    """A value as a line of JSON."""
    import msgspec

    return msgspec.json.encode(value) + b"\n"


def write_json(value: Any, output: str | None = None) -> None:
    """Write one value as indented JSON."""
    import msgspec

    write_bytes([msgspec.json.format(msgspec.json.encode(value)) + b"\n"], output)


def write_bytes(pieces: Iterable[bytes], output: str | None) -> None:
    """Write a result to standard output, or to a file that is replaced as a whole."""
    if output is None or output == "-":
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        return
    write_atomic(Path(output), pieces)


def write_tables(tables: Iterable[pa.Table], form: str, output: str | None) -> None:
    """Write tables of one schema as CSV, JSON lines or Parquet."""
    from dedup.views.records import WRITERS

    write_bytes(WRITERS[form](tables), output)


def print_to(output: str | None, printer: Callable[[TextIO], None]) -> None:
    """Print a table to standard output, or as plain text to a file."""
    if output is None or output == "-":
        printer(sys.stdout)
        return
    text = io.StringIO()
    printer(text)
    write_bytes([text.getvalue().encode()], output)


def print_changes(headline: str, changes: Any) -> None:
    """Print what a change of a store did to each item: a headline, then a line for each item.

    `changes` has some of the fields `removed`, `replaced`, `restored`, `moved` of
    `dedup.store.result`.
    """
    from dedup.views.tables import print_rows

    rows = [("removed", item, "", kept) for item, kept in getattr(changes, "removed", ())]
    rows += [
        ("kept in its place", new, old, "") for _, old, new in getattr(changes, "replaced", ())
    ]
    rows += [("kept again", item, "", "") for item in changes.restored]
    rows += [("removed because of another", item, old, new) for item, old, new in changes.moved]
    print(headline)
    if rows:
        print_rows(("change", "item", "instead of", "removed because of"), rows, sys.stdout)


def print_summary(value: Any, form: str) -> None:
    """Print the fields of a result object: a table, or JSON on one line.

    In the table the parts of a field have a line each.
    """
    from dedup.views.tables import print_rows

    if form == "json":
        write_bytes([json_line(value)], None)
        return
    fields = ((name, getattr(value, name)) for name in value.__struct_fields__)
    rows = [row for name, part in fields for row in _summary_rows(name, part)]
    print_rows(("what", "value"), rows, sys.stdout)


def _summary_rows(name: str, value: Any) -> Iterator[tuple[str, object]]:
    """The lines of a summary for one field."""
    import msgspec

    if isinstance(value, dict):
        for key, part in value.items():
            yield from _summary_rows(f"{name}.{key}" if key else name, part)
    elif isinstance(value, list | tuple):
        for part in value:
            plain = msgspec.to_builtins(part)
            texts = plain.values() if isinstance(plain, dict) else plain
            listed = isinstance(texts, str) or not isinstance(texts, Iterable)
            yield name, texts if listed else ", ".join(map(str, texts))
        if not value:
            yield name, "none"
    else:
        yield name, value

"""Where results and complaints go, and with which exit code."""

from __future__ import annotations

import contextlib
import errno
import io
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from dedup.errors import DedupError
from dedup.result import Skipped
from dedup.system.atomic import write_atomic
from dedup.system.escaping import printable

if TYPE_CHECKING:
    import pyarrow as pa

#: Exit codes, beside 0 done and typer's 2 usage: error; done but some records were skipped.
ERROR, SKIPPED = 1, 3

#: Skipped records named on stderr; the rest are counted.
NAMED = 20


def write_bytes(pieces: Iterable[bytes], output: str | None) -> None:
    """Write a result to standard output, or to a file that is replaced whole or not at all."""
    if output is None or output == "-":
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        return
    write_atomic(Path(output), pieces)


def tell(message: str) -> None:
    """A line on stderr. Where that is closed or its disk full, the work goes on."""
    with contextlib.suppress(OSError):
        print(printable(message, 2000), file=sys.stderr, flush=True)


def complain(skipped: list[Skipped], output: str | None = None) -> None:
    """Name what was skipped, all of it in the file `output`, if given, and some on stderr; ends the
    command with exit code 3 if anything was. Raises OutputError."""
    ordered = sorted(skipped, key=lambda one: (one.input, one.line, one.reason))
    if output is not None:
        import msgspec

        write_atomic(Path(output), (msgspec.json.encode(one) + b"\n" for one in ordered))
    for one in ordered[:NAMED]:
        tell(str(one))
    if len(ordered) > NAMED:
        tell(f"... and {len(ordered) - NAMED} more records skipped; --skipped FILE lists all")
    if ordered:
        raise SystemExit(SKIPPED)


@contextlib.contextmanager
def errors() -> Iterator[None]:
    """Turn an error of ours, or of the system, into a message and exit code 1."""
    try:
        try:
            yield
        finally:
            sys.stdout.flush()  # while a failure can still be told
    except DedupError as error:
        tell(f"dedup: {error}")
    except BrokenPipeError:
        pass
    except OSError as error:
        full = error.errno == errno.ENOSPC and error.filename is None
        where = f" (output, or scratch files in {tempfile.gettempdir()}: see TMPDIR)"
        tell(f"dedup: {error}{where if full else ''}")
    else:
        return
    raise SystemExit(ERROR) from None


def write_tables(tables: Iterable[pa.Table], format: str, output: str | None) -> None:
    """Write tables of one schema as CSV, JSON lines or Parquet."""
    from dedup.views.records import WRITERS

    write_bytes(WRITERS[format](tables), output)


def print_to(output: str | None, printer: Callable[[TextIO], None]) -> None:
    """Print a table to standard output, or as plain text to a file."""
    if output is None or output == "-":
        printer(sys.stdout)
        return
    text = io.StringIO()
    printer(text)
    write_bytes([text.getvalue().encode()], output)

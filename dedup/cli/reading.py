"""The inputs of a command and the options of how they are read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from dedup.cli import values
from dedup.cli.groups import UsageError, option_of

if TYPE_CHECKING:
    from dedup.readers import ReadOptions
    from dedup.readers.memory import PathInput


class Markup(StrEnum):
    """What to do with HTML in the fields of records."""

    auto = "auto"
    keep = "keep"


class IdFrom(StrEnum):
    """What a record is known by."""

    id = "id"
    url = "url"
    path = "path"
    digest = "digest"


class InputFormat(StrEnum):
    """Formats of standard input."""

    jsonl = "jsonl"
    json = "json"
    csv = "csv"
    tsv = "tsv"
    txt = "txt"
    html = "html"
    feed = "feed"
    warc = "warc"


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What to read."""

    inputs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="INPUT",
            help="Files, folders, or - for standard input. Formats: .jsonl .ndjson .jl .json .csv "
            ".tsv .parquet .txt .html, feeds (.rss .atom .rdf .xml .json) and web archives (.warc "
            ".wet); all but .parquet also compressed as .gz, .zst, .bz2 or .xz. Patterns such as "
            "'news/*.jsonl' are read too, and with the extra dedup-news[remote] addresses such as "
            "s3://bucket/news/.",
            show_default=False,
        ),
    ] = None
    field: Annotated[
        list[str] | None,
        option_of(
            "Reading",
            "--field",
            metavar="FIELD=NAME",
            parser=values.field_name,
            help="The name that a field has in the records, for example text=body. Can be "
            "repeated.",
        ),
    ] = None
    input_format: Annotated[
        InputFormat | None,
        option_of(
            "Reading",
            "--input-format",
            help="The format of standard input (-). Default: jsonl.",
        ),
    ] = None
    skipped: Annotated[
        str | None,
        option_of(
            "Reading",
            "--skipped",
            metavar="FILE",
            help="Write all records that are skipped, with the reason, to this file as JSON lines.",
        ),
    ] = None
    markup: Annotated[
        Markup | None,
        option_of(
            "Reading",
            "--markup",
            help="What to do with tags and entities of HTML in titles and texts. auto: read them "
            "as a browser shows them. keep: leave them as they are. Default: auto.",
        ),
    ] = None
    id_from: Annotated[
        IdFrom | None,
        option_of(
            "Reading",
            "--id-from",
            help="Where the id of an item comes from. id: the id of the record, else its url, "
            "else its place (FILE for a page, FILE:LINE for other records). url: the url even if "
            "the record has an id, else as with id. path: the place. digest: title and text, so "
            "that exact copies are one item. Default: id.",
        ),
    ] = None
    encoding: Annotated[
        str | None,
        option_of(
            "Reading",
            "--encoding",
            metavar="NAME",
            help="The encoding of the text files, such as windows-1251. Default: UTF-8, or what "
            "the beginning of a file looks like.",
        ),
    ] = None
    max_record: Annotated[
        str | None,
        option_of(
            "Reading",
            "--max-record",
            metavar="SIZE",
            help="Skip records and pages that are longer than this, such as 64MB. Default: 64MB.",
        ),
    ] = None
    strict: Annotated[
        bool,
        option_of(
            "Reading",
            "--strict",
            help="Stop with an error if a file of a folder cannot be read, instead of skipping it.",
        ),
    ] = False
    ok_skipped: Annotated[
        bool,
        option_of(
            "Reading",
            "--ok-skipped",
            help="Exit with 0 instead of 3 when some records are skipped.",
        ),
    ] = False

    def required(self) -> list[PathInput]:
        """The inputs, of which there must be some. Raises UsageError."""
        if not self.inputs:
            raise UsageError("give files, folders or - to read")
        if self.input_format is None:
            return list(self.inputs)
        if "-" not in self.inputs:
            raise UsageError("--input-format is the format of standard input; give - as an input")
        from dedup.readers.sources import Source

        piped = Source("-", "-", self.input_format.value)
        return [piped if given == "-" else given for given in self.inputs]

    def how(self) -> ReadOptions:
        """How the inputs are read. Raises SettingsError."""
        from dedup.readers import ReadOptions

        pairs = (option.partition("=") for option in self.field or ())
        return ReadOptions(
            fields={name: other for name, _, other in pairs},
            markup=self.markup.value if self.markup else "auto",
            encoding=self.encoding or "auto",
            max_record=self.max_record or "64MB",
            strict=self.strict,
            id_from=self.id_from.value if self.id_from else "id",
        )

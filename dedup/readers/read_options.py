"""How inputs are read: the names of the fields, the encoding, markup, and bounds."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

from dedup.errors import SettingsError
from dedup.readers.schema import FIELDS, RANK
from dedup.system.sizes import parse_size

Markup = Literal["auto", "keep"]
IdFrom = Literal["id", "url", "path", "digest"]

#: A longer record or page is skipped and named, in bytes.
MAX_RECORD = 64 << 20
#: `max_record` itself may be no longer: columns of strings have 32-bit offsets, a chunk holds up to
#: a record more than its size, and a byte of a record may become three (U+FFFD, or a letter of an
#: encoding with one byte a letter).
MAX_RECORD_BOUND = 512 << 20


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How inputs are read.

    - `fields`: maps a field of `FIELDS` to its name in the records. A point in a name leads into
      an object (`article.body`).
    - `markup`: with `auto`, tags and entities in titles and texts are read as a browser shows
      them; with `keep` they are part of the text.
    - `encoding`: the encoding of text files; with `auto` it is recognised.
    - `max_record`: a longer record or page is skipped; bytes, or a size such as `64MB`.
    - `strict`: whether a file of a folder that cannot be read is an error. Otherwise it is
      skipped.
    - `rank_field`: the name of a number in the records that says how preferred they are, or "".
      `Settings.prefer_field` sets it.
    - `id_from`: what the id of an item is.

    The values of `id_from`:

    - `id`: the id of the record, else its url (for a page of an archive its address), else its
      place: FILE for a page, FILE:LINE for others.
    - `url`: the url of the record even where it has an id. For a page that is a file this is the
      canonical address that the page states, unless that is a home page.
    - `path`: its place.
    - `digest`: a digest of its title and text, so that exact copies are one item.

    Raises SettingsError for an unknown field, encoding, markup or id, and for a bad size.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    markup: Markup = "auto"
    encoding: str = "auto"
    max_record: int | str = MAX_RECORD
    strict: bool = False
    rank_field: str = ""
    id_from: IdFrom = "id"

    def __post_init__(self) -> None:
        for name, other in self.fields.items():
            if name not in FIELDS:
                raise SettingsError(
                    f"--field {name}={other}: no such field, expected one of {', '.join(FIELDS)}"
                )
        if self.markup not in ("auto", "keep"):
            raise SettingsError(f"markup is {self.markup!r}, expected auto or keep")
        if self.id_from not in get_args(IdFrom):
            raise SettingsError(
                f"id_from is {self.id_from!r}, expected one of {', '.join(get_args(IdFrom))}"
            )
        if self.encoding != "auto" and not _is_text_encoding(self.encoding):
            raise SettingsError(
                f"encoding is {self.encoding!r}, expected auto or a name such as utf-8,"
                " windows-1251 or utf-16"
            )
        object.__setattr__(self, "max_record", _bytes_of(self.max_record))

    def having(self, fields: Mapping[str, str]) -> ReadOptions:
        """These options with some fields named otherwise. Raises SettingsError."""
        return replace(self, fields={**self.fields, **fields})

    def ranked_by(self, field: str) -> ReadOptions:
        """These options with ranks read from a field."""
        return replace(self, rank_field=field)

    @property
    def names(self) -> dict[str, str]:
        """The name in the records of each of `FIELDS`, and of `RANK` where ranks are read."""
        names = {name: self.fields.get(name, name) for name in FIELDS}
        return {**names, RANK: self.rank_field} if self.rank_field else names

    @property
    def record_bound(self) -> int:
        """The longest record that is read, in bytes."""
        return int(self.max_record)


def _is_text_encoding(name: str) -> bool:
    """Whether Python can read texts in this encoding, a bad byte as U+FFFD."""
    try:
        decoder = codecs.getincrementaldecoder(name)(errors="replace")
        # Behind its byte order mark, without which some cannot be read.
        return decoder.decode("a".encode(name)) == "a" and decoder.decode(b"\xff") is not None
    except (LookupError, UnicodeError, ValueError, TypeError, AssertionError):
        return False


def _bytes_of(size: int | str) -> int:
    """A size in bytes: a number, or one with a unit as `64MB`. Raises SettingsError."""
    number = parse_size(size)
    if not 1 <= number <= MAX_RECORD_BOUND:
        raise SettingsError(f"max-record is {size!r}, expected a size such as 64MB, at most 512MB")
    return number


def read_options(fields: Mapping[str, str] | None, reading: ReadOptions | None) -> ReadOptions:
    """How inputs are read: `reading`, with the names of `fields`. Raises SettingsError."""
    return (reading or ReadOptions()).having(fields or {})

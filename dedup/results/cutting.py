"""The teasers of kept records: which are taken out, and from which records they cannot be."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from dedup.readers.csv import header_of
from dedup.readers.read_options import ReadOptions
from dedup.readers.sources import Source
from dedup.result import Skipped
from dedup.results.cut_json import CannotCut, cut_from_cells, cut_from_record
from dedup.results.teaser_removals import TeaserPlaces

#: Takes the elements at some places out of a record's list of teasers. Raises CannotCut.
Cut = Callable[[bytes, Sequence[int]], bytes]


class Cutting:
    """What is taken out of the records of all inputs. `places`: see `TeaserPlaces`.

    `uncut`: the records of which teasers stay, since their place cannot be proved, with the reason.
    """

    def __init__(self, places: TeaserPlaces) -> None:
        self._places = places
        self.uncut: list[Skipped] = []
        self._staying: set[tuple[str, int, int]] = set()

    def of(self, name: str) -> FileCutting:
        """What is taken out of the records of one input."""
        return FileCutting(self, name)

    def places(self, name: str) -> dict[int, tuple[int, ...]]:
        """Of an input, the places of teasers on each line."""
        return dict(self._places.get(name, {}))

    def count(self) -> int:
        """How many teasers are taken out."""
        asked = sum(len(p) for lines in self._places.values() for p in lines.values())
        return asked - len(self._staying)

    def stays(self, name: str, line: int, place: int) -> bool:
        """Does the teaser at this place (from 0) of a record stay?"""
        return (name, line, place) in self._staying

    def stay(self, name: str, line: int, places: Collection[int], why: str) -> None:
        """Note that some of the teasers of a record stay."""
        reason = f"written with {len(places)} of the teasers that are removed: {why}"
        self.uncut.append(Skipped(name, line, reason))
        self._staying.update((name, line, place) for place in places)


class FileCutting:
    """What is taken out of the records of the input `name`."""

    def __init__(self, cutting: Cutting, name: str) -> None:
        self._cutting, self._name = cutting, name
        self.places = cutting.places(name)

    @property
    def lines(self) -> Collection[int]:
        """The lines of the records that lose teasers."""
        return self.places.keys()

    def cut(self, line: int, record: bytes, cut: Cut) -> bytes:
        """A record without its teasers, or whole where they cannot be taken out."""
        try:
            return cut(record, self.places[line])
        except CannotCut as error:
            self.tell(line, str(error))
            return record

    def tell(self, line: int, why: str, places: Collection[int] = ()) -> None:
        """Note that the teasers of a record stay, all or those at `places`."""
        self._cutting.stay(self._name, line, places or self.places[line], why)


def cut_json(name: str, encoding: str) -> Cut:
    """How the list in the field `name` of JSON records is cut."""

    def cut(record: bytes, places: Sequence[int]) -> bytes:
        text = record.decode(encoding, "surrogateescape")
        return cut_from_record(text, name, places).encode(encoding, "surrogateescape")

    return cut


def record_cut(source: Source, head: bytes, encoding: str, reading: ReadOptions) -> Cut:
    """How the records of a text file are cut; `head` is what stands before the first of them."""
    name = reading.names["teasers"]
    if source.kind in ("json", "jsonl"):
        return cut_json(name, encoding)
    text = head.decode(encoding, "replace").lstrip("\ufeff").encode()
    columns, dialect, _ = header_of(text, "\t" if source.kind == "tsv" else "", reading.names)

    def cut(record: bytes, places: Sequence[int]) -> bytes:
        if dialect.backslash or name not in columns:
            raise CannotCut("its cells would not come back the same")
        cells = record.decode(encoding, "surrogateescape")
        column = columns.index(name)
        whole = cut_from_cells(cells, column, dialect.delimiter, places)
        return whole.encode(encoding, "surrogateescape")

    return cut

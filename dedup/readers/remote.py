"""Files of object stores and web servers, through fsspec: an extra, `dedup-news[remote]`.

It knows every store that has a driver for it, reads a part at a time, and asks for keys where
the store's own tools do (their files and environment variables).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO, cast
from urllib.parse import urlsplit

from dedup.errors import InputError
from dedup.readers.sources import EXPECTED, Source, kind_of, suffix_of, unknown_format
from dedup.result import Skipped
from dedup.system.escaping import visible

#: What stands before `://`. (fsspec knows more, such as addresses within addresses.)
_SCHEMES = frozenset(
    ("s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "http", "https", "hdfs", "webhdfs", "ftp")
)
_WEB = ("http", "https")


def expand_remote(address: str) -> Iterator[Source | Skipped | str]:
    """The files that an address stands for, sorted: one, a folder's, or those of a pattern.

    A suffix comes for a file of another format. Raises InputError.
    """
    scheme = address.partition("://")[0].lower()
    if scheme not in _SCHEMES:
        raise InputError(
            f"{visible(address)}: no such kind of address, expected one of"
            f" {', '.join(f'{one}://' for one in sorted(_SCHEMES))}"
        )
    if scheme in _WEB:
        if kind_of(urlsplit(address).path) is None:
            raise InputError(unknown_format(urlsplit(address).path))
        yield _source(address)
        return
    try:
        paths = _paths(address)
    except InputError:
        raise
    except Exception as error:  # whatever the driver of the store raises
        raise InputError(f"{visible(address)}: cannot be read ({_said(error)})") from error
    for path in paths:
        yield _source(path) if kind_of(path) else suffix_of(path)


def _source(address: str) -> Source:
    kind = kind_of(urlsplit(address).path)
    assert kind is not None
    return Source(address, visible(address), *kind, remote=True)


def _paths(address: str) -> list[str]:
    """Addresses of the files below an address, or that match it."""
    system, path = _library().core.url_to_fs(address)
    if any(mark in path for mark in "*?["):
        paths = [name for name in system.glob(path) if not system.isdir(name)]
    elif system.isdir(path):
        paths = system.find(path)
    elif system.exists(path):
        if kind_of(path) is None:
            raise InputError(unknown_format(address))
        paths = [path]
    else:
        raise InputError(f"{visible(address)}: no such file or folder")
    visible_paths = [name for name in paths if not any(s[:1] == "." for s in name.split("/"))]
    if not any(kind_of(name) for name in visible_paths):
        raise InputError(
            f"{visible(address)}: no file of a known format here ({len(paths)} files of "
            f"other formats), expected {EXPECTED}"
        )
    return [
        system.unstrip_protocol(name) for name in sorted(visible_paths, key=lambda s: s.split("/"))
    ]


def open_remote(address: str) -> BinaryIO:
    """A remote file, open for reading. Raises OSError, and so do its methods; InputError where
    the extra is not installed."""
    library = _library()
    try:
        return cast(BinaryIO, _RemoteFile(library.open(address, "rb").open()))
    except Exception as error:
        raise OSError(_said(error)) from error


class _RemoteFile:
    """A file of fsspec whose failures are OSError, whatever the driver calls them."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def __enter__(self) -> _RemoteFile:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes."""
        return bytes(self._do("read", size))

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place."""
        return int(self._do("seek", offset, whence))

    def tell(self) -> int:
        """The place."""
        return int(self._do("tell"))

    def close(self) -> None:
        """Close the connection."""
        self._do("close")

    @property
    def closed(self) -> bool:
        """Whether it is closed."""
        return bool(self._file.closed)

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Whether any place can be read."""
        return bool(self._file.seekable())

    def _do(self, name: str, *arguments: Any) -> Any:
        try:
            return getattr(self._file, name)(*arguments)
        except OSError:
            raise
        except Exception as error:
            raise OSError(_said(error)) from error


def _said(error: Exception) -> str:
    return visible((str(error).splitlines() or [type(error).__name__])[0])[:200]


def _library() -> Any:
    try:
        import fsspec
        import fsspec.core
    except ImportError:
        raise InputError(
            "addresses such as s3:// and https:// need an extra: pip install 'dedup-news[remote]'"
        ) from None
    return fsspec

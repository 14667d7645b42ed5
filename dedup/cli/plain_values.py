"""Values of options without typer's checker where they are plain.

Typer checks each value with pydantic, which takes longer to load than the command line and the
readers together. What a parser of ours, a list of choices or a text says is the same without it; a
value that is none of these, or is wrong, still goes to typer for its message.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any, get_args, get_origin


class PlainValues:
    """What typer asks for the value of one option or argument."""

    def __init__(self, checker: Callable[[], Any]) -> None:
        self._checker = checker

    def __call__(self) -> PlainValues:
        """What stands in the place of typer's `get_runtime_param`."""
        return self

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """The value of a parameter, from what stands on the command line."""
        several = param.multiple or param.nargs == -1
        if value is None:
            return () if several else None
        kind, parser = param.type_descriptor.annotation, param.type_descriptor.parameter_info.parser
        try:
            if get_origin(kind) is list:
                return [_plain(one, get_args(kind)[0], parser) for one in value]
            return _plain(value, kind, parser)
        except Exception:  # whatever is wrong, typer says it
            return self._checker().coerce(value, param=param, ctx=ctx)


def _plain(value: Any, kind: Any, parser: Callable[[Any], Any] | None) -> Any:
    if parser is not None:
        return parser(value)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    if kind is not str or not isinstance(value, str):
        raise TypeError
    value.encode()  # the name of a file may be no Unicode
    return value


def without_checker(parameters: list[Any]) -> list[Any]:
    """The parameters of typer, which do without its checker where they can."""
    for parameter in parameters:
        checker = getattr(parameter, "get_runtime_param", None)  # older typers have none
        if checker is not None and not isinstance(checker, PlainValues):
            parameter.get_runtime_param = PlainValues(checker)
    return parameters

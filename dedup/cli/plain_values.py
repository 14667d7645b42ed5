"""Values of options without typer's checker where they are plain.

Typer checks each value with pydantic, which takes longer to load than the command line and the
readers together. What a parser of ours, a list of choices or a text says is the same without it; a
value that is none of these, or is wrong, still goes to typer for its message.

What kind a value has is read from the function of the command. Of typer's options only `name`,
`required`, `callback`, `multiple`, `nargs` and `process_value` are used, which click documents.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from enum import Enum
from types import NoneType
from typing import Annotated, Any, get_args, get_origin

Parser = Callable[[Any], Any]


class PlainValues:
    """What stands in the place of `process_value` of one option or argument."""

    def __init__(self, parameter: Any, kind: Any, parser: Parser | None) -> None:
        self._parameter = parameter
        self._kind = kind
        self._parser = parser
        self._by_typer = parameter.process_value

    def __call__(self, ctx: Any, value: Any) -> Any:
        """The value of the parameter, from what stands on the command line."""
        try:
            plain = self._read(value)
        except Exception:  # whatever is wrong, typer says it
            return self._by_typer(ctx, value)
        call = self._parameter.callback
        return plain if call is None else call(ctx, self._parameter, plain)

    def _read(self, value: Any) -> Any:
        several = self._parameter.multiple or self._parameter.nargs == -1
        if self._parameter.required and value in (None, (), []):
            raise ValueError
        if value is None:
            return () if several else None
        if get_origin(self._kind) is list:
            return [_plain(one, get_args(self._kind)[0], self._parser) for one in value]
        return _plain(value, self._kind, self._parser)


def _plain(value: Any, kind: Any, parser: Parser | None) -> Any:
    if parser is not None:
        return parser(value)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    if kind is bool and isinstance(value, bool):
        return value
    if kind is not str or not isinstance(value, str):
        raise TypeError
    value.encode()  # the name of a file may be no Unicode
    return value


def without_checker(function: Callable[..., Any] | None, parameters: list[Any]) -> list[Any]:
    """The parameters of the command that calls this function. They do without typer's checker where
    they can."""
    declared = inspect.signature(function, eval_str=True).parameters if function else {}
    for parameter in parameters:
        if not isinstance(parameter.process_value, PlainValues):
            # Typer itself adds `--help`.
            annotation = declared[parameter.name].annotation if parameter.name in declared else bool
            parameter.process_value = PlainValues(parameter, *_declared(annotation))
    return parameters


def _declared(annotation: Any) -> tuple[Any, Parser | None]:
    """The kind of a value, without None, and its parser, from the annotation of an argument."""
    parser = None
    if get_origin(annotation) is Annotated:
        annotation, *described = get_args(annotation)
        parser = next((one.parser for one in described if hasattr(one, "parser")), None)
    kinds = [kind for kind in get_args(annotation) if kind is not NoneType]
    optional = len(kinds) < len(get_args(annotation))
    return (kinds[0] if optional and len(kinds) == 1 else annotation), parser

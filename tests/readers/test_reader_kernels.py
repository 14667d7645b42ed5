"""The compiled loops of the readers and their array forms give the same answers."""

from __future__ import annotations

import json

import msgspec
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dedup.columns import ragged
from dedup.readers import kernels
from dedup.readers.json_strings import strings

pytestmark = pytest.mark.skipif(kernels.loops is None, reason="installed without a compiler")

JSON = st.one_of(
    st.text(st.characters(codec="utf-8")).map(lambda text: msgspec.json.encode(text)),
    st.lists(st.sampled_from([*'a\\"\n/я\x01😀', "\\n", "\\\\u"])).map(
        lambda parts: json.dumps("".join(parts)).encode()
    ),
    st.sampled_from([b"", b"null", b"12", b"true", b'{"a": "\\u0041"}', b'"\\/\\b\\f"', b'"\xff"']),
    st.sampled_from([b'"\xd0"', b'"\xed\xa0\x80"', b'["\xff"]', b'"a\xc0\x80"']),
)


@settings(deadline=None)
@given(st.lists(JSON, max_size=8))
def test_json_strings(tokens: list[bytes]) -> None:
    raw = [msgspec.Raw(token) for token in tokens]
    answers = []
    for unescape in (kernels.unescape_compiled, kernels.unescape_numpy):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(kernels, "unescape", unescape)
            column, others, invalid = strings(raw)
        answers.append((column.to_pylist(), others, invalid))
    assert answers[0] == answers[1]
    for token, text in zip(tokens, answers[0][0], strict=True):
        if token[:1] == b'"' and b"\xff" not in token and is_utf8(token):
            assert text == json.loads(token)


@settings(max_examples=500)
@given(
    st.lists(
        st.one_of(
            st.binary(max_size=6),
            st.text(max_size=4).map(lambda text: text.encode("utf-8", "surrogatepass")),
            st.text(st.characters(codec="utf-8"), max_size=40).map(str.encode),
            st.sampled_from([b"\xe0\x9f\xbf", b"\xed\x9f\xbf", b"\xf4\x8f\xbf\xbf", b"\xd0"]),
        ),
        min_size=1,
    )
)
@example([b"\xd0", b"\x90"])
@example([b"\xf0\x9f\x98", b"a"])
def test_utf8(parts: list[bytes]) -> None:
    offsets = ragged.offsets(np.array([len(part) for part in parts], np.int64))
    buffers = pa.py_buffer(offsets.astype(np.int32)), pa.py_buffer(b"".join(parts))
    column = pa.StringArray.from_buffers(len(parts), *buffers)
    valid = all(map(is_utf8, parts))
    assert kernels.is_valid_compiled(column) == kernels.is_valid_numpy(column) == valid


@given(st.lists(st.text(st.sampled_from("aя\n\t\r\x00\x1f\x7f\u0080\u009f\u00a0—"), max_size=5)))
def test_controls(texts: list[str]) -> None:
    column = pa.array(["\x00", *texts, "\x00"], pa.string())[1:-1]
    np.testing.assert_array_equal(
        kernels.control_rows_compiled(column), kernels.control_rows_numpy(column)
    )


@given(st.lists(st.text(st.sampled_from("a<я&b"), max_size=5)))
def test_holding(texts: list[str]) -> None:
    column = pa.array(["<", *texts, "&"], pa.string())[1:-1]
    expected = ["<" in text or "&" in text for text in texts]
    for holding in (kernels.holding_compiled, kernels.holding_numpy):
        assert holding(column, ord("<"), ord("&")).tolist() == expected


@given(st.lists(st.sampled_from([b"a", b"\n"])).map(b"".join))
def test_line_feeds(data: bytes) -> None:
    assert kernels.line_feeds_compiled(data) == kernels.line_feeds_numpy(data)


def is_utf8(token: bytes) -> bool:
    try:
        token.decode()
    except UnicodeDecodeError:
        return False
    return True

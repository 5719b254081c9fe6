"""Writes one table as a Parquet file: plain, uncompressed, one row group.

The standard library is enough for a few hundred rows, and no other package's version can change a byte of the file.
Source: the Parquet format specification (parquet.thrift) and Thrift's compact protocol.
"""

import struct
from collections.abc import Mapping, Sequence
from enum import IntEnum

MAGIC = b"PAR1"
PLAIN, RLE, UNCOMPRESSED, OPTIONAL, UTF8, DATA_PAGE = 0, 3, 0, 1, 0, 0
LONG_LIST = 15
SEVEN_BITS = 0x7F


class Kind(IntEnum):
    """The types of Parquet in use here."""

    NUMBER = 5  # DOUBLE
    WORDS = 6  # BYTE_ARRAY


Column = tuple[str, Kind, Sequence[str | float | None]]


def parquet(columns: Sequence[Column], *, about: Mapping[str, str]) -> bytes:
    """Give the bytes of a file with these columns, of one length; `about` goes with it as key and value."""
    lengths = {len(values) for _, _, values in columns}
    if len(lengths) != 1:
        raise ValueError("the columns of a table have one length")
    [rows] = lengths
    body = bytearray(MAGIC)
    chunks = []
    for name, kind, values in columns:
        offset = len(body)
        page = _page(kind, values)
        header = _struct(
            (1, _i32(DATA_PAGE)), (2, _i32(len(page))), (3, _i32(len(page))),
            (5, _nested((1, _i32(rows)), (2, _i32(PLAIN)), (3, _i32(RLE)), (4, _i32(RLE)))),
        )  # fmt: skip
        body += header + page
        size = len(header) + len(page)
        chunks.append(
            _struct(
                (2, _i64(offset)),
                (3, _nested(
                    (1, _i32(kind)), (2, _list(5, [_zigzag(PLAIN), _zigzag(RLE)])), (3, _list(8, [_text(name)])),
                    (4, _i32(UNCOMPRESSED)), (5, _i64(rows)), (6, _i64(size)), (7, _i64(size)), (9, _i64(offset)),
                )),
            )
        )  # fmt: skip
    schema = [_struct((4, _string("table")), (5, _i32(len(columns))))]
    for name, kind, _ in columns:
        words = ((6, _i32(UTF8)),) if kind is Kind.WORDS else ()
        schema.append(_struct((1, _i32(kind)), (3, _i32(OPTIONAL)), (4, _string(name)), *words))
    group = _struct((1, _list(12, chunks)), (2, _i64(len(body) - len(MAGIC))), (3, _i64(rows)))
    notes = [_struct((1, _string(key)), (2, _string(value))) for key, value in about.items()]
    footer = _struct(
        (1, _i32(1)), (2, _list(12, schema)), (3, _i64(rows)), (4, _list(12, [group])), (5, _list(12, notes)),
        (6, _string("Sojourn")),
    )  # fmt: skip
    return bytes(body) + footer + struct.pack("<I", len(footer)) + MAGIC


def _page(kind: Kind, values: Sequence[str | float | None]) -> bytes:
    """Which values are there, then those that are."""
    there = [value is not None for value in values]
    bits = bytearray()
    for start in range(0, len(there), 8):
        bits.append(sum(1 << place for place, is_there in enumerate(there[start : start + 8]) if is_there))
    levels = _varint((len(bits) << 1) | 1) + bytes(bits) if bits else b""
    held = b"".join(
        struct.pack("<d", value) if kind is Kind.NUMBER else _counted(str(value).encode())
        for value in values
        if value is not None
    )
    return struct.pack("<I", len(levels)) + levels + held


def _counted(text: bytes) -> bytes:
    return struct.pack("<I", len(text)) + text


# Thrift's compact protocol: a value is its type and its bytes; a struct is fields in order of their numbers.
Value = tuple[int, bytes]


def _struct(*fields: tuple[int, Value]) -> bytes:
    text, last = b"", 0
    for number, (kind, value) in fields:
        text += bytes([((number - last) << 4) | kind]) + value
        last = number
    return text + b"\x00"


def _nested(*fields: tuple[int, Value]) -> Value:
    return 12, _struct(*fields)


def _i32(value: int) -> Value:
    return 5, _zigzag(value)


def _i64(value: int) -> Value:
    return 6, _zigzag(value)


def _string(value: str) -> Value:
    return 8, _text(value)


def _text(value: str) -> bytes:
    return _varint(len(value.encode())) + value.encode()


def _list(kind: int, items: Sequence[bytes]) -> Value:
    head = (
        bytes([(len(items) << 4) | kind])
        if len(items) < LONG_LIST
        else bytes([0xF0 | kind]) + _varint(len(items))
    )
    return 9, head + b"".join(items)


def _zigzag(value: int) -> bytes:
    return _varint((value << 1) ^ (value >> 63))


def _varint(value: int) -> bytes:
    text = bytearray()
    while value > SEVEN_BITS:
        text.append((value & SEVEN_BITS) | 0x80)
        value >>= 7
    text.append(value)
    return bytes(text)

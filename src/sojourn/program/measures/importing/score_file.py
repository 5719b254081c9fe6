"""From the bytes of a file to rows with line numbers: encoding, separator, header and quotes, a row at a time."""

import codecs
import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import IO

SEPARATORS = (",", ";", "\t", "|")
LONGEST_LINE = 1_000_000
MOST_LINES_OF_A_ROW = 20  # a quoted cell may hold line breaks; a stray quote must not swallow the file
CHUNK = 1 << 20
SHOWN_COLUMNS = 20
HOLDS_A_VALUE = re.compile(r"[-+]?[\d.,:/ -]*\d[\d.,:/ -]*|nan", re.IGNORECASE)


class FileUnusable(Exception):
    """Nothing can be read from the file; the message says why and what to do."""


@dataclass(frozen=True)
class Row:
    """One row of the file: the line it begins on and its cells, or what is wrong with it as a whole."""

    line: int
    cells: tuple[str, ...]
    wrong: str = ""


@dataclass(frozen=True)
class Opened:
    """A file whose header is known. `column` gives the place of each wanted column."""

    path: Path
    encoding: str
    separator: str
    header_line: int
    header: tuple[str, ...]
    column: dict[str, int]

    @property
    def remark(self) -> str:
        """What a reader should know about how the file was read; empty for plain UTF-8."""
        if self.encoding == "latin-1":
            return "The file is not UTF-8; it was read as Latin-1. Check names with accents."
        return ""


def open_scores(path: Path, wanted: tuple[str, ...]) -> Opened:
    """Find out how a file is written and where the wanted columns stand. Raises FileUnusable."""
    try:
        encoding = _encoding(path)
        with path.open("rb") as raw, _text(raw, encoding) as stream:
            lines = _numbered(stream, path)
            line, text = next(((n, t) for n, t in lines if t.strip()), (0, ""))
            if text.strip().casefold().startswith("sep=") and len(text.strip()) <= len("sep=;"):
                line, text = next(((n, t) for n, t in lines if t.strip()), (0, ""))
    except OSError as unreadable:
        raise FileUnusable(f"{path.name} cannot be read: {unreadable.strerror}.") from unreadable
    if not text:
        raise FileUnusable(f"{path.name} is empty.")
    separator, header = _header(text)
    return Opened(path, encoding, separator, line, header, _columns(path, header, wanted))


def rows_of(opened: Opened, *, tell: Callable[[int], None] = lambda _: None) -> Iterator[Row]:
    """Give the rows after the header, one at a time; `tell` hears how many bytes have been read.

    Blank lines are passed over. A row that cannot be read as cells comes with `wrong` set.
    """
    with opened.path.open("rb") as raw, _text(raw, opened.encoding) as stream:
        lines = _numbered(stream, opened.path)
        waiting: list[tuple[int, str]] = []
        while True:
            numbered = waiting.pop(0) if waiting else next(lines, None)
            if numbered is None:
                return
            line, text = numbered
            if line <= opened.header_line or not text.strip():
                continue
            cells = _cells([text], opened.separator)
            if cells is None:
                cells, waiting = _joined(text, waiting, lines, opened)
            yield _row(line, cells, len(opened.header))
            tell(raw.tell())


def _row(line: int, cells: tuple[str, ...] | None, columns: int) -> Row:
    if cells is None:
        return Row(line, (), "has a quotation mark that is not closed, or stands inside a cell")
    if len(cells) > columns and not any(cells[columns:]):
        cells = cells[:columns]
    if len(cells) != columns:
        return Row(line, cells, f"has {len(cells)} cells where the header has {columns}")
    return Row(line, cells)


def _joined(
    first: str, waiting: list[tuple[int, str]], lines: Iterator[tuple[int, str]], opened: Opened
) -> tuple[tuple[str, ...] | None, list[tuple[int, str]]]:
    """Join a row over the line breaks in its quoted cells, and hand back the lines that are other rows.

    Only a row of the right width is joined: two stray quotes would otherwise swallow the rows between them.
    """
    ahead = list(waiting)
    while len(ahead) < MOST_LINES_OF_A_ROW - 1 and (more := next(lines, None)) is not None:
        ahead.append(more)
    texts = [first]
    for place, (_, text) in enumerate(ahead, 1):
        texts.append(text)
        cells = _cells(texts, opened.separator)
        if cells is not None and len(cells) == len(opened.header):
            return cells, ahead[place:]
    return None, ahead


def _cells(texts: list[str], separator: str) -> tuple[str, ...] | None:
    """Split one row into cells without outer blanks; None where its quotation marks do not close."""
    try:
        return tuple(cell.strip() for cell in next(csv.reader(texts, delimiter=separator, strict=True)))
    except (csv.Error, StopIteration):
        return None


def _header(text: str) -> tuple[str, tuple[str, ...]]:
    """Choose the separator that cuts the header into most cells."""
    cuts = [(separator, _cells([text], separator) or ()) for separator in SEPARATORS]
    return max(cuts, key=lambda cut: len(cut[1]))


def _columns(path: Path, header: tuple[str, ...], wanted: tuple[str, ...]) -> dict[str, int]:
    plain = [_plain(name) for name in header]
    places = {}
    for name in wanted:
        found = [place for place, title in enumerate(plain) if title == _plain(name)]
        if not found:
            raise FileUnusable(f"{path.name} has no column `{name}`. {_first_line(header)}")
        if len(found) > 1:
            raise FileUnusable(f"{path.name} has {len(found)} columns `{name}`. Rename all but one.")
        places[name] = found[0]
    return places


def _first_line(header: tuple[str, ...]) -> str:
    """Say what the first line names; values of a file without a header stay in the file."""
    if any(HOLDS_A_VALUE.fullmatch(title) for title in header):
        return "Its first line holds values; put a line with the names of the columns above it."
    return f"Its first line names: {', '.join(title[:40] for title in header[:SHOWN_COLUMNS])}."


def _plain(title: str) -> str:
    return " ".join(title.split()).casefold()


def _encoding(path: Path) -> str:
    """Find the encoding by reading once: UTF-8, UTF-16 or UTF-32 with its mark, else Latin-1."""
    if not path.is_file():
        raise FileUnusable(f"{path.name} is not a file." if path.exists() else f"{path.name} does not exist.")
    with path.open("rb") as raw:
        start = raw.read(4)
        if start in {codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE}:
            return "utf-32"
        if start[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
            return "utf-16"
        if start[:2] == b"PK":
            raise FileUnusable(
                f"{path.name} is a workbook or archive, not CSV. Save the sheet as CSV (UTF-8)."
            )
        raw.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        encoding = "utf-8-sig"
        while chunk := raw.read(CHUNK):
            if b"\0" in chunk:
                raise FileUnusable(f"{path.name} is not a text file. Save the scores as CSV (UTF-8).")
            if encoding == "utf-8-sig":
                encoding = "utf-8-sig" if _decodes(decoder, chunk) else "latin-1"
        return encoding if encoding == "latin-1" or _decodes(decoder, b"", final=True) else "latin-1"


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _text(raw: IO[bytes], encoding: str) -> TextIOWrapper:
    return TextIOWrapper(raw, encoding=encoding, errors="replace", newline="")


def _numbered(stream: TextIOWrapper, path: Path) -> Iterator[tuple[int, str]]:
    line = 0
    while part := stream.readline(LONGEST_LINE):
        line += 1
        if len(part) == LONGEST_LINE:
            raise FileUnusable(f"{path.name} has no line breaks where rows should end (line {line}).")
        yield line, part

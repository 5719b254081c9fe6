"""Whether two writings are one person's name: kindly to how names are said, and never a match for somebody else's.

Case, accents, hyphens and apostrophes do not count, nor the order of given and family name. A middle name may be left
out or be an initial, but two that differ are two people. A name by itself is one identifier: it never stands without
the date of birth.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import islice, product
from typing import Final

Part = frozenset[str]  # the spellings of one part of a name; two parts are the same when they share one

TITLES: Final = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr"})
GENERATIONS: Final = {"jr": "2", "junior": "2", "ii": "2", "sr": "1", "senior": "1", "iii": "3", "iv": "4"}
ACCENTS: Final = re.compile("[\u0300-\u036f]")  # not the marks that make another letter in other scripts
LETTERS: Final = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "\u0131": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
IN_TWO: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
JOINERS: Final = re.compile(r"[-\u2010-\u2015'\u2018\u2019\u02bc`\u2032]+")
APART: Final = re.compile(r"[\s.]+")
TWO: Final = 2
WRITINGS_AT_MOST: Final = 32


def same_name(said: str, on_record: str) -> bool:
    """True where both can only be writings of one name: given and family name agree, and nothing else speaks against it."""
    return any(
        _agree(one, other)
        for one, other in product(_orders(said), _orders(on_record))
        if one and other and _generation(one) == _generation(other)
    )


def _agree(one: Sequence[Part], other: Sequence[Part]) -> bool:
    """Compare two names in the order given, middle, family. A single name has to be the whole of both."""
    mine, theirs = _without_generation(one), _without_generation(other)
    if not mine or not theirs:
        return False
    if min(len(mine), len(theirs)) == 1:
        return len(mine) == len(theirs) and bool(mine[0] & theirs[0])
    if not (mine[0] & theirs[0] and mine[-1] & theirs[-1]):
        return False
    shorter, longer = sorted((mine[1:-1], theirs[1:-1]), key=len)
    return _in_order(shorter, longer)


def _in_order(shorter: Sequence[Part], longer: Sequence[Part]) -> bool:
    """Hold when every middle name of one stands in the other, in the same order; an initial stands for its name."""
    rest = iter(longer)
    return all(any(_middle_agrees(part, each) for each in rest) for part in shorter)


def _middle_agrees(one: Part, other: Part) -> bool:
    initials = {each for part in (one, other) for each in part if len(each) == 1}
    return bool(one & other) or any(
        each in initials and all(name.startswith(each) for name in (*one, *other)) for each in initials
    )


def _orders(name: str) -> Iterator[tuple[Part, ...]]:
    """Give a name as given, middle, family: as it is written, and as it is where the family name stands first.

    Without a comma that is asked of two parts only: "Adam Lee Thomas" and "Thomas Adam Lee" are two people.
    """
    family, comma, given = name.partition(",")
    if comma and not _is_generation(given):
        for first, last in product(_writings(given), _writings(family)):
            yield _moved_last((*first, *last))
        return
    for parts in _writings(name.replace(",", " ")):
        yield _moved_last(parts)
        if len(_without_generation(parts)) == TWO:
            head, *rest = parts
            yield _moved_last((*rest, head))


def _writings(name: str) -> Iterator[tuple[Part, ...]]:
    """Give the parts of a name, each one with a joiner in it as one and as several."""
    words = [word for word in APART.split(unicodedata.normalize("NFC", name.casefold())) if word]
    if len(words) > TWO and _plain(words[0]) in TITLES:  # before a given and a family name; else it is a name
        words = words[1:]
    ways = [_ways(word) for word in words]
    for chosen in islice(product(*ways), WRITINGS_AT_MOST):
        yield tuple(_spellings(piece) for way in chosen for piece in way)


def _ways(word: str) -> tuple[tuple[str, ...], ...]:
    pieces = tuple(piece for piece in JOINERS.split(word) if _plain(piece))
    if len(pieces) < TWO:
        return (pieces,) if pieces else ((),)
    return (pieces, ("".join(pieces),))


def _spellings(piece: str) -> Part:
    return frozenset({_plain(piece), _plain(piece.translate(IN_TWO))})


def _plain(piece: str) -> str:
    """Give the letters and figures of a piece without accents."""
    spread = ACCENTS.sub("", unicodedata.normalize("NFKD", piece)).translate(LETTERS)
    return "".join(each for each in unicodedata.normalize("NFC", spread) if each.isalnum() or _is_mark(each))


def _is_mark(letter: str) -> bool:
    return unicodedata.category(letter).startswith("M")


def _is_generation(text: str) -> bool:
    return _plain(text.strip().casefold()) in GENERATIONS


def _generation(parts: Sequence[Part]) -> str:
    """Tell a father from a son of one name; "" where nothing is said of it."""
    return next((GENERATIONS[each] for part in parts[1:] for each in part if each in GENERATIONS), "")


def _without_generation(parts: Sequence[Part]) -> tuple[Part, ...]:
    return (*parts[:1], *(part for part in parts[1:] if not part & GENERATIONS.keys()))


def _moved_last(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Put what tells the generation behind the family name, wherever it was written."""
    told = [part for part in parts[1:] if part & GENERATIONS.keys()]
    return (*_without_generation(parts), *told)

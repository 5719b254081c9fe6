"""How hard a text is to read: the grade of Flesch and Kincaid (1975), with syllables counted by their vowels."""

import re

VOWELS = re.compile(r"[aeiouy]+")
SILENT = re.compile(r"(?:[^laeiouy]es|[^aeioudty]ed|[^laeiouy]e)$")


def syllables(word: str) -> int:
    """Count groups of vowels, without a silent ending; a word has at least one."""
    plain = re.sub(r"[^a-z]", "", word.lower())
    return max(len(VOWELS.findall(plain)) - bool(SILENT.search(plain)), 1)


def grade(text: str) -> float:
    """Give the school grade a text asks for."""
    sentences = [
        each for each in re.split(r"(?<!\d)[.?!:]+(?:\s|$)|[.?!]+”", text) if re.search(r"[a-zA-Z]", each)
    ]
    words = re.findall(r"[A-Za-z][A-Za-z’'-]*", text)
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59

"""What is another in one wording than in an older one, phrase by phrase. Pure."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from string import punctuation

_SIGNS = punctuation + "»«”“’…–"


@dataclass(frozen=True, slots=True)
class WordingChange:
    """The phrases that are gone from the older wording, and those that are new in the newer."""

    gone: tuple[str, ...]
    new: tuple[str, ...]


def compare_wordings(older: str, newer: str) -> WordingChange:
    """Return what was taken out and what was put in; a phrase that was changed is both.

    Words are compared whole and are shown as they stand; the signs around them, and spaces and line breaks
    between them, count for nothing: a word that stands in both is not gone because a full stop is.
    """
    before, after = older.split(), newer.split()
    changed = [one for one in word_matcher(before, after).get_opcodes() if one[0] != "equal"]
    return WordingChange(
        tuple(" ".join(before[start:end]) for _kind, start, end, _from, _to in changed if start < end),
        tuple(" ".join(after[start:end]) for _kind, _from, _to, start, end in changed if start < end),
    )


def word_matcher(before: list[str], after: list[str]) -> SequenceMatcher[str]:
    """Return what finds the words that stay.

    Of long texts it passes over the words that stand everywhere: a word on every second place of two texts of
    2,000 words is a million pairs to look at, and took 22 s.
    """
    return SequenceMatcher(None, _bare(before), _bare(after), autojunk=True)


def _bare(words: list[str]) -> list[str]:
    return [one.strip(_SIGNS) or one for one in words]

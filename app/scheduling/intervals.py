"""Sorted spans of whole seconds, and what is free between them. Spans are half-open."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from app.scheduling.candidates import CandidateTime

Seconds = tuple[int, int]


def merge_spans(taken: Iterable[Seconds]) -> list[Seconds]:
    """Return the same time as spans that neither touch nor overlap, earliest first."""
    spans: list[Seconds] = []
    last = -1
    for start, end in sorted(taken):
        if spans and start <= last:
            if end > last:
                spans[-1] = (spans[-1][0], end)
                last = end
        else:
            spans.append((start, end))
            last = end
    return spans


def free_candidates(candidates: Iterable[CandidateTime], taken: Iterable[Seconds]) -> list[CandidateTime]:
    """Return the candidates that overlap nothing taken, in one sweep: O(candidates + n log n).

    `candidates` are equally long and sorted; `taken` comes in any order and may overlap itself.
    """
    found = []
    spans = iter(merge_spans(taken))
    start, end = next(spans, _NEVER)
    for one in candidates:
        while end <= one[0]:
            start, end = next(spans, _NEVER)
        if one[1] <= start:
            found.append(one)
    return found


_NEVER = (1 << 62, 1 << 62)


def is_span_free(spans: Sequence[Seconds], start: int, end: int) -> bool:
    """Say whether nothing of `spans`, which are merged, lies between two moments: O(log n)."""
    before = bisect_left(spans, (end, 0)) - 1  # the last that begins before the end
    return before < 0 or spans[before][1] <= start

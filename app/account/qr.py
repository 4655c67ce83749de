"""The QR code of a link, as one line of drawing for a page. The package `segno` is read when it is used."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

QUIET = 4  # clear squares around it, as the standard (ISO/IEC 18004) asks


@dataclass(frozen=True, slots=True)
class QrPath:
    """A square of `side` units, and the path (SVG) of all that is black in it."""

    side: int
    path: str


def qr_path(link: str) -> QrPath:
    """Return the QR code of `link`; a quarter of it may be smudged or folded before it can't be read."""
    import segno  # noqa: PLC0415

    rows = list(segno.make_qr(link, error="q").matrix_iter(border=QUIET))
    path = "".join(f"M{x} {y}h{wide}v1h-{wide}z" for y, row in enumerate(rows) for x, wide in _black(row))
    return QrPath(len(rows), path)


def _black(row: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield where each black stretch of a row begins, and how wide it is."""
    x = 0
    for dark, squares in groupby(row):
        wide = len(list(squares))
        if dark:
            yield x, wide
        x += wide


def print_qr(link: str) -> None:
    """Draw the QR code of `link` on the terminal."""
    import segno  # noqa: PLC0415

    segno.make_qr(link, error="l").terminal(compact=True)

"""Draws the icons of the home screen from the same lines as static/icons/icon.svg: `python -m app.pwa.icons`.

Standard library alone. Each pixel row is cut into thin lines; on each, the width inside a shape is exact, so
edges are smooth. Units of the drawing are the 64 × 64 of the SVG.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

from app.web.assets import STATIC

LINES = 5  # thin lines in a row of pixels
TEAL, WHITE, WARM = (0x0B, 0x51, 0x57), (0xFF, 0xFF, 0xFF), (0xF3, 0xC4, 0x83)
SIDE = 64.0
CORNER = 15.0
ROAD = (((15, 45), (28, 45), (24, 28), (36, 28)), ((36, 28), (42, 28), (45, 24), (46, 19)))
ROAD_WIDTH = 5.0
SUN = (47.0, 17.0, 5.0)
DOTS = 160  # on each curve of the road; a dot every third of a unit would already look smooth

Span = tuple[float, float]
Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class IconFile:
    """One file: its side in pixels, and whether the phone cuts the corners itself."""

    name: str
    side: int
    full: bool = False  # coloured to the edge, without transparency
    scale: float = 1.0  # of what is drawn on the ground; a maskable icon must keep to the middle 80 %


ICONS = (
    IconFile("icon-192.png", 192),
    IconFile("icon-512.png", 512),
    IconFile("icon-512-maskable.png", 512, full=True, scale=0.85),
    IconFile("apple-touch-icon.png", 180, full=True),
)


def _disc(x: float, y: float, radius: float, line: float) -> Iterator[Span]:
    inside = radius * radius - (line - y) ** 2
    if inside > 0:
        yield x - sqrt(inside), x + sqrt(inside)


def _ground(line: float) -> Iterator[Span]:
    """Yield the width of the rounded square at height `line`."""
    deep = max(CORNER - line, line - (SIDE - CORNER), 0.0)
    cut = CORNER - sqrt(max(CORNER * CORNER - deep * deep, 0.0))
    yield cut, SIDE - cut


def _road(line: float) -> Iterator[Span]:
    for x, y in _DOTS:
        yield from _disc(x, y, ROAD_WIDTH / 2, line)


def _on_curve(points: tuple[tuple[float, float], ...], t: float) -> tuple[float, float]:
    """Return the point at `t` (0 to 1) of a cubic Bézier curve."""
    a, b, c, d = (1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t * t, t**3
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = points
    return a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3


_DOTS = [_on_curve(curve, step / DOTS) for curve in ROAD for step in range(DOTS + 1)]


def _joined(spans: Iterator[Span]) -> Iterator[Span]:
    """Yield the spans with those that touch made one, so that nothing is counted twice."""
    start = end = None
    for left, right in sorted(spans):
        if start is None or end is None:
            start, end = left, right
        elif left <= end:
            end = max(end, right)
        else:
            yield start, end
            start, end = left, right
    if start is not None and end is not None:
        yield start, end


def _cover(cover: list[float], spans: Iterator[Span]) -> None:
    """Add to each pixel of a row how much of it the spans cover (in pixels, on one thin line)."""
    for span in spans:
        left, right = max(span[0], 0.0), min(span[1], float(len(cover)))
        for x in range(int(left), min(int(right) + 1, len(cover))):
            cover[x] += max(min(right, x + 1) - max(left, x), 0.0) / LINES


def _row(icon: IconFile, y: int) -> tuple[list[float], list[float], list[float]]:
    """Return how much of each pixel in row `y` is ground, road and sun: 0 to 1."""
    unit = icon.side / SIDE
    ground, road, sun = ([0.0] * icon.side for _ in range(3))

    def scaled(spans: Iterator[Span]) -> Iterator[Span]:
        half = SIDE / 2
        for left, right in _joined(spans):
            yield (half + (left - half) * icon.scale) * unit, (half + (right - half) * icon.scale) * unit

    for part in range(LINES):
        line = (y + (part + 0.5) / LINES) / unit
        drawn = SIDE / 2 + (line - SIDE / 2) / icon.scale
        whole = iter([(0.0, float(icon.side))])
        _cover(ground, whole if icon.full else scaled(_ground(line)))
        _cover(road, scaled(_road(drawn)))
        _cover(sun, scaled(_disc(*SUN, drawn)))
    return ground, road, sun


def _mixed(road: float, sun: float) -> Colour:
    """Return the colour where the road covers the ground, and the sun covers both."""
    mixed = []
    for ground, line, spot in zip(TEAL, WHITE, WARM, strict=True):
        under = ground + (line - ground) * road
        mixed.append(round(under + (spot - under) * sun))
    return mixed[0], mixed[1], mixed[2]


def pixels(icon: IconFile) -> bytes:
    """Return the rows as PNG wants them: a filter byte (0: none), then RGB, or RGBA if corners are clear."""
    rows = bytearray()
    for y in range(icon.side):
        rows.append(0)
        for ground, road, sun in zip(*_row(icon, y), strict=True):
            rows += bytes(_mixed(_stepped(road), _stepped(sun)))
            if not icon.full:
                rows.append(round(_stepped(ground) * 255))
    return bytes(rows)


def _stepped(cover: float) -> float:
    """Return how much is covered in sixteenths: nobody sees more, and few colours pack small."""
    return round(min(cover, 1.0) * 16) / 16


def png(icon: IconFile) -> bytes:
    """Return the whole file."""
    kind = 2 if icon.full else 6  # RGB or RGBA, eight bits each
    head = struct.pack(">IIBBBBB", icon.side, icon.side, 8, kind, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(pixels(icon), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )


def write_icons(folder: Path = STATIC / "icons") -> None:
    """Write every icon into `folder`."""
    for icon in ICONS:
        (folder / icon.name).write_bytes(png(icon))


if __name__ == "__main__":
    write_icons()

"""The icons in the repository are the ones the script draws."""

import struct
import zlib

import pytest

from app.pwa.icons import ICONS, IconFile, pixels, png
from app.web.assets import STATIC


def unpacked(file: bytes) -> bytes:
    """Return the rows of a PNG of ours, unpacked: how tightly zlib packs differs by its release."""
    at = file.index(b"IDAT")
    (size,) = struct.unpack(">I", file[at - 4 : at])
    return zlib.decompress(file[at + 4 : at + 4 + size])


@pytest.mark.slow
@pytest.mark.parametrize("icon", ICONS, ids=lambda icon: icon.name)
def test_an_icon_is_drawn_again_to_the_same_bytes(icon: IconFile) -> None:
    kept = (STATIC / "icons" / icon.name).read_bytes()
    assert unpacked(kept) == unpacked(png(icon))
    assert kept[16:26] == png(IconFile(icon.name, icon.side, icon.full, icon.scale))[16:26]
    assert len(kept) < 8_000


def test_corners_are_clear_and_the_middle_is_not() -> None:
    rows = pixels(IconFile("small", 16))
    line = 1 + 16 * 4
    assert rows[1:5][3] == 0
    assert rows[8 * line + 1 + 8 * 4 + 3] == 255


def test_a_maskable_icon_is_coloured_to_the_edge() -> None:
    assert pixels(IconFile("small", 16, full=True))[1:4] == bytes((0x0B, 0x51, 0x57))

"""How much a picture of a page differs from the approved one, to the eye.

Pictures are blurred and made small before they are compared, so that how a letter is drawn, which
differs from version to version, does not matter; and they are compared tile by tile, so that
something small that is missing is not lost in a large page.
"""

from __future__ import annotations

from array import array
from io import BytesIO
from typing import Final

from PIL import Image, ImageChops, ImageFilter

SCALE: Final = 4
"""A tile is compared at a quarter of its width and height."""
TILE: Final = 4
"""Width and height of a tile, once it is small: 16 points of the page."""
MOST: Final = 17.0
"""How far a tile may be off on average, of 255. All drawn one point further is off by 10, letters
without subpixel positions by 8, a link that is not there by 28, links in another colour by 41."""
TALLER: Final = 0.02
"""By which part a page may be taller or shorter."""


def picture(data: bytes) -> Image.Image:
    """Return the picture of a PNG, without transparency."""
    return Image.open(BytesIO(data)).convert("RGB")


def difference(shown: Image.Image, approved: Image.Image) -> str:
    """Return where and how far a picture is off; "" where it looks like the approved one."""
    if shown.width != approved.width:
        return f"it is {shown.width} wide, not {approved.width}"
    if abs(shown.height - approved.height) > TALLER * approved.height:
        return f"it is {shown.height} tall, not {approved.height}"
    height = min(shown.height, approved.height) // (SCALE * TILE) * (SCALE * TILE)
    box = (0, 0, shown.width // (SCALE * TILE) * (SCALE * TILE), height)
    apart = ImageChops.difference(_small(shown.crop(box)), _small(approved.crop(box)))
    worst, at = 0.0, 0
    for band in apart.split():
        means = array("f", band.convert("F").reduce(TILE).tobytes())
        if max(means) > worst:
            worst = max(means)
            at = means.index(worst)
    wide = apart.width // TILE
    left, top = at % wide * SCALE * TILE, at // wide * SCALE * TILE
    return f"it is off by {worst:.1f} of 255 at {left}, {top}" if worst > MOST else ""


def _small(image: Image.Image) -> Image.Image:
    blurred = image.filter(ImageFilter.GaussianBlur(SCALE))
    return blurred.reduce(SCALE)

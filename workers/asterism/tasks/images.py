"""Images: one symbol per row of pixels, several images in a row, each followed by its label."""

from __future__ import annotations

from functools import cache

import numpy as np

from asterism.data.packaged import packaged_file
from asterism.data.splits import SPLITS, Split, bucket
from asterism.tasks import vocabulary as v
from asterism.tasks.rows import Draw, Generator, Rows, Settings, filler, next_token

# Shapes: R rows, I images of a row, P symbols of an image.
FLIP_SHARE = 0.08
_FONT = (
    "01110 10001 10011 10101 11001 10001 01110",
    "00100 01100 00100 00100 00100 00100 01110",
    "01110 10001 00001 00010 00100 01000 11111",
    "11111 00010 00100 00010 00001 10001 01110",
    "00010 00110 01010 10010 11111 00010 00010",
    "11111 10000 11110 00001 00001 10001 01110",
    "00110 01000 10000 11110 10001 10001 01110",
    "11111 00001 00010 00100 01000 01000 01000",
    "01110 10001 10001 01110 10001 10001 01110",
    "01110 10001 10001 01111 00001 00010 01100",
)
_GLYPHS = np.array([[[int(bit) for bit in line] for line in glyph.split()] for glyph in _FONT])


def _lay_out(symbols_RIP: np.ndarray, labels_RI: np.ndarray, length: int) -> Rows:
    rows, images, pixels = symbols_RIP.shape
    tokens, marks = filler(rows, length)
    each = np.concatenate([symbols_RIP, labels_RI[:, :, None] + v.DIGITS.start], axis=2)
    tokens[:, : images * (pixels + 1)] = each.reshape(rows, -1)
    marks[:, pixels - 1 : images * (pixels + 1) : pixels + 1] = 1
    return next_token(tokens, marks)


def glyphs(draw: Draw, rows: int, settings: Settings) -> Rows:
    """5×7 font glyphs of the ten digits with 8 % of the pixels flipped, a symbol of 32 for each row of 5
    pixels.
    """
    images = settings["length"] // 8
    labels_RI = draw.rng.integers(0, 10, (rows, images))
    pixels = _GLYPHS[labels_RI] ^ (draw.rng.random((rows, images, 7, 5)) < FLIP_SHARE)
    return _lay_out(v.PIXEL_ROWS.start + pixels @ (1 << np.arange(5)), labels_RI, settings["length"])


@cache
def _digits() -> tuple[np.ndarray, np.ndarray]:
    """[1797, 64] grey levels 0-16 and labels."""
    path = packaged_file("sklearn", "scikit-learn", "datasets/data/digits.csv.gz", "the task of digit images")
    table = np.loadtxt(path, delimiter=",")
    return table[:, :-1], table[:, -1]


@cache
def _handwritten(split: Split) -> tuple[np.ndarray, np.ndarray]:
    """[images, 8, 8] 0/1 pixels and labels of one split, each image placed by the hash of its pixels."""
    images, labels = _digits()
    pixels = (np.asarray(images).reshape(-1, 8, 8) > 7).astype(np.int64)
    # The hash of what a row shows: some of the 1,797 images are equal once they are black and white.
    ten = np.array([bucket(image.astype(np.uint8).tobytes().hex(), "digits/") for image in pixels])
    chosen = {"train": ten < 8, "select": ten == 8, "report": ten == 9}[split]
    return pixels[chosen], np.asarray(labels)[chosen].astype(np.int64)


@cache
def handwritten_images(split: Split) -> tuple[np.ndarray, np.ndarray]:
    """[images, 64] grey levels 0-16 and labels of one split. What looks alike in the coarsest form that a
    task shows, every second pixel in black and white, is in one split: finer forms then differ too.
    """
    images, labels = _digits()
    grey = np.asarray(images).astype(np.int64)
    ten = np.array([bucket(coarse.tobytes().hex(), "digits/") for coarse in coarse_images(grey)])
    chosen = {"train": ten < 8, "select": ten == 8, "report": ten == 9}[split]
    return grey[chosen], np.asarray(labels)[chosen].astype(np.int64)


def coarse_images(grey_I64: np.ndarray) -> np.ndarray:
    """[images, 64] grey levels 0-16 → [images, 4, 4] of 0 and 1."""
    return (grey_I64.reshape(-1, 8, 8)[:, ::2, ::2] > 7).astype(np.uint8)


def handwritten(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Real 8×8 digits in black and white, each row of pixels one byte. `shift` moves the image one pixel to a
    random side.
    """
    pixels_I88, labels_I = _handwritten(draw.split)
    chosen = draw.rng.integers(0, len(labels_I), (rows, settings["length"] // 9))
    pixels = pixels_I88[chosen]
    if settings.get("shift"):
        left = draw.rng.integers(0, 2, chosen.shape).astype(bool)[:, :, None, None]
        empty = np.zeros_like(pixels[..., :1])
        pixels = np.where(
            left, np.concatenate([pixels[..., 1:], empty], -1), np.concatenate([empty, pixels[..., :-1]], -1)
        )
    return _lay_out(pixels @ (1 << np.arange(8)), labels_I[chosen], settings["length"])


def disjoint_images() -> bool:
    """No image is in two splits: the dataset holds no duplicate across them."""
    seen = [{image.tobytes() for image in _handwritten(split)[0]} for split in SPLITS]
    return not (seen[0] & seen[1] or seen[0] & seen[2] or seen[1] & seen[2])


GLYPHS = Generator(
    make=glyphs,
    family="non-text",
    description="5×7 font digits with flipped pixels, one symbol per row of pixels, then the label",
    source="font glyphs; 8 % of the pixels flipped",
)
HANDWRITTEN = Generator(
    make=handwritten,
    family="non-text",
    description="real handwritten 8×8 digits in black and white, one byte per row of pixels, then the label",
    source="scikit-learn load_digits (UCI optical recognition of handwritten digits)",
    sourced=True,
)

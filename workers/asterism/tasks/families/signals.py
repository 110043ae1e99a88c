"""J. Not text: audio, series, images, video, DNA and protein, each quantised into symbols."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np

from asterism.data.series import real_series
from asterism.data.splits import Split
from asterism.tasks import vocabulary as v
from asterism.tasks.families.alphabet import symbols, tag
from asterism.tasks.families.page import HOLE, Page, asked, tagged
from asterism.tasks.families.task import Size, Task
from asterism.tasks.images import coarse_images, handwritten_images
from asterism.tasks.rows import Draw, Generator, Make, Rows, Settings, filler, labelled, shuffled
from asterism.tasks.signals import CODON_TABLE

# Shapes: R rows, T steps of a series, B bases, P pixels, F frames.
LEVELS = 64


def _levels(signal_RT: np.ndarray, levels: int = LEVELS) -> np.ndarray:
    """Symbols of a series over its own row's range."""
    low, high = signal_RT.min(1, keepdims=True), signal_RT.max(1, keepdims=True)
    scaled = (signal_RT - low) / np.maximum(high - low, 1e-9)
    return symbols(0, levels)[(scaled * (levels - 1)).round().astype(np.int64)]


def _forecast(name: str, signal_RT: np.ndarray, levels: int = LEVELS) -> Rows:
    """Each next level of the last quarter; the levels of the whole row are known to no one but its range."""
    tokens = _levels(signal_RT, levels)
    marks = np.zeros(tokens.shape, dtype=np.uint8)
    marks[:, tokens.shape[1] * 3 // 4 :] = 1
    return tagged(tag(name), asked(tokens, marks))


def _series(name: str, make: Callable[[np.random.Generator, int, int], np.ndarray], levels: int = LEVELS):
    def series(draw: Draw, rows: int, settings: Settings) -> Rows:
        return _forecast(name, make(draw.rng, rows, settings["length"] - 1), levels)

    return series


def _sines(rng: np.random.Generator, rows: int, steps: int) -> np.ndarray:
    time, count = np.arange(steps), rng.integers(1, 5, (rows, 1, 1))
    period = np.exp(rng.uniform(np.log(4), np.log(steps / 2), (rows, 4, 1)))
    height = rng.uniform(0.3, 1, (rows, 4, 1)) * (np.arange(4)[None, :, None] < count)
    waves = height * np.sin(2 * np.pi * time / period + rng.uniform(0, 2 * np.pi, (rows, 4, 1)))
    trend = rng.uniform(-1, 1, (rows, 1)) * time / steps
    return waves.sum(1) + trend + 0.05 * rng.standard_normal((rows, steps))


def _lorenz(rng: np.random.Generator, rows: int, steps: int) -> np.ndarray:
    """x of Lorenz-63 (10, 28, 8/3), Runge–Kutta steps of 0.02 after 100 steps of settling."""

    def slope(at: np.ndarray) -> np.ndarray:
        x, y, z = at
        return np.stack([10 * (y - x), x * (28 - z) - y, x * y - 8 / 3 * z])

    at, kept = rng.normal([[0], [0], [25]], [[8], [8], [8]], (3, rows)), np.empty((rows, steps))
    for step in range(-100, steps):
        a = slope(at)
        b = slope(at + 0.01 * a)
        c = slope(at + 0.01 * b)
        at = at + 0.02 / 6 * (a + 2 * b + 2 * c + slope(at + 0.02 * c))
        if step >= 0:
            kept[:, step] = at[0]
    return kept


def _mackey_glass(rng: np.random.Generator, rows: int, steps: int) -> np.ndarray:
    """dx/dt = .2 x(t-τ)/(1 + x(t-τ)^10) - .1 x with τ 17 or 30, Euler steps of 1, sampled every third."""
    delay, total = np.where(rng.random(rows) < 0.5, 17, 30), 3 * steps + 100
    history = np.empty((rows, 31 + total))
    history[:, :31] = rng.uniform(0.5, 1.5, (rows, 31))
    for at in range(31, 31 + total):
        late = history[np.arange(rows), at - delay]
        history[:, at] = 0.9 * history[:, at - 1] + 0.2 * late / (1 + late**10)
    return history[:, 131 : 131 + 3 * steps : 3]


def _ecg(rng: np.random.Generator, rows: int, steps: int) -> np.ndarray:
    """Heartbeat-like: five Gaussian bumps (P, Q, R, S, T) per beat, beats of 12 to 24 steps with 3 %
    jitter.
    """
    beat = np.cumsum(
        (1 / rng.uniform(12, 24, (rows, 1))) * (1 + 0.03 * rng.standard_normal((rows, steps))), 1
    ) + rng.uniform(0, 1, (rows, 1))
    phase = beat % 1
    centre, width, height = (
        np.array([0.2, 0.37, 0.42, 0.47, 0.7]),
        np.array([0.05, 0.02, 0.025, 0.02, 0.07]),
        np.array([0.15, -0.15, 1.0, -0.25, 0.3]),
    )
    scale = height * rng.uniform(0.7, 1.3, (rows, 1, 5))
    bumps = scale * np.exp(-(((phase[:, :, None] - centre) / width) ** 2) / 2)
    return bumps.sum(2) + 0.01 * rng.standard_normal((rows, steps))


def _chirps(rng: np.random.Generator, rows: int, steps: int) -> np.ndarray:
    """A chirp, an amplitude-modulated or a frequency-modulated tone, and a little noise."""
    time, kind = np.arange(steps) / steps, rng.integers(0, 3, (rows, 1))
    base, other = rng.uniform(4, 12, (rows, 1)), rng.uniform(1, 4, (rows, 1))
    phase = 2 * np.pi * (base * time + np.where(kind == 0, base * time**2 / 2, 0))
    phase = (
        phase
        + np.where(kind == 2, 2 * np.sin(2 * np.pi * other * time), 0)
        + rng.uniform(0, 2 * np.pi, (rows, 1))
    )
    height = np.where(kind == 1, 1 + 0.8 * np.sin(2 * np.pi * other * time), 1)
    return height * np.sin(phase) + 0.02 * rng.standard_normal((rows, steps))


def audio_tones(draw: Draw, rows: int, settings: Settings) -> Rows:
    """`notes` notes of twelve pitches, sampled and µ-law coded in 64 levels with noise; after a marker
    blanks whose labels are the notes in order.
    """
    rng, notes, steps = draw.rng, settings["notes"], settings["note"]
    pitch = rng.integers(0, 12, (rows, notes))
    # A fifth of the sampling rate at most, so that no pitch folds over another.
    cycles = 0.05 * 2 ** (pitch / 6)
    time = np.arange(steps)
    wave = np.sin(2 * np.pi * cycles[:, :, None] * time + rng.uniform(0, 2 * np.pi, (rows, notes, 1)))
    wave = (0.8 * wave + 0.05 * rng.standard_normal(wave.shape)).clip(-1, 1).reshape(rows, -1)
    coded = np.sign(wave) * np.log1p(255 * np.abs(wave)) / np.log(256)
    tokens, marks = filler(rows, settings["length"] - 1)
    targets, first = np.zeros_like(tokens), notes * steps
    tokens[:, :first] = symbols(0, LEVELS)[((coded + 1) / 2 * (LEVELS - 1)).round().astype(int)]
    tokens[:, first] = v.MARKER
    answers = slice(first, first + notes)
    targets[:, answers], marks[:, answers] = symbols(64, 12)[pitch], 1
    return tagged(tag("audio_tones"), labelled(tokens, targets, marks))


def ts_irregular(draw: Draw, rows: int, settings: Settings) -> Rows:
    """A damped oscillator at exponential gaps: (gap, value) pairs; the value after each gap of the last
    half.
    """
    rng, count = draw.rng, (settings["length"] - 1) // 2
    gap = np.minimum(1 + rng.exponential(3, (rows, count)).astype(int), 16)
    time = np.cumsum(gap, 1)
    signal = np.exp(-time / rng.uniform(60, 200, (rows, 1))) * np.cos(
        2 * np.pi * time / rng.uniform(10, 40, (rows, 1)) + rng.uniform(0, 2 * np.pi, (rows, 1))
    )
    level = ((signal + 1) / 2 * 31).round().astype(int)
    page = Page(rows)
    pairs = np.stack([symbols(32, 17)[gap], symbols(0, 32)[level]], 2).reshape(rows, -1)
    marks = np.zeros((rows, 2 * count), dtype=int)
    marks[:, count // 2 * 2 + 1 :: 2] = 1
    tokens, answers, _ = page.say(pairs).close(settings["length"], tag=tag("ts_irregular"))
    answers[:, 1 : 1 + 2 * count] = marks
    return asked(tokens, answers)


def ts_regime(draw: Draw, rows: int, settings: Settings) -> Rows:
    """An AR(2) process that switches between three regimes; the regime at every step of the last three
    quarters.
    """
    rng, steps = draw.rng, settings["length"] - 1
    switch = rng.random((rows, steps)) < 0.04
    drawn = rng.integers(0, 3, (rows, steps))
    last = np.maximum.accumulate(np.where(switch, np.arange(steps), 0), 1)
    regime = np.take_along_axis(drawn, last, 1)
    first, second = np.array([1.7, -0.6, 0.0])[regime], np.array([-0.85, -0.5, 0.8])[regime]
    noise, signal = rng.standard_normal((rows, steps)), np.zeros((rows, steps + 2))
    for at in range(steps):
        signal[:, at + 2] = first[:, at] * signal[:, at + 1] + second[:, at] * signal[:, at] + noise[:, at]
    tokens = symbols(0, 32)[(np.tanh(signal[:, 2:] / 4) * 15.5 + 15.5).round().astype(int)]
    marks = np.broadcast_to(np.arange(steps) >= steps // 4, tokens.shape)
    return tagged(tag("ts_regime"), labelled(tokens, symbols(32, 3)[regime], marks.astype(np.uint8)))


def ts_real(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Windows of real series, each series cut in time: the first part trains, later ones are scored."""
    series = real_series(draw.split)
    steps = settings["length"] - 1
    signal = np.empty((rows, steps))
    chosen = draw.rng.integers(0, len(series), rows)
    for number, values in enumerate(series):
        mine = np.flatnonzero(chosen == number)
        start = draw.rng.integers(0, len(values) - steps + 1, len(mine))
        signal[mine] = np.lib.stride_tricks.sliding_window_view(values, steps)[start]
    return _forecast("ts_real", signal, 32)


def img_digits_cls(draw: Draw, rows: int, settings: Settings) -> Rows:
    """A real 8×8 digit of 17 grey levels in raster order, then its label. `packed`: as many images as fit,
    each row of pixels one byte of black and white, so that a whole digit is within reach of eight tokens.
    """
    images, labels = handwritten_images(draw.split)
    if settings.get("packed"):
        return _packed_digits(draw, rows, settings["length"], images, labels)
    chosen = draw.rng.integers(0, len(labels), rows)
    page = Page(rows).say(symbols(0, 17)[images[chosen]]).say(symbols(17, 10)[labels[chosen]], 1)
    return page.rows(settings["length"], tag=tag("img_digits_cls"))


def _packed_digits(draw: Draw, rows: int, length: int, images_I64: np.ndarray, labels_I: np.ndarray) -> Rows:
    chosen = draw.rng.integers(0, len(labels_I), (rows, (length - 1) // 9))
    bytes_I8 = (images_I64.reshape(-1, 8, 8) > 7) @ (1 << np.arange(8))
    page = Page(rows)
    for at in range(chosen.shape[1]):
        page.say(bytes_I8[chosen[:, at]]).say(symbols(17, 10)[labels_I[chosen[:, at]]], 1)
    return page.rows(length, tag=tag("img_digits_cls"))


def img_digits_nll(draw: Draw, rows: int, settings: Settings) -> Rows:
    """The same images, every pixel but the first row's."""
    images, labels = handwritten_images(draw.split)
    chosen = draw.rng.integers(0, len(labels), rows)
    marks = np.repeat([0, 1], [8, 56])[None, :]
    page = Page(rows).say(symbols(0, 17)[images[chosen]], marks)
    return page.rows(settings["length"], tag=tag("img_digits_nll"))


def _walk(rng: np.random.Generator, rows: int, side: int, steps: int) -> np.ndarray:
    """[R, steps] cells of smooth random walks that stay on the board."""
    at = rng.integers(1, side - 1, (rows, 2)).astype(float)
    angle, cells = rng.uniform(0, 2 * np.pi, rows), np.empty((rows, steps), dtype=np.int64)
    for step in range(steps):
        cells[:, step] = at[:, 0].round().astype(int) * side + at[:, 1].round().astype(int)
        angle = angle + rng.uniform(-0.6, 0.6, rows)
        move = np.stack([np.sin(angle), np.cos(angle)], 1)
        outside = ((at + move) < 0) | ((at + move) > side - 1)
        move = np.where(outside, -move, move)
        angle = np.arctan2(move[:, 0], move[:, 1])
        at = at + move
    return cells


def img_pathfinder(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Two dots on a board with curves: are they the ends of one curve? One symbol per two pixels in a row."""
    rng, side, steps = draw.rng, settings["side"], settings["curve"]
    board = np.zeros((rows, side * side), dtype=np.int64)
    first, second = _walk(rng, rows, side, steps), _walk(rng, rows, side, steps)
    for curve in (first, second):
        np.put_along_axis(board, curve, 1, 1)
    joined = rng.random(rows) < 0.5
    ends = np.stack([first[:, 0], np.where(joined, first[:, -1], second[:, -1])], 1)
    np.put_along_axis(board, ends, 2, 1)
    pairs = board[:, 0::2] * 3 + board[:, 1::2]
    page = Page(rows).say(symbols(0, 9)[pairs]).say(v.MARKER).say(symbols(9, 2)[joined.astype(int)], 1)
    return page.rows(settings["length"], tag=tag("img_pathfinder"))


def img_count(draw: Draw, rows: int, settings: Settings) -> Rows:
    """1 to 6 blobs (2×2) on a board of cells that never touch; how many. One symbol per two pixels."""
    rng, cells = draw.rng, settings["side"] // 3
    count = rng.integers(1, 7, rows)
    filled = shuffled(rng, rows, cells * cells) < count[:, None]
    board = np.zeros((rows, cells * 3, cells * 3), dtype=np.int64)
    shift = rng.integers(0, 2, (2, rows, cells, cells))
    for row in range(cells):
        for column in range(cells):
            there = filled[:, row * cells + column]
            top, left = 3 * row + shift[0, :, row, column], 3 * column + shift[1, :, row, column]
            for down in (0, 1):
                for right in (0, 1):
                    board[
                        np.arange(rows)[there], (top + down)[there] % (3 * cells), (left + right)[there]
                    ] = 1
    flat = board.reshape(rows, -1)
    pairs = flat[:, 0::2] * 2 + flat[:, 1::2]
    page = Page(rows).say(symbols(0, 4)[pairs]).say(v.MARKER).say(symbols(4, 6)[count - 1], 1)
    return page.rows(settings["length"], tag=tag("img_count"))


def video_digits(draw: Draw, rows: int, settings: Settings) -> Rows:
    """A real digit, 8×8 in black and white, moves over a `side` × `side` field and bounces; each frame is a
    symbol per half row of eight pixels. All frames after the second are scored.
    """
    images, _ = handwritten_images(draw.split)
    rng, side, frames = draw.rng, settings["side"], settings["frames"]
    # Every second pixel: four by four of them, so that a frame is as many bytes as it has rows.
    digit = coarse_images(images[rng.integers(0, len(images), rows)])
    free = side - 4
    start, speed = rng.integers(0, free + 1, (rows, 2)), rng.choice([-1, 1], (rows, 2))
    page = Page(rows)
    for frame in range(frames):
        # Bouncing is a triangle wave of period twice the free way.
        phase = (start + np.where(speed > 0, 0, 2 * free - 2 * start) + frame) % (2 * free)
        place = np.where(phase > free, 2 * free - phase, phase)
        board = np.zeros((rows, side, side), dtype=np.int64)
        for row in range(4):
            for column in range(4):
                board[np.arange(rows), place[:, 0] + row, place[:, 1] + column] = digit[:, row, column]
        page.say(board @ (1 << np.arange(side)), int(frame > 1))
    return page.rows(settings["length"], tag=tag("video_digits"))


_BASES = symbols(0, 4)


@cache
def _background() -> np.ndarray:
    """[16, 4] cumulative chances of the next base after two: one fixed order-2 Markov chain."""
    return np.cumsum(np.random.default_rng(20_262).dirichlet(np.full(4, 4.0), 16), 1)


def _genome(rng: np.random.Generator, rows: int, count: int) -> np.ndarray:
    bases = rng.integers(0, 4, (rows, count))
    chance, table = rng.random((count, rows)), _background()
    for at in range(2, count):
        edges = table[4 * bases[:, at - 2] + bases[:, at - 1]]
        bases[:, at] = (chance[at][:, None] > edges[:, :3]).sum(1)
    return bases


_MOTIF = np.array([2, 0, 1, HOLE, 3, 0, HOLE, 2])
"""A fixed degenerate 8-mer with two wildcards."""


def dna_motif(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Does a fixed degenerate 8-mer occur? Planted in half of the rows, from the others it is removed."""
    rng, count = draw.rng, settings["bases"]
    bases, planted = _genome(rng, rows, count), rng.random(rows) < 0.5
    fixed = np.flatnonzero(_MOTIF != HOLE)
    at = rng.integers(0, count - 7, rows)
    for offset in fixed:
        bases[np.arange(rows)[planted], (at + offset)[planted]] = _MOTIF[offset]
    while True:
        windows = np.lib.stride_tricks.sliding_window_view(bases, 8, axis=1)
        found = (windows[:, :, fixed] == _MOTIF[fixed]).all(2)
        wrong = np.argwhere(found & ~planted[:, None])
        if not len(wrong):
            break
        row, place = wrong.T
        bases[row, place] = (bases[row, place] + rng.integers(1, 4, len(row))) % 4
    page = Page(rows).say(_BASES[bases]).say(v.MARKER).say(symbols(4, 2)[planted.astype(int)], 1)
    return page.rows(settings["length"], tag=tag("dna_motif"))


def dna_kmer_icl(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Bases of an order-`order` chain of the row's own; the next base in the last three quarters."""
    rng, count, order = draw.rng, settings["length"] - 1, settings["order"]
    table = np.cumsum(rng.dirichlet(np.full(4, 0.3), (rows, 4**order)), 2)
    bases, chance = rng.integers(0, 4, (rows, count)), rng.random((count, rows))
    code = np.zeros(rows, dtype=np.int64)
    for at in range(order):
        code = 4 * code + bases[:, at]
    for at in range(order, count):
        bases[:, at] = (chance[at][:, None] > table[np.arange(rows), code][:, :3]).sum(1)
        code = (4 * code + bases[:, at]) % 4**order
    marks = np.broadcast_to(np.arange(count) >= count // 4, bases.shape).astype(np.uint8)
    return tagged(tag("dna_kmer_icl"), asked(_BASES[bases], marks))


def dna_translate(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Noise, ATG, codons up to a stop, noise; after a marker the amino acids, not fed back, then an end:
    the reading frame must be found first. `beside`: each acid follows its codon instead.
    """
    rng, most = draw.rng, settings["codons"]
    lead, count = rng.integers(0, 12, rows), rng.integers(most // 2, most + 1, rows)
    codon = rng.integers(0, 64, (rows, most))
    # In TCAG order the start ATG is 2, 0, 3; stops are codons 10, 11, 14, and none may come early.
    stops = np.array([10, 11, 14])
    codon = np.where(np.isin(codon, stops), (codon + 16) % 64, codon)
    noise = rng.integers(0, 4, (rows, 12))
    for at in range(2, 12):  # no ATG in the lead; none can cross its end
        early = (noise[:, at - 2] == 2) & (noise[:, at - 1] == 0) & (noise[:, at] == 3)
        noise[early, at] = 1
    place = np.arange(12)
    noise = np.where(place >= 12 - lead[:, None], noise, HOLE)
    triplets = np.stack([codon // 16, codon // 4 % 4, codon % 4], 2)
    there = np.arange(most) < count[:, None]
    body = np.where(there[:, :, None], triplets, HOLE).reshape(rows, -1)
    page = (
        Page(rows).say(np.where(noise == HOLE, HOLE, _BASES[noise.clip(0)])).say(_BASES[[[2, 0, 3]] * rows])
    )
    acids = np.where(there, symbols(4, 21)[CODON_TABLE[codon]], HOLE)
    if settings.get("beside"):
        codes = np.where(body == HOLE, HOLE, _BASES[body.clip(0)]).reshape(rows, most, 3)
        for at in range(most):
            page.say(codes[:, at]).say(acids[:, at, None], 1)
        return page.rows(settings["length"], tag=tag("dna_translate"))
    page.say(np.where(body == HOLE, HOLE, _BASES[body.clip(0)])).say(_BASES[[[0, 2, 2]] * rows]).say(v.MARKER)
    return page.say(acids, 1).say(v.SEPARATOR, 1).rows(settings["length"], tag=tag("dna_translate"))


def dna_revcomp(draw: Draw, rows: int, settings: Settings) -> Rows:
    """The reverse complement of a strand (T–A, C–G)."""
    bases = draw.rng.integers(0, 4, (rows, settings["bases"]))
    page = Page(rows).say(_BASES[bases]).say(v.MARKER).say(_BASES[(bases[:, ::-1] + 2) % 4], 1)
    return page.rows(settings["length"], tag=tag("dna_revcomp"))


_BOXES = np.array([[0, 0, 3, 2, 1, 2], [0, 2, 0, 2, 2, 0]])  # TTGACA and TATAAT in TCAG order


def dna_spacing(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Two boxes (TTGACA, TATAAT) in random bases: 15 to 19 apart, or another distance of 5 to 29?"""
    rng, count = draw.rng, settings["bases"]
    bases, right = rng.integers(0, 4, (rows, count)), rng.random(rows) < 0.5
    other = np.concatenate([np.arange(5, 15), np.arange(20, 30)])
    gap = np.where(right, rng.integers(15, 20, rows), other[rng.integers(0, 20, rows)])
    start = (rng.random(rows) * (count - 12 - gap)).astype(int)
    for box, first in zip(_BOXES, (start, start + 6 + gap), strict=True):
        np.put_along_axis(bases, first[:, None] + np.arange(6), np.broadcast_to(box, (rows, 6)), 1)
    page = Page(rows).say(_BASES[bases]).say(v.MARKER).say(symbols(4, 2)[right.astype(int)], 1)
    return page.rows(settings["length"], tag=tag("dna_spacing"))


def protein_motif(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Residues of 20 kinds; is there an N-glycosylation site (N, not P, S or T, not P; PROSITE PS00001)?
    Half have one.
    """
    rng, count = draw.rng, settings["residues"]
    # The alphabet ACDEFGHIKLMNPQRSTVWY: N 11, P 12, S 15, T 16.
    chain, planted = rng.integers(0, 20, (rows, count)), rng.random(rows) < 0.5

    def sites() -> np.ndarray:
        n, x, st, z = (chain[:, at : count - 3 + at] for at in range(4))
        return (n == 11) & (x != 12) & ((st == 15) | (st == 16)) & (z != 12)

    at, everyone = rng.integers(0, count - 3, rows), np.arange(rows)
    while sites().any():
        row, place = np.argwhere(sites()).T
        chain[row, place] = rng.integers(0, 11, len(row))
    for offset, choices in enumerate(([11], [0, 1, 7], [15, 16], [3, 4, 18])):
        drawn = np.array(choices)[rng.integers(0, len(choices), rows)]
        # Rows without a site get its look-alike: a P inside.
        drawn = np.where(~planted & (offset == 1), 12, drawn)
        chain[everyone, at + offset] = drawn
    has = sites().any(1)
    page = Page(rows).say(symbols(0, 20)[chain]).say(v.MARKER).say(symbols(20, 2)[has.astype(int)], 1)
    return page.rows(settings["length"], tag=tag("protein_motif"))


def disjoint_images() -> bool:
    """No digit is in two splits, in the coarsest form that a task shows and so in none."""
    splits: tuple[Split, ...] = ("train", "select", "report")
    seen = [{each.tobytes() for each in coarse_images(handwritten_images(split)[0])} for split in splits]
    return not (seen[0] & seen[1] or seen[0] & seen[2] or seen[1] & seen[2])


def _made(make: Make, description: str, source: str, sourced: bool = False) -> Generator:
    return Generator(make=make, family="signals", description=description, source=source, sourced=sourced)


_UCI = "scikit-learn load_digits (UCI optical recognition of handwritten digits)"
GENERATORS = {
    "signals/audio_tones": _made(audio_tones, "notes of a sampled melody", "synthetic, µ-law"),
    "signals/audio_next": _made(
        _series("audio_next", _chirps), "chirps and modulated tones continued", "synthetic"
    ),
    "signals/ts_sines": _made(
        _series("ts_sines", _sines), "sinusoids, trend and noise continued", "synthetic"
    ),
    "signals/ts_lorenz": _made(
        _series("ts_lorenz", _lorenz, 128), "a chaotic series continued", "Lorenz 1963"
    ),
    "signals/ts_mackey_glass": _made(
        _series("ts_mackey_glass", _mackey_glass), "a delayed chaos continued", "Mackey and Glass 1977"
    ),
    "signals/ts_ecg": _made(
        _series("ts_ecg", _ecg), "a heartbeat-like series continued", "after ECGSYN, McSharry 2003"
    ),
    "signals/ts_irregular": _made(ts_irregular, "an oscillator at irregular times", "synthetic"),
    "signals/ts_regime": _made(
        ts_regime, "the regime of a switching process", "Markov-switching AR, Hamilton 1989"
    ),
    "signals/ts_real": _made(ts_real, "real series continued", "statsmodels: sunspots, CO2, El Nino", True),
    "signals/img_digits_cls": _made(img_digits_cls, "which handwritten digit", _UCI, True),
    "signals/img_digits_nll": _made(img_digits_nll, "the pixels of handwritten digits", _UCI, True),
    "signals/img_pathfinder": _made(
        img_pathfinder, "are two dots joined by a curve", "Pathfinder, arXiv 2011.04006"
    ),
    "signals/img_count": _made(img_count, "how many blobs", "synthetic"),
    "signals/video_digits": _made(
        video_digits, "frames of a moving digit", "after Moving MNIST, arXiv 1502.04681", True
    ),
    "signals/dna_motif": _made(dna_motif, "does a degenerate motif occur", "synthetic"),
    "signals/dna_kmer_icl": _made(dna_kmer_icl, "a fresh Markov chain over bases", "synthetic"),
    "signals/dna_translate": _made(
        dna_translate, "open reading frame to protein", "the standard genetic code"
    ),
    "signals/dna_revcomp": _made(dna_revcomp, "the other strand", "synthetic"),
    "signals/dna_spacing": _made(
        dna_spacing, "is the distance of two boxes right", "after bacterial promoters"
    ),
    "signals/protein_motif": _made(protein_motif, "is there a glycosylation site", "PROSITE PS00001"),
}


def _s(length: int, **more: object) -> dict[str, object]:
    return {"length": length, **more}


_WAVES: Mapping[Size, Settings] = {"nano": _s(128), "xs": _s(256), "s": _s(512), "m": _s(1024)}
_PIXELS: Mapping[Size, Settings] = {"nano": _s(128)}
TASKS = (
    Task(
        id="audio_tones",
        core=True,
        chance=1 / 12,
        sizes={
            "nano": _s(128, notes=4, note=24),
            "xs": _s(256, notes=6, note=36),
            "s": _s(1024, notes=8, note=120),
        },
    ),
    Task(id="audio_next", sizes=_WAVES),
    Task(id="ts_sines", core=True, sizes=_WAVES),
    Task(id="ts_lorenz", core=True, dose=2, sizes=_WAVES),
    Task(id="ts_mackey_glass", sizes=_WAVES),
    Task(id="ts_ecg", sizes=_WAVES),
    Task(id="ts_irregular", core=True, sizes=_WAVES),
    Task(id="ts_regime", sizes=_WAVES),
    Task(id="ts_real", trained=False, sizes={"nano": _s(32)}),
    Task(
        id="img_digits_cls",
        core=True,
        dose=4,
        chance=1 / 10,
        sizes={"nano": _s(64, packed=True), "xs": _s(128)},
    ),
    Task(id="img_digits_nll", core=True, sizes=_PIXELS),
    Task(
        id="img_pathfinder",
        chance=1 / 2,
        sizes={"nano": _s(128, side=12, curve=10), "s": _s(1024, side=32, curve=30)},
    ),
    Task(id="img_count", chance=1 / 6, sizes={"nano": _s(128, side=12), "s": _s(512, side=24)}),
    Task(id="video_digits", sizes={"nano": _s(64, side=7, frames=8), "xs": _s(128, side=7, frames=16)}),
    Task(
        id="dna_motif",
        core=True,
        chance=1 / 2,
        sizes={"nano": _s(128, bases=96), "xs": _s(256, bases=220), "s": _s(1024, bases=1000)},
    ),
    Task(
        id="dna_kmer_icl",
        sizes={
            "nano": _s(128, order=2),
            "xs": _s(256, order=3),
            "s": _s(512, order=3),
            "m": _s(2048, order=3),
        },
    ),
    Task(
        id="dna_translate",
        core=True,
        dose=3,
        sizes={"nano": _s(64, codons=12, beside=True), "xs": _s(128, codons=24), "s": _s(512, codons=110)},
    ),
    Task(
        id="dna_revcomp",
        chance=1 / 4,
        sizes={"nano": _s(64, bases=30), "xs": _s(128, bases=62), "s": _s(512, bases=250)},
    ),
    Task(
        id="dna_spacing",
        chance=1 / 2,
        sizes={"nano": _s(128, bases=60), "xs": _s(256, bases=200), "s": _s(1024, bases=1000)},
    ),
    Task(
        id="protein_motif",
        chance=1 / 2,
        sizes={"nano": _s(64, residues=48), "xs": _s(256, residues=200), "s": _s(512, residues=480)},
    ),
)

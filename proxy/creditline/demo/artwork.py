"""Three pictures painted by code, so that the demonstration ships no one's photograph.

Each function gives 8-bit RGB, height × width × 3, the same bytes on every run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from creditline.demo.brushes import (
    LINE,
    coordinates,
    edge,
    firs,
    glow,
    gradient,
    grain,
    lay,
    noise,
    skyline,
    to_bytes,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from creditline.demo.brushes import Colour, Floats

_SHORE = 0.64  # where the land of evening_lake ends
_SUN = (1.02, 0.405)
_SHARP = 0.0016  # about two pixels of a picture 1067 high: edges without stairs


def evening_lake(width: int = 1600, height: int = 1067) -> NDArray[np.uint8]:
    """Mountains in evening light over a lake, firs before it."""
    x, y = coordinates(width, height)
    rows = round(_SHORE * height)
    canvas = _evening_land(x, y[:rows])
    canvas = np.concatenate((canvas, _mirrored(canvas, x, y[rows:])))

    bank = 0.955 - 0.13 * edge(0.55 - x, 0.55) - 0.10 * edge(x - 1.10, 0.45)
    ground = (bank - 0.02 * noise(x * 9, LINE, seed=41, octaves=6)).astype(np.float32)
    near = firs(x, ground, seed=43, count=9, height=0.44, spread=0.40)
    near = np.minimum(near, firs(x - 1.24, ground, seed=47, count=7, height=0.34, spread=0.28))
    grass = noise(x * 70, y * 50, seed=44, octaves=2)
    canvas = lay(canvas, gradient(grass, [(0.2, (11, 14, 28)), (0.8, (20, 24, 40))]), edge(y - near, _SHARP))
    canvas = _birds(canvas, x, y)
    return to_bytes(grain(canvas, 0.018, seed=5))


def _evening_land(x: Floats, y: Floats) -> Floats:
    """All that the lake mirrors: sky, sun, four ranges, the wood on the far shore."""
    sun_x, sun_y = _SUN
    canvas = gradient(
        y * np.ones_like(x),
        [
            (0.0, (38, 44, 92)),
            (0.18, (92, 74, 132)),
            (0.33, (214, 112, 118)),
            (0.45, (252, 176, 108)),
            (0.6, (255, 224, 160)),
        ],
    )
    away = np.hypot(x - sun_x, y - sun_y)
    canvas = glow(canvas, (255, 190, 110), 0.75 * np.exp(-((away / 0.30) ** 2)))
    streaks = noise(x * 2.1 + 3, y * 9.5, seed=11, octaves=6)
    canvas = lay(canvas, (255, 168, 134), 0.75 * edge(streaks - 0.50, 0.16) * edge(0.50 - y, 0.3))
    canvas = lay(
        canvas,
        (74, 58, 110),
        0.80 * edge(noise(x * 1.7, y * 8 + 5, seed=12, octaves=6) - 0.52, 0.12) * edge(0.36 - y, 0.2),
    )
    canvas = lay(canvas, (255, 246, 214), edge(0.062 - away, 0.004))

    ranges: tuple[tuple[int, float, float, float, Colour, Colour], ...] = (
        (21, 0.58, 0.30, 1.7, (196, 122, 140), (250, 190, 150)),
        (22, 0.60, 0.25, 2.3, (136, 84, 126), (214, 132, 136)),
        (23, 0.64, 0.20, 2.6, (78, 58, 104), (150, 92, 122)),
        (24, 0.655, 0.12, 3.4, (40, 38, 74), (84, 62, 98)),
    )
    for seed, base, rise, waves, dark, lit in ranges:
        line = skyline(x, seed=seed, base=base, rise=rise, waves=waves, peaks=True)
        depth = y - line
        # Facets lean away from the sun on either side of it, as gullies do.
        lean = np.tanh((x - sun_x) * 2.5) * 0.7
        facets = noise(x * 6 - lean * depth * 9, depth * 7 + x * 2, seed=seed + 100, octaves=6)
        light = np.clip(0.5 + 3.2 * (facets - 0.5) - 0.8 * depth, 0, 1)
        rock = gradient(light.astype(np.float32), [(0.0, dark), (1.0, lit)])
        mist = np.exp(-np.clip(base + 0.06 - y, 0, 1) / 0.05) * 0.6
        rock = lay(rock, (255, 196, 150), (mist * edge(depth, 0.05)).astype(np.float32))
        canvas = lay(canvas, rock, edge(depth, _SHARP))

    far_ground = (_SHORE - 0.012 + 0 * x).astype(np.float32)
    wood = firs(x, far_ground, seed=31, count=150, height=0.06, spread=float(x[0, -1]))
    return lay(canvas, (26, 30, 52), edge(y - wood, _SHARP))


def _mirrored(land: Floats, x: Floats, y: Floats) -> Floats:
    """The lake: the land upside down, broken by ripples that widen towards the front."""
    shore, width = land.shape[:2]
    height = shore / _SHORE
    depth = np.clip(y - _SHORE, 0, 1)
    waves = noise(x * 6 / (0.25 + depth), 46 * np.sqrt(depth + 0.002) + 0 * x, seed=51, octaves=4)
    ripple = (waves - 0.5) * (0.004 + 0.10 * depth)
    rows = np.clip((_SHORE - depth * 1.25 + ripple) * height, 0, shore - 1).astype(np.int32)
    columns = np.clip(np.arange(width)[np.newaxis, :] + (ripple * 0.2 * height).astype(np.int32), 0, width - 1)
    water = land[rows, columns] * np.asarray([0.80, 0.82, 0.90], dtype=np.float32)
    path = np.exp(-(((x - _SUN[0]) / (0.05 + 0.26 * depth)) ** 2))
    glints = noise(x * 26 / (0.3 + depth), 120 * np.sqrt(depth + 0.002) + 0 * x, seed=52, octaves=3)
    return glow(water, (255, 206, 140), (0.75 * path * edge(glints - 0.52, 0.08)).astype(np.float32))


def _birds(canvas: Floats, x: Floats, y: Floats) -> Floats:
    for place, level, size in (
        (0.52, 0.20, 0.022),
        (0.59, 0.23, 0.016),
        (0.47, 0.245, 0.013),
        (0.66, 0.185, 0.012),
        (0.55, 0.28, 0.010),
    ):
        across = np.abs(x - place) / size
        wing = level - size * 0.55 * np.sqrt(np.clip(across, 0, 1)) + size * 0.50 * across**2
        thick = size * 0.13 * (1.15 - np.clip(across, 0, 1))
        stroke = edge(thick - np.abs(y - wing), 0.0012) * (across < 1)
        canvas = lay(canvas, (30, 26, 52), stroke.astype(np.float32))
    return canvas


def desert_planets(width: int = 1216, height: int = 832) -> NDArray[np.uint8]:
    """Dunes under a ringed planet: the picture that stands for a generated one."""
    x, y = coordinates(width, height)
    canvas = gradient(
        y + 0 * x,
        [
            (0.0, (8, 10, 32)),
            (0.30, (26, 36, 86)),
            (0.52, (70, 84, 142)),
            (0.66, (196, 132, 148)),
            (0.74, (250, 186, 140)),
        ],
    )
    veil = noise(x * 2.2 + 0.9 * y, y * 2.6 - 0.6 * x, seed=61, octaves=6)
    canvas = glow(
        canvas, (128, 72, 170), (0.75 * edge(veil - 0.47, 0.25) * edge(0.66 - y, 0.5)).astype(np.float32)
    )
    canvas = glow(
        canvas,
        (40, 140, 170),
        (0.55 * edge(noise(x * 3, y * 3, seed=62, octaves=6) - 0.55, 0.2) * edge(0.6 - y, 0.5)).astype(np.float32),
    )
    canvas = _stars(canvas, x, y)
    canvas = _planet(canvas, x, y)
    dunes: tuple[tuple[int, float, float, float, Colour, Colour], ...] = (
        (71, 0.79, 0.13, 2.0, (150, 84, 92), (240, 166, 128)),
        (72, 0.92, 0.24, 1.5, (112, 56, 72), (236, 148, 104)),
        (73, 1.08, 0.36, 1.1, (72, 36, 58), (226, 128, 84)),
        (74, 1.24, 0.44, 0.9, (34, 20, 42), (190, 96, 70)),
    )
    for seed, base, rise, waves, dark, lit in dunes:
        line = skyline(x, seed=seed, base=base, rise=rise, waves=waves, octaves=2)
        depth = y - line
        slope = np.gradient(line[0])[np.newaxis, :] * height
        # The slip face: a dune's lee side, cut by a line that wanders down from the crest.
        crest = noise(x * waves * 1.6 + depth * 3.5, depth * 2.0, seed=seed + 20, octaves=2)
        lee = edge(crest - 0.52, 0.02)
        wind = np.sin(depth * 260 + x * 30 + noise(x * 5, y * 9, seed=seed + 9, octaves=3) * 16).astype(np.float32)
        light = np.clip(0.92 + 0.5 * slope - 1.5 * depth + 0.05 * wind - 0.55 * lee * edge(depth, 0.01), 0, 1)
        canvas = lay(canvas, gradient(light.astype(np.float32), [(0.0, dark), (1.0, lit)]), edge(depth, _SHARP))
    return to_bytes(canvas)


def _stars(canvas: Floats, x: Floats, y: Floats) -> Floats:
    height, width = canvas.shape[:2]
    random = np.random.RandomState(65)
    mask = np.zeros((height, width), dtype=np.float32)
    for across, down, bright in random.random_sample((420, 3)):
        row, column = int(down * 0.62 * height), int(across * (width - 2)) + 1
        mask[row, column] = max(mask[row, column], 0.35 + 0.65 * bright)
        if bright > 0.9:
            mask[max(row - 1, 0) : row + 2, column - 1 : column + 2] += 0.45
    return glow(canvas, (255, 244, 228), np.clip(mask, 0, 1) * edge(0.62 - y + 0 * x, 0.3))


def _planet(canvas: Floats, x: Floats, y: Floats) -> Floats:
    centre_x, centre_y, radius = 0.98, 0.30, 0.185
    right, down = (x - centre_x) / radius, (y - centre_y) / radius
    along, across = right * 0.94 + down * 0.34, -right * 0.34 + down * 0.94
    round_ = np.hypot(right, down)
    bands = noise(
        along * 0.7 + 4, across * 5.5 + 0.5 * noise(along * 3, across * 3, seed=67, octaves=4), seed=66, octaves=5
    )
    body = gradient(
        bands, [(0.25, (120, 62, 74)), (0.45, (222, 150, 112)), (0.6, (250, 214, 168)), (0.75, (168, 92, 92))]
    )
    bulge = np.sqrt(np.clip(1 - round_**2, 0, 1))
    shade = np.clip(0.10 + 1.15 * (-0.62 * right - 0.45 * down + 0.60 * bulge), 0.05, 1)
    ring_distance = np.hypot(along, across / 0.24)
    ring = edge(ring_distance - 1.30, 0.03) * edge(2.10 - ring_distance, 0.05)
    ring *= 0.35 + 0.6 * noise(ring_distance * 9, 0 * ring_distance + 0.5, seed=68, octaves=4)
    canvas = glow(canvas, (250, 190, 150), (0.35 * np.exp(-((round_ / 1.55) ** 4))).astype(np.float32))
    behind = (ring * (across < 0)).astype(np.float32)
    before = (ring * (across >= 0)).astype(np.float32)
    canvas = lay(canvas, (236, 206, 176), behind)
    canvas = lay(canvas, (body * shade[..., np.newaxis]).astype(np.float32), edge(1 - round_, 0.012))
    return lay(canvas, (248, 222, 190), before)


def harbour_light(width: int = 1600, height: int = 1067) -> NDArray[np.uint8]:
    """A lighthouse on a cliff by day, sails on the sea."""
    x, y = coordinates(width, height)
    horizon = 0.60
    canvas = gradient(y + 0 * x, [(0.0, (44, 112, 178)), (0.35, (120, 180, 216)), (horizon, (226, 238, 236))])
    billows = noise(x * 2.0 + 7, y * 4.2, seed=81, octaves=7)
    lit = noise(x * 2.0 + 7.05, y * 4.2 + 0.16, seed=81, octaves=7)
    cloud = edge(billows - 0.50, 0.14) * edge(horizon - 0.06 - y, 0.2)
    white = gradient(
        np.clip(0.72 + 4.5 * (billows - lit), 0, 1),
        [(0.0, (150, 172, 196)), (0.6, (240, 242, 242)), (1.0, (255, 252, 240))],
    )
    canvas = lay(canvas, white, (0.95 * cloud).astype(np.float32))
    canvas = _sea(canvas, x, y, horizon)
    for place, level, size, hull in (
        (0.22, 0.645, 0.060, (150, 44, 40)),
        (0.46, 0.70, 0.105, (36, 60, 96)),
        (0.70, 0.625, 0.036, (60, 60, 64)),
    ):
        canvas = _sail(canvas, x, y, place, level, size, hull)
    canvas = _cliff(canvas, x, y)
    canvas = _tower(canvas, x, y)
    return to_bytes(grain(canvas, 0.018, seed=82))


def _sea(canvas: Floats, x: Floats, y: Floats, horizon: float) -> Floats:
    depth = np.clip(y - horizon, 0, 1)
    water = gradient(depth + 0 * x, [(0.0, (112, 170, 184)), (0.10, (52, 130, 156)), (0.40, (14, 70, 104))])
    waves = noise(x * 5 / (0.12 + depth), 60 * np.sqrt(depth + 0.002) + 0 * x, seed=91, octaves=5)
    water = lay(water, (10, 56, 92), (0.55 * edge(0.50 - waves, 0.2)).astype(np.float32))
    water = lay(water, (232, 244, 242), (0.75 * edge(waves - 0.62, 0.10)).astype(np.float32))
    return lay(canvas, water, edge(y - horizon + 0 * x, _SHARP))


def _sail(canvas: Floats, x: Floats, y: Floats, place: float, level: float, size: float, hull: Colour) -> Floats:
    right, up = (x - place) / size, (level - y) / size
    soft = _SHARP / size
    main = edge(right - 0.04, soft) * edge(1.02 * (1 - up / 2.2) - right, soft) * edge(up - 0.22, soft)
    jib = edge(-0.03 - right, soft) * edge(right + 0.72 * (1 - up / 1.9), soft) * edge(up - 0.22, soft)
    mast = edge(0.025 - np.abs(right), soft) * edge(up - 0.05, soft) * edge(2.3 - up, soft)
    boat = edge(up, soft) * edge(0.20 - up, soft) * edge(0.78 + 0.45 * up - np.abs(right - 0.12), soft)
    shine = edge(-up, soft) * np.exp(np.clip(up, -4, 0) / 0.55) * edge(0.75 - np.abs(right - 0.1), 0.3)
    canvas = lay(canvas, (236, 240, 236), (0.45 * shine).astype(np.float32))
    canvas = lay(canvas, (70, 56, 48), mast.astype(np.float32))
    canvas = lay(canvas, (250, 246, 234), main.astype(np.float32))
    canvas = lay(canvas, (226, 120, 72), jib.astype(np.float32))
    return lay(canvas, hull, boat.astype(np.float32))


def _cliff(canvas: Floats, x: Floats, y: Floats) -> Floats:
    top = 0.635 - 0.05 * edge(x - 0.95, 0.4) + 0.035 * (noise(x * 5, LINE, seed=95, octaves=6) - 0.5)
    shore = 0.93 + 0.05 * noise(x * 4, LINE, seed=96, octaves=5)
    left = 0.90 + 0.10 * (noise(y * 6, LINE, seed=97, octaves=5) - 0.5) - 0.25 * np.clip(y - 0.62, 0, 1)
    rock = noise(x * 7 + y * 2, y * 22 - x * 4, seed=98, octaves=6)
    stone = gradient(rock, [(0.25, (54, 46, 48)), (0.5, (132, 112, 98)), (0.75, (206, 186, 158))])
    inside = edge(x - left, 0.006) * edge(y - top, _SHARP)
    canvas = lay(canvas, stone, (inside * edge(shore - y, 0.01)).astype(np.float32))
    foam = (
        edge(0.03 - np.abs(y - shore), 0.03)
        * edge(x - left + 0.04, 0.05)
        * edge(noise(x * 22, y * 30, seed=99, octaves=4) - 0.42, 0.15)
    )
    canvas = lay(canvas, (246, 250, 248), foam.astype(np.float32))
    sward = gradient(noise(x * 40, y * 26, seed=94, octaves=4), [(0.3, (52, 92, 50)), (0.7, (142, 168, 82))])
    thick = 0.028 + 0.03 * noise(x * 14, LINE, seed=93, octaves=4)
    return lay(canvas, sward, (inside * edge(top + thick - y, 0.006)).astype(np.float32))


def _tower(canvas: Floats, x: Floats, y: Floats) -> Floats:
    middle, foot, head = 1.24, 0.60, 0.17
    share = (y - head) / (foot - head)
    half = 0.036 + 0.020 * np.clip(share, 0, 1)
    body = edge(half - np.abs(x - middle), _SHARP) * edge(y - head, _SHARP) * edge(foot + 0.01 - y, _SHARP)
    stripes = edge(np.sin(share * np.pi * 5).astype(np.float32) + 0 * x, 0.04)
    paint = lay(np.full(canvas.shape, 0.96, dtype=np.float32), (196, 48, 44), stripes)
    turn = np.clip((x - middle) / half, -1, 1)
    paint = (paint * np.clip(1.0 - 0.42 * np.clip(turn + 0.25, 0, 2), 0, 1)[..., np.newaxis]).astype(np.float32)
    canvas = lay(canvas, paint, body)

    def box(centre: float, top: float, wide: float, tall: float, colour: Colour, on: Floats) -> Floats:
        inside = edge(wide / 2 - np.abs(x - centre), _SHARP) * edge(y - top, _SHARP) * edge(top + tall - y, _SHARP)
        return lay(on, colour, inside.astype(np.float32))

    canvas = box(middle, head - 0.012, 0.112, 0.016, (44, 46, 52), canvas)
    canvas = box(middle, head - 0.066, 0.050, 0.054, (255, 226, 140), canvas)
    for bar in (-0.024, 0.0, 0.024):
        canvas = box(middle + bar, head - 0.066, 0.005, 0.054, (44, 46, 52), canvas)
    dome = edge(0.033 - np.hypot(x - middle, (y - (head - 0.066)) * 1.1), _SHARP) * edge(head - 0.066 - y, _SHARP)
    canvas = lay(canvas, (170, 40, 38), dome.astype(np.float32))
    canvas = box(middle - 0.105, foot - 0.058, 0.11, 0.075, (240, 236, 224), canvas)
    roof = edge(0.075 - np.abs(x - (middle - 0.105)) - 1.1 * (foot - 0.055 - y), _SHARP) * edge(
        foot - 0.055 - y, _SHARP
    )
    canvas = lay(canvas, (150, 62, 48), roof.astype(np.float32))
    for window in (-0.13, -0.08):
        canvas = box(middle + window, foot - 0.04, 0.016, 0.024, (62, 84, 104), canvas)
    return canvas

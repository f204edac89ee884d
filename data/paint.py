"""Five style images, each painted by one function: python data/paint.py [FOLDER]."""

import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage, spatial

TAU = 2 * np.pi


def canvas(size, seed):
    """A generator, the doubled size n, and x, y in [0, 1). A field is (n, n, 1)."""
    y, x = np.mgrid[: 2 * size, : 2 * size, :1][:2] / (2 * size)
    return np.random.default_rng(seed), 2 * size, x, y


def picture(colours, size=None):
    """Colours (n, n, 3) as an image, at last halved to `size` to smooth its edges."""
    image = Image.fromarray(np.clip(colours, 0, 255).astype(np.uint8))
    return image.resize((size, size), Image.LANCZOS) if size else image


def noise(rng, n, across, down=None):
    """Smooth noise, mean 0, deviation 1: some across x down bumps fill the field."""
    coarse = rng.standard_normal((3 * (down or across), 3 * across))
    coarse = ndimage.gaussian_filter(coarse, 1.2, mode="wrap").astype(np.float32)
    smooth = np.asarray(Image.fromarray(coarse).resize((n, n), Image.BICUBIC))
    return (smooth[..., None] - smooth.mean()) / smooth.std()


def ramp(t, colours):
    """Mix hex colours, evenly spaced along t in [0, 1]: (..., 1) -> (..., 3)."""
    rgb = np.array([tuple(bytes.fromhex(c)) for c in colours.split()])
    stops = np.linspace(0, 1, len(rgb))
    return np.concatenate([np.interp(t, stops, channel) for channel in rgb.T], -1)


def at(field, points):
    """The values of a field (n, n, C) at points (..., 2) of the unit square."""
    i = np.clip((points * len(field)).astype(int), 0, len(field) - 1)
    return field[i[..., 1], i[..., 0]]


def trace(points, angle, length, steps=8):
    """Yield where the flow carries the points (..., 2), step by step."""
    for _ in range(steps + 1):
        yield points
        a = at(angle, points)
        points = points + length / steps * np.concatenate([np.cos(a), np.sin(a)], -1)


def brush_strokes(size=640, seed=0):
    """A night of swirls: strokes follow the flow around stars, hills and a cypress."""
    rng, n, x, y = canvas(size, seed)
    u, v, light = 1 + 0.3 * noise(rng, n, 4), 0.25 + 0.7 * noise(rng, n, 3), 0.33
    stars = [(0.52, 0.36, 0.17), (0.17, 0.15, 0.14), (0.84, 0.13, 0.11)]
    stars += [(0.40, 0.08, 0.07), (0.29, 0.45, 0.09), (0.62, 0.11, 0.06)]
    stars += [(0.07, 0.42, 0.08), (0.73, 0.54, 0.11), (0.63, 0.62, 0.06)]
    for k, (cx, cy, r) in enumerate(stars):  # each is a vortex with a halo
        dx, dy, d = (x - cx) / r, (y - cy) / r, np.hypot(x - cx, y - cy) / r
        spin = 9 * np.exp(-(d**2)) * (-1) ** k
        u, v = u - spin * dy, v + spin * dx
        halo = np.exp(-((d / 0.9) ** 2)) * (0.85 + 0.25 * np.cos(7 * d))
        light = light + (0.66 if k else 0.3) * halo
    land = y - 0.76 - 0.05 * np.sin(7 * x + 1) - 0.03 * np.sin(17 * x)
    stem = x - 0.9 - 0.03 * np.sin(11 * y) + 0.05 * y
    tree = np.abs(stem) < 0.1 * np.sqrt(np.clip(y - 0.27, 0, 1)) * (1.2 - 0.5 * y)
    sway, rows = 0.6 * np.sin(26 * y + 30 * stem) - 1.57, 0.33 * np.cos(7 * x + 9 * y)
    angle = np.select([tree, land > 0], [sway, rows], np.arctan2(v, u))
    xy, grain = np.concatenate([x, y], -1), noise(rng, n, 20)
    # Noise averaged along the flow: neighbouring strokes share bands of colour.
    bands = sum(at(grain, p) for p in trace(xy, angle, 0.25, 16)) / 8
    night = "0a1030 14205c 1f3f95 2f6bb8 6aa5d0 c4dcc0 f6e79c f8cf4a ee9a28"
    night = ramp(light + 0.11 * bands, night)
    earth = ramp(0.36 + 0.22 * bands - land / 2, "0b1226 15305a 1e5a78 3f8a6a d8c060")
    leaves = ramp(0.3 + 0.2 * bands, "07090f 10241f 23432c 55602c c08830")
    scene = np.select([tree, land > 0], [leaves, earth], night)
    image = picture(0.8 * scene)
    pen = ImageDraw.Draw(image)
    for length, width, count in (0.10, 13, 3000), (0.07, 9, 5500), (0.05, 6, 5000):
        paths = trace(rng.uniform(-0.06, 1.02, (count, 2)), angle, length)
        for path in np.stack(list(paths), 1):
            colour = at(scene, path[4]) * rng.normal(1, 0.12) + rng.normal(0, 11, 3)
            w = width * n / 1280 * rng.uniform(0.8, 1.4)
            for side, thick, shade in (0, 1.3, 0.5), (0, 1, 1), (-0.25, 0.3, 1.25):
                fill = tuple(np.clip(shade * colour, 0, 255).astype(int))
                line = (path * n + side * w).ravel().tolist()
                pen.line(line, fill, max(1, round(thick * w)), joint="curve")
    return picture(image, size)


def stained_glass(size=640, seed=0):
    """A leaded sun: a rosette whose rays break into shards of glowing glass."""
    rng, n, x, y = canvas(size, seed)
    dx, dy = x - 0.46 + 0.008 * noise(rng, n, 6), y - 0.43 + 0.008 * noise(rng, n, 6)
    r, turn = np.hypot(dx, dy), np.arctan2(dy, dx) / TAU + 0.5
    edges = [0.045, 0.1, 0.17, 0.25, 0.31, 0.41, 0.5, 0.6, 0.7]
    scallop = 0.016 * np.cos(16 * TAU * turn) * np.minimum(5 * r, 1.6)
    ring = np.searchsorted(edges, r + scallop)
    petals = np.array([1, 8, 8, 16, 32, 16, 32, 32, 32, 32])[ring]
    cell = 64 * ring + np.floor(turn * petals + ring % 2 / 2) % petals
    shards = spatial.cKDTree(rng.random((400, 2)))  # far from the sun all is broken
    shards = shards.query(np.concatenate([x, y], -1))[1][..., None]
    cell = cell + 1e6 * shards * (r > 0.31)
    for count, orbit, radius in (8, 0.135, 0.026), (16, 0.36, 0.034), (16, 0.55, 0.04):
        spoke = np.floor(turn * count)  # jewels: discs halfway between the spokes
        away = TAU * orbit * ((spoke + 0.5) / count - turn)
        cell = np.where(np.hypot(r - orbit, away) < radius, -99 * count - spoke, cell)
    _, first, cell = np.unique(cell, return_index=True, return_inverse=True)
    cell, cells = cell.reshape(x.shape), len(first)
    hue = np.array([0.02, 0.1, 0.3, 0.17, 0.36, 0.66, 0.12, 0.78, 0.6, 0.55])
    hue = hue[ring.ravel()[first]] + rng.normal(0, 0.07, cells)
    hue = np.where(rng.random(cells) < 0.14, rng.random(cells), hue).clip(0, 1)[cell]
    tones = "ffe9a0 ffc02e f07818 d42a1e 8e1440 43207e 1d3fa8 1583b0 1d9a72 7fb83a"
    lead = ndimage.morphological_gradient(cell, (3, 3, 1)) > 0
    depth = ndimage.distance_transform_edt(~lead) / n  # how far from the lead
    lean = rng.integers(0, 2, cells)[cell]  # the glass was drawn this way or that
    grain = np.where(lean, noise(rng, n, 25, 150), noise(rng, n, 150, 25))
    shine = 0.57 + 30 * np.clip(depth, 0, 0.02) + 0.1 * noise(rng, n, 7) + 0.1 * grain
    shine = shine * rng.uniform(0.75, 1.2, cells)[cell]
    glow = ramp(hue + 0.025 * noise(rng, n, 14), tones) * shine
    came = np.clip(1 - (depth / 0.0042) ** 2, 0, 1)  # a round profile
    return picture(np.where(came > 0, 16 + 45 * came**3, glow), size)


def waves(size=640, seed=0):
    """Woodblock waves: rows of leaning crests in flat blues, clawed with foam."""
    rng, n, x, y = canvas(size, seed)
    fibres, grain = noise(rng, n, 8, 220), noise(rng, n, 260)
    sky = ramp(1.15 * y + 0.03 * fibres, "6d7f86 c9bfa0 ecdfba f0e4c2 e3cfa4")
    image, dark, foam = picture(sky), (16, 30, 58), (246, 239, 217)
    pen, t = ImageDraw.Draw(image), np.linspace(-1.2, 1.6, 3000)
    for left, top, right in (0.5, 0.07, 0.8), (0.62, 0.11, 1.1), (-0.1, 0.1, 0.22):
        cloud = [n * left, n * top, n * right, n * (top + 0.05)]
        pen.rounded_rectangle(cloud, n * 0.025, (236, 226, 196), dark, n // 400)
    for w, fill in (0.22, (70, 96, 128)), (0.09, foam):  # Fuji, and its snow
        fuji = [0.82 - w, 0.27 + 0.95 * w, 0.82, 0.27, 0.82 + w, 0.27 + 0.95 * w]
        pen.polygon([n * v for v in fuji], fill, dark)
    sea = "0f2350 1d4a86 b9d0cc 2b6aa0 133468 7fb0c0 1a4078 dfe3cc 0f2350"
    rows = np.arange(8)[:, None] * [0.08, 0.02, 0.04, 0.73] + [0.5, 0.11, 0.38, 0.27]
    rows[:, 3] %= 1
    rows[3] = 0.86, 0.8, 1.9, -0.16  # the great one
    for base, height, length, start in rows:  # far to near
        s = (0.5 + 0.5 * np.cos(TAU * (t - start) / length)) ** 2.2  # rising to 1
        for d in np.linspace(0, 1, 17):  # nested crests stripe the face
            lift = height * (1 - d)  # a high crest leans ahead and droops
            px, py = t + lift * s**2, base + 0.1 * d - lift * (s - 0.45 * s**7)
            path = (n * np.stack([px, py], -1)).ravel().tolist()
            fill = tuple(ramp([2 * d % 1], sea).astype(int).tolist())
            pen.polygon([*path, 1.6 * n, 1.3 * n, -1.2 * n, 1.3 * n], fill)
            pen.line(path, dark, max(1, n // 500), joint="curve")
        px, py = t + height * s**2, base - height * (s - 0.45 * s**7)
        dx, dy = np.gradient(px), np.gradient(py)
        walked = np.cumsum(np.hypot(dx, dy))
        for claw, edge in (0.05, 0.0024), (0.032, 0.002), (0, 0.0013):  # 0 is spray
            i = np.searchsorted(walked, np.arange(0, walked[-1], 0.5 * claw or 0.02))
            i = i[s[i] > 0.15, None]
            fling = rng.normal([0.05, -0.05], 0.06, (len(i), 2)) * (claw == 0)
            long = claw * (0.8 + 0.8 * height) * (0.3 + 1.2 * s[i])
            long = long * rng.uniform(0.6, 1.4, i.shape)
            bend = rng.uniform(1.6, 3.2, i.shape) * np.linspace(0, 1, 30)
            turn = np.arctan2(dy[i], dx[i]) - rng.uniform(0.7, 1.3, i.shape) + bend
            cx = px[i] + fling[:, :1] + np.cumsum(np.cos(turn), 1) * long / 17
            cy = py[i] + fling[:, 1:] + np.cumsum(np.sin(turn), 1) * long / 17
            r = 0.2 * long * np.linspace(1, 0.05, 30) ** 0.7  # a finger thins
            r = np.where(claw, r, rng.uniform(0.001, 0.004, i.shape))
            for rim, fill in (edge, dark), (0, foam):  # outlines first: foam merges
                low, high = np.stack([cx, cy]) - r - rim, np.stack([cx, cy]) + r + rim
                for box in np.concatenate([low, high]).reshape(4, -1).T * n:
                    pen.ellipse(box.tolist(), fill)
    return picture(np.asarray(image) * (1 + 0.03 * fibres + 0.03 * grain), size)


def pointillism(size=640, seed=0):
    """An afternoon by the water, every colour divided into dots of its neighbours."""
    rng, n, x, y = canvas(size, seed)
    soft, leafy, ripple = noise(rng, n, 5), noise(rng, n, 9), noise(rng, n, 6, 60)
    sun = np.exp(-((np.hypot(x - 0.3, y - 0.2) / 0.2) ** 2))
    sky = 1.9 * y + 0.45 * sun + 0.08 * noise(rng, n, 3, 9)
    sky = ramp(sky, "3f78c8 7fb0e0 b8cfe8 f4d0b8 f8b890") + sun * [50, 30, -40]
    water = 0.8 - 0.8 * y + 0.18 * ripple + 0.6 * np.exp(-((6 * (x - 0.3)) ** 2))
    water = ramp(water, "1f4a98 3070b8 4fa0c8 98c8d0 f8d8a0 fff0c0")
    hill = ramp(4.1 + 0.35 * leafy - 9 * y, "28407f 2f6878 4f9060 c8a860")
    shade = noise(rng, n, 3, 11) + 1.6 * np.exp(-(((y - 0.93) / 0.05) ** 2)) - 0.5
    lawn = 0.7 + 0.12 * leafy - np.clip(1.5 * shade, 0, 0.5)
    lawn = ramp(lawn, "20306f 1f5a6a 2f8a50 8ab040 d0cc50 f0dc80")
    crown = np.hypot((x - 0.88) / 0.33, (y - 0.21) / 0.28) - 0.12 * soft - 0.09 * leafy
    leaves = 1.4 - 0.9 * x - 1.1 * y + 0.2 * leafy + 0.1 * ripple
    leaves = ramp(leaves, "1c2468 1f4a70 1f7a58 58a840 b8bc48 f0c860")
    stem = x - 0.86 + 0.02 * np.sin(9 * y) + 0.6 * np.clip(0.56 - y, 0, 1) ** 1.5
    tree = (np.abs(stem) < 0.012 + 0.015 * y) & (y > 0.34) & (y < 0.88)
    bark = ramp(0.5 - 16 * stem, "281848 5a3060 a85840 f0a860")
    scene = np.where(y > 0.365 - 0.025 * soft - 0.01 * leafy, hill, sky)
    scene = np.where(y > 0.43 + 0.004 * ripple, (hill + water) / 2, scene)
    scene = np.where(y > 0.485 + 0.03 * soft + 0.012 * ripple, water, scene)
    scene = np.where(y > 0.7 + 0.1 * np.sin(3.2 * x + 2.3) + 0.012 * soft, lawn, scene)
    scene = np.where(crown + 0.1 * noise(rng, n, 22) < 0.9, leaves, scene)
    scene = np.where(tree, bark, scene)
    image = picture(0.75 * scene)  # a darker ground between the dots
    pen = ImageDraw.Draw(image)
    shift = np.array([[0, 0, 0], [60, 10, -70], [-65, -8, 65], [0, 0, 0]])
    for gap, radius in (15, 12), (14, 10), (13, 7):
        dots = np.mgrid[: 1280 // gap, : 1280 // gap].reshape(2, -1).T + 0.5
        dots = rng.permutation(dots + rng.uniform(-0.5, 0.5, dots.shape)) * gap / 1280
        kind = rng.choice(4, len(dots), p=[0.38, 0.24, 0.24, 0.14])
        colour = at(scene, dots)
        grey = colour.mean(-1, keepdims=True)
        vivid = np.where(kind == 3, -1, 1.15)[:, None]  # now and then the complement
        colour = grey + vivid * (colour - grey) + shift[kind]
        colour = np.clip(colour * rng.normal(1, 0.13, grey.shape), 0, 255).astype(int)
        for (px, py), fill in zip(dots * n, colour.tolist(), strict=True):
            r = radius * n / 1280 * rng.uniform(0.75, 1.2)
            pen.ellipse([px - r, py - r, px + r, py + r], tuple(fill))
    return picture(image, size)


def ink(size=640, seed=0):
    """An engraving: waves thresholded by the tone, bent along each form."""
    rng, n, x, y = canvas(size, seed)
    wobble, soft = 0.004 * noise(rng, n, 14), noise(rng, n, 6)

    def hatch(phase, tone, lines=85):
        """Lines across the phase, as wide as the tone is dark: 0 paper to 1 ink."""
        saw = np.abs(((phase + wobble) * lines) % 1 - 0.5) * 2
        return np.clip((tone - saw) * n / (4 * lines) + 0.5, 0, 1)

    def engrave(along, across, tone):
        """One set of lines, a second where it is darker, a third in the deep."""
        first = hatch(along, 0.08 + 0.75 * tone)
        second = hatch(0.75 * across + 0.6 * along, 1.5 * tone - 0.62)
        return np.maximum(np.maximum(first, second), hatch(across, 1.9 * tone - 1.25))

    dx, dy, far = x - 0.64, y - 0.25, np.hypot(x - 0.64, y - 0.25)
    cloud = noise(rng, n, 4, 9) + 0.4 * noise(rng, n, 12, 20)
    billow = 0.022 * noise(rng, n, 4) + 0.006 * cloud
    tone = 0.1 + 0.9 * far - 0.3 * np.clip(cloud, 0, 0.7) - 0.3 * y
    sky = engrave(y + billow, 0.8 * x - 0.6 * y + billow, tone)
    rays = hatch(np.arctan2(dy, dx) / TAU, 0.88 - 2.2 * far, 72)
    moon = np.maximum(hatch(far + 0.4 * dx, 0.12 + 2.4 * dx + 1.2 * dy), far > 0.12)
    drawing = np.select([far < 0.125, far < 0.27 + 0.01 * cloud], [moon, rays], sky)
    wash = 0.1 + 0.45 * np.clip(far - 0.15, 0, 0.6)
    for near in np.linspace(0, 1, 17):  # hills, lit from the right, pale at the foot
        u = x - (0.14 + 9.888 * near) % 1 - rng.normal(0, 0.05)
        u, top = u / (0.2 + 0.22 * near), 0.42 + 0.5 * near**1.2 + rng.normal(0, 0.03)
        below = y - top - (0.2 + 0.1 * near) * (np.hypot(1, 1.22 * u) - 1) - wobble
        tone = 0.5 - 0.42 * np.tanh(1.5 * u) + 0.07 * soft - 2.2 * below + 0.25 * near
        tone = np.clip(tone, 0.1, 0.95) * (1 - np.exp(-np.abs(below + 0.004) / 0.012))
        along = 0.8 * below + rng.uniform(0.15, 0.5) * (x - 0.3 * u)
        across = 0.3 * np.arctan(u) * (1 + below) + below * (0.4 + 0.2 * u)
        drawing = np.where(below > 0, engrave(along, across, tone), drawing)
        drawing[np.abs(below) < 0.0018] = 1
        wash = np.where(below > 0, 0.08 + 0.45 * tone, wash)
    grain = 0.5 * noise(rng, n, 300) + 0.5 * noise(rng, n, 12, 160)
    paper = ramp(0.12 + wash + 0.06 * grain, "f6e8c8 e8cd9c cfa070 a87050 7a4a40")
    wet = drawing * np.clip(0.95 + 0.06 * grain + 0.04 * soft, 0, 1)
    return picture(paper + ([26, 24, 38] - paper) * wet, size)


if __name__ == "__main__":
    folder = Path(*sys.argv[1:2] or [Path(__file__).parent])
    folder.mkdir(parents=True, exist_ok=True)
    for paint in brush_strokes, stained_glass, waves, pointillism, ink:
        paint().save(folder / f"{paint.__name__}.jpg", quality=92)
